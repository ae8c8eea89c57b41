import { BaseHandler, type LevelName, Logger, type LogRecord } from "@std/log";

/** How grave a line is. */
export type LogLevel = "debug" | "info" | "warn" | "error";

/**
 * What is told about an event: numbers, truth values and short identifiers (a session, a language, a kind of error). Never a transcript,
 * audio, a key, or the message of an error that is not ours, which may quote them.
 */
export type LogFields = Readonly<Record<string, number | boolean | string | undefined>>;

/** Writes lines for one part of the service. An event is a constant phrase, `session started`; what varies goes into the fields. */
export type Log = Readonly<Record<LogLevel, (event: string, fields?: LogFields) => void>>;

/** Options of {@linkcode createLogging}. */
export interface LoggingOptions {
  /** Lines below are dropped. */
  readonly level: LogLevel;
  /** Takes one line of JSON, without its line feed; the standard error stream by default. */
  readonly write?: (line: string) => void;
}

/** The longest string in a field; the rest is cut off. */
export const longestField = 200;

/**
 * Gives out logs by the name of the part that writes them: `createLogging({ level: "info" })("sessions").info("session started", { session })`
 * writes `{"time":"…","level":"info","logger":"sessions","event":"session started","session":"…"}`.
 */
export function createLogging(options: LoggingOptions): (name: string) => Log {
  const level = options.level.toUpperCase() as LevelName;
  const handlers = [new LineHandler(level, options.write ?? ((line) => console.error(line)))];
  return (name) => {
    const logger = new Logger(name, level, { handlers });
    return {
      debug: (event, fields) => void logger.debug(event, fields),
      info: (event, fields) => void logger.info(event, fields),
      warn: (event, fields) => void logger.warn(event, fields),
      error: (event, fields) => void logger.error(event, fields),
    };
  };
}

/** A log that writes nothing. */
export const silentLog: Log = { debug() {}, info() {}, warn() {}, error() {} };

/**
 * What may be told about any error: its name, its kind where it has one, where it was thrown, and the name of its cause. Not its message.
 */
export function errorFields(error: unknown): LogFields {
  if (!(error instanceof Error)) return { error: typeof error };
  return {
    error: error.name,
    kind: "kind" in error && typeof error.kind === "string" ? error.kind : undefined,
    at: /^ +at (.+)$/m.exec(error.stack?.replace(error.message, "") ?? "")?.[1],
    cause: error.cause instanceof Error ? error.cause.name : undefined,
  };
}

class LineHandler extends BaseHandler {
  readonly #write: (line: string) => void;

  constructor(level: LevelName, write: (line: string) => void) {
    super(level, { formatter: formatLine });
    this.#write = write;
  }

  override log(line: string): void {
    this.#write(line);
  }
}

function formatLine(record: LogRecord): string {
  return JSON.stringify({
    time: record.datetime.toISOString(),
    level: record.levelName.toLowerCase(),
    logger: record.loggerName,
    event: cut(record.msg),
    ...shortened(record.args[0] as LogFields | undefined),
  });
}

const ownNames = new Set(["time", "level", "logger", "event"]);

function shortened(fields: LogFields = {}): LogFields {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      ownNames.has(name) ? `${name}_` : name,
      typeof value === "string"
        ? cut(value)
        : typeof value === "number" && !Number.isFinite(value)
        ? `${value}`
        : value,
    ]),
  );
}

function cut(text: string): string {
  return text.length > longestField ? `${text.slice(0, longestField)}…` : text;
}
