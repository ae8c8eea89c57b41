import { assertEquals } from "@std/assert";
import { BaseHandler, type LevelName, Logger, type LogRecord } from "../../../telemetry/std_log.ts";

class Collector extends BaseHandler {
  readonly lines: string[] = [];

  override log(message: string): void {
    this.lines.push(message);
  }
}

function logAll(logger: Logger): void {
  logger.debug("d");
  logger.info("i");
  logger.warn("w");
  logger.error("e");
}

Deno.test("Logger passes on what is at its level or above", () => {
  const expected: [LevelName, string[]][] = [
    ["NOTSET", ["DEBUG d", "INFO i", "WARN w", "ERROR e"]],
    ["WARN", ["WARN w", "ERROR e"]],
    ["CRITICAL", []],
  ];
  for (const [level, lines] of expected) {
    const handler = new Collector("NOTSET");
    logAll(new Logger("x", level, { handlers: [handler] }));
    assertEquals(handler.lines, lines);
  }
});

Deno.test("BaseHandler drops what is below its own level", () => {
  const [low, high] = [new Collector("DEBUG"), new Collector("ERROR")];
  logAll(new Logger("x", "DEBUG", { handlers: [low, high] }));
  assertEquals([low.lines.length, high.lines], [4, ["ERROR e"]]);
});

Deno.test("BaseHandler formats a record with the formatter it is given", () => {
  const formatter = ({ loggerName, levelName, level, msg, args, datetime }: LogRecord) =>
    `${loggerName} ${levelName} ${level} ${msg} ${JSON.stringify(args)} ${datetime instanceof Date}`;
  const handler = new Collector("DEBUG", { formatter });
  new Logger("x", "DEBUG", { handlers: [handler] }).warn("m", { ms: 1 }, 2);
  assertEquals(handler.lines, ['x WARN 30 m [{"ms":1},2] true']);
});

Deno.test("Logger without handlers does nothing, and returns the message like the real one", () => {
  assertEquals(new Logger("x", "DEBUG").info("m"), "m");
});
