import { assertEquals, assertThrows } from "@std/assert";
import { CommandError } from "../../../cli/command_error.ts";
import { parseDemo } from "../../../cli/demo_arguments.ts";

Deno.test("parseDemo() needs nothing to be said", () => {
  assertEquals(parseDemo([], {}), {
    type: "demo",
    to: ["es"],
    sample: "clear",
    out: "out.wav",
    once: false,
    port: 8000,
    key: undefined,
  });
});

Deno.test("parseDemo() takes its options, the port, and one of the keys that the service will ask for", () => {
  const args = ["--once", "--sample", "human", "--to", "es,ca", "--out", "x.wav"];
  const env = { PARLEY_PORT: "8123", PARLEY_API_KEYS: "one-of-16-letters, another" };
  assertEquals(parseDemo(args, env), {
    type: "demo",
    to: ["es", "ca"],
    sample: "human",
    out: "x.wav",
    once: true,
    port: 8123,
    key: "one-of-16-letters",
  });
});

Deno.test("parseDemo() says what is wrong, with exit code 2", () => {
  assertThrows(() => parseDemo(["--sample", "loud"], {}), CommandError, "expected clear or human");
  assertThrows(() => parseDemo(["talk.wav"], {}), CommandError, "talk.wav");
  for (const port of ["0", "x", "70000"]) {
    const error = assertThrows(() => parseDemo([], { PARLEY_PORT: port }), CommandError, "expected a port");
    assertEquals(error.exitCode, 2);
  }
});
