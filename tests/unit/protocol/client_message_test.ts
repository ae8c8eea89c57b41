import { assert, assertEquals, assertInstanceOf, assertThrows } from "@std/assert";
import fc from "fast-check";
import { type ClientMessage, parseClientMessage } from "../../../protocol/client_message.ts";
import { ProtocolError } from "../../../protocol/error.ts";
import { vectors } from "./vectors.ts";

Deno.test("parseClientMessage() reads the golden messages", () => {
  for (const message of vectors.client.valid) {
    assertEquals(parseClientMessage(JSON.stringify(message)), message as unknown as ClientMessage);
  }
});

Deno.test("parseClientMessage() refuses the golden faults with their close code", async (t) => {
  for (const { name, text, closeCode } of vectors.client.invalid) {
    await t.step(name, () => {
      const error = assertThrows(() => parseClientMessage(text), ProtocolError);
      assertEquals(error.closeCode, closeCode);
    });
  }
});

Deno.test("parseClientMessage() bounds what a client says that it was told", () => {
  const start = (count: number, characters: number) =>
    JSON.stringify({
      type: "start",
      source: "en",
      targets: ["es"],
      input: { codec: "pcm_s16le", rate: 16_000 },
      continues: {
        position: 0,
        segment: 0,
        lanes: [],
        told: Array.from(
          { length: count },
          () => ({ utterance: 1, start: 0, end: 1, text: "a".repeat(characters), language: "en" }),
        ),
      },
    });
  for (const text of [start(64, 100), start(1, 4_000)]) assertEquals(parseClientMessage(text).type, "start");
  for (const text of [start(65, 1), start(1, 4_001)]) {
    const { message } = assertThrows(() => parseClientMessage(text), ProtocolError);
    assert(message.includes("0 to 64 segments") && message.includes("at most 4000 characters"), message);
  }
});

Deno.test("parseClientMessage() refuses every prefix of a message", () => {
  for (const message of vectors.client.valid) {
    const text = JSON.stringify(message);
    for (let length = 0; length < text.length; length++) {
      assertThrows(() => parseClientMessage(text.slice(0, length)), ProtocolError);
    }
  }
});

Deno.test("parseClientMessage() takes any text as a value or a ProtocolError", () => {
  const texts = fc.oneof(
    fc.uint16Array().map((units) => String.fromCharCode(...units)),
    fc.json(),
    fc.record({
      type: fc.constantFrom("start", "ack", "ping", "cancel", "__proto__", "toString"),
      seq: fc.anything(),
      lane: fc.anything(),
      targets: fc.anything(),
      window: fc.anything(),
      t0: fc.anything(),
    }, { requiredKeys: [] }).map((value) => {
      try {
        return JSON.stringify(value);
      } catch {
        return "";
      }
    }),
  );
  fc.assert(
    fc.property(texts, (text) => {
      try {
        assert(typeof parseClientMessage(text).type === "string");
      } catch (error) {
        assertInstanceOf(error, ProtocolError);
      }
    }),
    { numRuns: 1_000 },
  );
});

Deno.test("parseClientMessage() refuses every field that a message does not have", () => {
  for (const message of vectors.client.valid) {
    const text = JSON.stringify({ ...message, extra: 0 });
    assertThrows(() => parseClientMessage(text), ProtocolError, "extra is not a field of this message");
  }
});

Deno.test("parseClientMessage() names the limit of a text in bytes of UTF-8", () => {
  const text = JSON.stringify({ type: "ping", t0: 1 });
  assertEquals(parseClientMessage(text, text.length), { type: "ping", t0: 1 });
  const error = assertThrows(() => parseClientMessage(text, text.length - 1), ProtocolError);
  assertEquals(error.closeCode, 1009);
  assertEquals(
    error.message,
    `Cannot read a text message: it has ${text.length} bytes, expected at most ${text.length - 1}`,
  );
  const wide = JSON.stringify({ type: "hello", name: "ñ€🙂" });
  const bytes = new TextEncoder().encode(wide).length;
  assertEquals(assertThrows(() => parseClientMessage(wide, bytes), ProtocolError).closeCode, 4400);
  assertEquals(assertThrows(() => parseClientMessage(wide, bytes - 1), ProtocolError).closeCode, 1009);
});

Deno.test("parseClientMessage() names the field, the value and what is wanted", () => {
  const start = { type: "start", source: "en", targets: ["es"], input: { codec: "pcm_s16le", rate: 16000 } };
  const cases: readonly [unknown, string][] = [
    [
      { ...start, input: { codec: "pcm_s16le", rate: 96000 } },
      "input.rate is 96000, expected an integer from 8000 to 48000",
    ],
    [
      { ...start, targets: [] },
      "targets is an array of 0, expected an array of 1 to 8 different language tags",
    ],
    [{ ...start, source: undefined }, "source is missing, expected a value"],
    [{ ...start, input: 5 }, "input is 5, expected an object"],
    [{ ...start, output: { codec: "opus", rate: 24000 } }, "output.rate is 24000 for opus, expected 48000"],
    [{ type: "mute", seq: 1, lane: 1, muted: null }, "muted is null, expected true or false"],
  ];
  for (const [message, expected] of cases) {
    assertThrows(() => parseClientMessage(JSON.stringify(message)), ProtocolError, expected);
  }
});

Deno.test("parseClientMessage() never repeats a string of the client in its errors", () => {
  const secret = "my very secret words";
  for (
    const message of [
      { type: secret },
      { type: "resume", session: 5, token: secret, received: 0 },
      { type: "resume", session: "s", token: secret.repeat(20), received: 0 },
      { type: "ping", t0: secret },
      { type: "start", source: secret, targets: [secret], input: secret },
    ]
  ) {
    const error = assertThrows(() => parseClientMessage(JSON.stringify(message)), ProtocolError);
    assert(!error.message.includes(secret), error.message);
  }
});
