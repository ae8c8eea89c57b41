import { assertEquals } from "@std/assert";
import { readReadiness } from "../../../web/readiness.ts";

const engine = (ready: boolean) => ({ engine: "x", ready });

Deno.test("readReadiness() is ready when every engine is", () => {
  const engines = { stt: engine(true), mt: engine(true), tts: engine(true) };
  assertEquals(readReadiness({ engines }), { type: "known", ready: true, engines });
  const broken = { ...engines, mt: engine(false) };
  assertEquals(readReadiness({ engines: broken }), { type: "known", ready: false, engines: broken });
});

Deno.test("readReadiness() takes an answer that is none for no answer", () => {
  for (const answer of [null, {}, { engines: {} }]) {
    assertEquals(readReadiness(answer), { type: "unreachable" });
  }
});
