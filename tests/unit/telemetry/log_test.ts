import { assert, assertEquals, assertMatch, assertNotMatch } from "@std/assert";
import fc from "fast-check";
import {
  createLogging,
  errorFields,
  type LogLevel,
  longestField,
  silentLog,
} from "../../../telemetry/log.ts";

/** The lines that `use` writes at a level, parsed, without their time. */
function linesOf(level: LogLevel, use: (getLog: ReturnType<typeof createLogging>) => void): unknown[] {
  const lines: string[] = [];
  use(createLogging({ level, write: (line) => lines.push(line) }));
  return lines.map((line) => {
    assertNotMatch(line, /\n/);
    const { time, ...rest } = JSON.parse(line);
    assertMatch(time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    return rest;
  });
}

Deno.test("createLogging() writes an event with its fields as one line of JSON", () => {
  const lines = linesOf("info", (getLog) => {
    getLog("sessions").info("session started", {
      session: "a1",
      lanes: 2,
      resumed: false,
      detail: undefined,
    });
    getLog("routes").warn("request refused");
  });
  assertEquals(lines, [
    { level: "info", logger: "sessions", event: "session started", session: "a1", lanes: 2, resumed: false },
    { level: "warn", logger: "routes", event: "request refused" },
  ]);
});

Deno.test("createLogging() drops what is below the level", () => {
  const all = ["debug", "info", "warn", "error"] as const;
  for (const [index, level] of all.entries()) {
    const lines = linesOf(level, (getLog) => all.forEach((each) => getLog("x")[each](each)));
    assertEquals(lines.map((line) => (line as { level: string }).level), all.slice(index));
  }
});

Deno.test("createLogging() cuts long strings", () => {
  const [line] = linesOf("info", (getLog) => getLog("x").info("e".repeat(5000), { id: "y".repeat(5000) }));
  const { event, id } = line as { event: string; id: string };
  assertEquals([event.length, id.length], [longestField + 1, longestField + 1]);
});

Deno.test("createLogging() does not let a field pass for a part of the line", () => {
  const [line] = linesOf("info", (getLog) => getLog("x").info("e", { level: "error", event: "forged" }));
  assertEquals(line, { level: "info", logger: "x", event: "e", level_: "error", event_: "forged" });
});

Deno.test("createLogging() writes exactly one line whatever the strings and numbers are", () => {
  const value = fc.oneof(fc.string({ unit: "binary" }), fc.double(), fc.boolean(), fc.constant(undefined));
  fc.assert(fc.property(fc.string({ unit: "binary" }), fc.dictionary(fc.string(), value), (event, fields) => {
    assertEquals(linesOf("debug", (getLog) => getLog("x").debug(event, fields)).length, 1);
  }));
});

Deno.test("createLogging() says numbers that JSON cannot", () => {
  const [line] = linesOf("info", (getLog) => getLog("x").info("e", { ms: NaN, size: Infinity }));
  assertEquals(line, { level: "info", logger: "x", event: "e", ms: "NaN", size: "Infinity" });
});

Deno.test("createLogging() keeps two loggings apart", () => {
  const [one, other]: string[][] = [[], []];
  createLogging({ level: "info", write: (line) => one!.push(line) })("x").info("to one");
  createLogging({ level: "error", write: (line) => other!.push(line) })("x").info("to nobody");
  assertEquals([one!.length, other!.length], [1, 0]);
});

Deno.test("createLogging() writes to the standard error stream by default", async () => {
  const code =
    `import { createLogging } from "./telemetry/log.ts"; createLogging({ level: "info" })("x").info("%s", { ms: 1 });`;
  const cwd = new URL("../../../", import.meta.url);
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), { args: ["eval", code], cwd }).output();
  assertEquals(stdout.length, 0);
  assertMatch(new TextDecoder().decode(stderr), /^\{.*"event":"%s","ms":1\}\n$/);
});

Deno.test("silentLog takes everything", () => {
  silentLog.error("nobody hears this", { ms: 1 });
});

Deno.test("errorFields() tells what an error is and where it came from, and never its message", () => {
  const secret = "at the beach we spoke of secrets";
  const error = new RangeError(`no\n    ${secret}`, { cause: new TypeError(secret) });
  const fields = errorFields(Object.assign(error, { kind: "timeout" }));
  assertEquals([fields.error, fields.kind, fields.cause], ["RangeError", "timeout", "TypeError"]);
  assertMatch(String(fields.at), /log_test\.ts:\d+:\d+/);
  assert(!JSON.stringify(fields).includes("secret"));
  assertEquals(errorFields("thrown text"), { error: "string" });
});
