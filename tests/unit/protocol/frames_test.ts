import { assert, assertEquals, assertInstanceOf, assertThrows } from "@std/assert";
import fc from "fast-check";
import { ProtocolError } from "../../../protocol/error.ts";
import { encodeFrame, FrameDecoder } from "../../../protocol/frames.ts";
import { fromHex, toHex, vectors } from "./vectors.ts";

type Spelled = { readonly text: string } | { readonly hex: string };

function spell(message: Uint8Array | string): Spelled {
  return typeof message === "string" ? { text: message } : { hex: toHex(message) };
}

function join(pieces: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}

const messages = fc.array(fc.oneof(
  fc.string({ unit: "grapheme" }),
  fc.uint8Array({ maxLength: 300 }).map((bytes) => Uint8Array.from(bytes)),
));

Deno.test("FrameDecoder.push() reads the golden bodies", async (t) => {
  for (const { name, hex, messages } of vectors.frames.valid) {
    await t.step(name, () => {
      const decoder = new FrameDecoder();
      assertEquals(decoder.push(fromHex(hex)).map(spell), messages as Spelled[]);
      decoder.end();
    });
  }
});

Deno.test("encodeFrame() writes the golden bodies", () => {
  for (const { hex, messages } of vectors.frames.valid) {
    const frames = (messages as Spelled[]).map((message) =>
      encodeFrame("text" in message ? message.text : fromHex(message.hex))
    );
    assertEquals(toHex(join(frames)), hex);
  }
});

Deno.test("FrameDecoder.push() refuses the golden faults, and says so again", async (t) => {
  for (const { name, hex, limitBytes, closeCode } of vectors.frames.invalid) {
    await t.step(name, () => {
      const decoder = new FrameDecoder(limitBytes);
      const error = assertThrows(() => decoder.push(fromHex(hex)), ProtocolError, "expected");
      assertEquals(error.closeCode, closeCode);
      assertThrows(() => decoder.push(new Uint8Array()), ProtocolError);
      assertThrows(() => decoder.end(), ProtocolError);
    });
  }
});

Deno.test("FrameDecoder.push() gives back what encodeFrame() took, cut anywhere", () => {
  fc.assert(fc.property(messages, fc.array(fc.nat({ max: 40 })), (sent, cuts) => {
    const body = join(sent.map((message) => encodeFrame(message)));
    const decoder = new FrameDecoder();
    const received: Spelled[] = [];
    let at = 0;
    for (const cut of [...cuts, body.length]) {
      for (const message of decoder.push(body.subarray(at, at + cut))) received.push(spell(message));
      at = Math.min(body.length, at + cut);
    }
    decoder.end();
    assertEquals(received, sent.map(spell));
  }));
});

Deno.test("FrameDecoder.end() refuses every prefix that ends within a message", () => {
  for (const { hex, messages } of vectors.frames.valid) {
    const body = fromHex(hex);
    const ends = new Set<number>([0]);
    for (let at = 0; at < body.length;) {
      at += 4 + (new DataView(body.buffer).getUint32(at, true) & 0x7fff_ffff);
      ends.add(at);
    }
    for (let length = 0; length <= body.length; length++) {
      const decoder = new FrameDecoder();
      const whole = decoder.push(body.subarray(0, length)).map(spell);
      assertEquals(whole, (messages as Spelled[]).slice(0, whole.length));
      if (ends.has(length)) decoder.end();
      else assertThrows(() => decoder.end(), ProtocolError, "the body ended after");
    }
  }
});

Deno.test("FrameDecoder.push() takes any bytes as messages or a ProtocolError", () => {
  fc.assert(fc.property(fc.array(fc.uint8Array({ maxLength: 40 })), (pieces) => {
    const decoder = new FrameDecoder(64);
    try {
      for (const piece of pieces) {
        for (const message of decoder.push(piece)) assert(message.length <= 64);
      }
      decoder.end();
    } catch (error) {
      assertInstanceOf(error, ProtocolError);
    }
  }));
});

Deno.test("FrameDecoder.push() keeps nothing of a message above the limit", () => {
  const decoder = new FrameDecoder(100);
  assertEquals(decoder.push(Uint8Array.of(101, 0, 0)), []);
  assertThrows(() => decoder.push(Uint8Array.of(0)), ProtocolError, "it has 101 bytes, expected at most 100");
});
