import { assert, assertEquals, assertInstanceOf, assertThrows } from "@std/assert";
import fc from "fast-check";
import * as v from "valibot";
import { ProtocolError } from "../../../protocol/error.ts";
import { parseServerMessage, type ServerMessage } from "../../../protocol/server_message.ts";
import { serverSchemas } from "../../support/server_schemas.ts";
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

Deno.test("parseServerMessage() reads and refuses what a schema library does", () => {
  const valid = vectors.server.valid.map(({ message }) => message as Readonly<Record<string, unknown>>);
  const anything = fc.oneof(
    fc.constantFrom<unknown>(null, true, "", "x", 0, -1, 1.5, 254, 255, 2 ** 32 - 1, 2 ** 32, [], {}, [{}]),
    fc.jsonValue(),
  );
  let read = 0;
  fc.assert(
    fc.property(
      fc.constantFrom(...valid),
      fc.array(fc.tuple(fc.nat(), fc.option(anything, { nil: undefined })), { maxLength: 3 }),
      (message, changes) => {
        const changed = structuredClone(message) as Record<string, unknown>;
        for (const [place, value] of changes) change(changed, place, value);
        const text = JSON.stringify(changed);
        const { type } = message as { readonly type: string };
        if (changed["type"] !== type || !Object.hasOwn(serverSchemas, type)) return;
        const schema: v.GenericSchema = serverSchemas[type as keyof typeof serverSchemas];
        const expected = v.safeParse(schema, JSON.parse(text));
        if (!expected.success) return void assertThrows(() => parseServerMessage(text), ProtocolError);
        assertEquals(parseServerMessage(text), expected.output as ServerMessage);
        read += 1;
      },
    ),
    { numRuns: 5_000 },
  );
  assert(read > 1_000 && read < 4_500, `${read} of 5,000 were read`);
});

/** Changes one place of a value, at any depth; without a new value it is removed. */
function change(object: Record<string, unknown>, place: number, value: unknown): void {
  const names = Object.keys(object);
  const name = names[place % names.length];
  if (name === undefined) return;
  const inner = object[name];
  if (typeof inner === "object" && inner !== null && place % 3 !== 0) {
    change(inner as Record<string, unknown>, Math.floor(place / 3), value);
  } else if (value !== undefined) object[name] = value;
  else if (Array.isArray(object)) object.pop();
  else delete object[name];
}

Deno.test("parseServerMessage() names the field that is wrong, and repeats no text", () => {
  const texts = {
    '{"type":"ack","received":1,"settled":-1,"window":0}':
      "ack.settled is -1, expected an integer from 0 to 4294967295",
    '{"type":"ack","received":1}': "ack.settled is missing, expected an integer from 0 to 4294967295",
    '{"type":"lanes","seq":1,"lanes":[{"lane":1,"language":5}]}':
      "lanes.lanes.0.language is 5, expected a string of 0 to 65536 characters",
    '{"type":"pong","t0":"said in private"}':
      "pong.t0 is a string of 15 characters, expected a finite number",
  };
  for (const [text, problem] of Object.entries(texts)) {
    assertThrows(() => parseServerMessage(text), ProtocolError, `Cannot read a message: ${problem}`);
  }
});

Deno.test("parseServerMessage() refuses a text above the limit", () => {
  const error = assertThrows(() => parseServerMessage('{"type":"goaway","deadlineMs":1}', 20), ProtocolError);
  assertEquals(error.closeCode, 1009);
});
