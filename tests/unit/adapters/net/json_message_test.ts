import { assert, assertEquals, assertThrows } from "@std/assert";
import { parseMessage } from "../../../../adapters/net/json_message.ts";
import { PipelineError } from "../../../../pipeline/error.ts";

Deno.test("parseMessage() reads JSON as text or bytes, and does not tell what else it was", () => {
  const text = `{"text":"añ…"}`;
  assertEquals(parseMessage(text, "X"), { text: "añ…" });
  assertEquals(parseMessage(new TextEncoder().encode(text), "X"), { text: "añ…" });
  for (const message of ["secret", "", new Uint8Array([0xff, 0xfe])]) {
    const error = assertThrows(() => parseMessage(message, "X"), PipelineError);
    assert(error.kind === "internal" && error.cause === undefined && !error.message.includes("secret"));
  }
});
