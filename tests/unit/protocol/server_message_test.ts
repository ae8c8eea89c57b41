import { assert, assertEquals, assertInstanceOf, assertThrows } from "@std/assert";
import fc from "fast-check";
import { ProtocolError } from "../../../protocol/error.ts";
import { parseServerMessage, type ServerMessage } from "../../../protocol/server_message.ts";
import { vectors } from "./vectors.ts";

Deno.test("parseServerMessage() reads the golden messages, leaving out what it does not know", () => {
  for (const { message, parsed } of vectors.server.valid) {
    assertEquals(parseServerMessage(JSON.stringify(message)), parsed as unknown as ServerMessage);
  }
});

Deno.test("parseServerMessage() ignores an unknown field in every message", () => {
  for (const { message, parsed } of vectors.server.valid) {
    const text = JSON.stringify({ ...message, fromTheFuture: [1] });
    assertEquals(parseServerMessage(text), parsed as unknown as ServerMessage);
  }
});

Deno.test("parseServerMessage() refuses the golden faults with their close code", async (t) => {
  for (const { name, text, closeCode } of vectors.server.invalid) {
    await t.step(name, () => {
      const error = assertThrows(() => parseServerMessage(text), ProtocolError);
      assertEquals(error.closeCode, closeCode);
    });
  }
});

Deno.test("parseServerMessage() refuses every prefix of a message", () => {
  for (const { message } of vectors.server.valid) {
    const text = JSON.stringify(message);
    for (let length = 0; length < text.length; length++) {
      assertThrows(() => parseServerMessage(text.slice(0, length)), ProtocolError);
    }
  }
});

Deno.test("parseServerMessage() takes any text as a value or a ProtocolError", () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.uint16Array().map((units) => String.fromCharCode(...units)), fc.json()),
      (text) => {
        try {
          assert(typeof parseServerMessage(text).type === "string");
        } catch (error) {
          assertInstanceOf(error, ProtocolError);
        }
      },
    ),
    { numRuns: 1_000 },
  );
});

Deno.test("parseServerMessage() refuses a text above the limit", () => {
  const error = assertThrows(() => parseServerMessage('{"type":"goaway","deadlineMs":1}', 20), ProtocolError);
  assertEquals(error.closeCode, 1009);
});
