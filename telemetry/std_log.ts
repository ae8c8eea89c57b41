/**
 * The part of `@std/log` 0.224 that this project uses, with the same names and behaviour: that package is on JSR only, which not every
 * network reaches. `deno.json` resolves `@std/log` to this file, `deno.jsr.json` to the real one.
 *
 * @module
 */

const levels = { NOTSET: 0, DEBUG: 10, INFO: 20, WARN: 30, ERROR: 40, CRITICAL: 50 } as const;

/** How grave a record is, from `DEBUG` to `CRITICAL`; `NOTSET` lets everything pass. */
export type LevelName = keyof typeof levels;

/** One thing that was logged. */
export interface LogRecord {
  readonly msg: string;
  readonly level: number;
  readonly levelName: LevelName;
  readonly loggerName: string;
  readonly args: unknown[];
  readonly datetime: Date;
}

/** Where records go; what is below its level is dropped. */
export abstract class BaseHandler {
  readonly levelName: LevelName;
  formatter: (record: LogRecord) => string;

  constructor(levelName: LevelName, options?: { formatter?: (record: LogRecord) => string }) {
    this.levelName = levelName;
    this.formatter = options?.formatter ?? ((record) => `${record.levelName} ${record.msg}`);
  }

  /** Formats a record and hands it to `log`, unless it is below the level. */
  handle(record: LogRecord): void {
    if (record.level >= levels[this.levelName]) this.log(this.formatter(record));
  }

  /** Puts out one formatted record. */
  abstract log(message: string): void;
}

/** What the code that logs talks to; what is below its level never becomes a record. */
export class Logger {
  readonly loggerName: string;
  readonly levelName: LevelName;
  handlers: BaseHandler[];

  constructor(loggerName: string, levelName: LevelName, options: { handlers?: BaseHandler[] } = {}) {
    this.loggerName = loggerName;
    this.levelName = levelName;
    this.handlers = options.handlers ?? [];
  }

  /** For whoever looks for a fault. */
  debug(msg: string, ...args: unknown[]): string {
    return this.#log("DEBUG", msg, args);
  }

  /** For whoever wants to know what happens. */
  info(msg: string, ...args: unknown[]): string {
    return this.#log("INFO", msg, args);
  }

  /** For what went wrong and was dealt with. */
  warn(msg: string, ...args: unknown[]): string {
    return this.#log("WARN", msg, args);
  }

  /** For what went wrong. */
  error(msg: string, ...args: unknown[]): string {
    return this.#log("ERROR", msg, args);
  }

  #log(levelName: LevelName, msg: string, args: unknown[]): string {
    if (levels[levelName] >= levels[this.levelName]) {
      const { loggerName } = this;
      const record = { msg, args, level: levels[levelName], levelName, loggerName, datetime: new Date() };
      for (const handler of this.handlers) handler.handle(record);
    }
    return msg;
  }
}
