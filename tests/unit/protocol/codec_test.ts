import { assert, assertEquals, assertInstanceOf, assertThrows } from "@std/assert";
import fc from "fast-check";
import {
  type AudioHeader,
  decodeBinary,
  encodeOpus,
  encodePcm,
  Flag,
  stampAgain,
  stampSequence,
} from "../../../protocol/codec.ts";
import { ProtocolError } from "../../../protocol/error.ts";
import { wireOverhead } from "../../../protocol/overhead.ts";
import type { TimingHeader } from "../../../protocol/timing_header.ts";
import { fromHex, plain, toHex, vectors } from "./vectors.ts";

const uint32 = fc.integer({ min: 0, max: 0xffff_ffff });
const durationMs = fc.option(fc.integer({ min: 0, max: 65_534 }), { nil: undefined });
const timing: fc.Arbitrary<TimingHeader> = fc.record({
  segment: uint32,
  start: uint32,
  end: uint32,
  sttMs: durationMs,
  mtMs: durationMs,
  ttsMs: durationMs,
  queueMs: durationMs,
  ttfabMs: durationMs,
  clockMs: uint32,
});
const lane = fc.integer({ min: 1, max: 254 });
const header: fc.Arbitrary<AudioHeader> = fc.oneof(
  fc.record({
    lane,
    seq: uint32,
    position: uint32,
    flags: fc.integer({ min: 0, max: 7 }).map((bits) => bits << 1),
    timing: fc.option(timing, { nil: undefined }),
  }),
  fc.record({ lane, seq: uint32, position: uint32, flags: fc.integer({ min: 0, max: 15 }), timing }),
);
const samples = fc.int16Array({ maxLength: 2_000 });
const packets = fc.array(fc.uint8Array({ minLength: 1, maxLength: 1275 }), { maxLength: 6 });

const example = vectors.binary.valid[0]!;

function decodesAsBefore(): void {
  assertEquals(plain(decodeBinary(fromHex(example.hex))), example.decoded);
}

Deno.test("decodeBinary() reads the golden messages", async (t) => {
  for (const { name, hex, decoded } of vectors.binary.valid) {
    await t.step(name, () => {
      assertEquals(plain(decodeBinary(fromHex(hex))), decoded as Record<string, unknown>);
      assertEquals(plain(decodeBinary(fromHex(hex).buffer)), decoded as Record<string, unknown>);
    });
  }
});

Deno.test("encodePcm() and encodeOpus() write the golden messages", async (t) => {
  for (const { name, hex, canonical } of vectors.binary.valid) {
    if (!canonical) continue;
    await t.step(name, () => {
      const message = decodeBinary(fromHex(hex));
      assert(message.type !== "ignored");
      const bytes = message.type === "pcm"
        ? encodePcm(message, message.samples)
        : encodeOpus(message, message.packets);
      assertEquals(toHex(bytes), hex);
    });
  }
});

Deno.test("decodeBinary() refuses the golden faults with their close code", async (t) => {
  for (const { name, hex, closeCode } of vectors.binary.invalid) {
    await t.step(name, () => {
      const error = assertThrows(() => decodeBinary(fromHex(hex)), ProtocolError, "expected");
      assertEquals(error.closeCode, closeCode);
      decodesAsBefore();
    });
  }
});

Deno.test("decodeBinary() gives back what encodePcm() took", () => {
  fc.assert(fc.property(header, samples, (head, audio) => {
    assertEquals(decodeBinary(encodePcm(head, audio)), { type: "pcm", ...head, samples: audio });
  }));
});

Deno.test("decodeBinary() gives back what encodeOpus() took", () => {
  fc.assert(fc.property(header, packets, (head, audio) => {
    assertEquals(decodeBinary(encodeOpus(head, audio)), { type: "opus", ...head, packets: audio });
  }));
});

Deno.test("decodeBinary() takes every prefix of a message as a value or a ProtocolError", () => {
  for (const { hex } of vectors.binary.valid) {
    const bytes = fromHex(hex);
    const headerBytes = 4 * bytes[3]!;
    for (let length = 0; length < bytes.length; length++) {
      const prefix = bytes.slice(0, length);
      if (bytes[0] === 1 && length >= headerBytes && (length - headerBytes) % 2 === 0) {
        const message = decodeBinary(prefix);
        assert(message.type === "pcm");
        assertEquals(message.samples.length, (length - headerBytes) / 2);
      } else if (bytes[0]! >= 128 && length >= headerBytes) {
        assertEquals(decodeBinary(prefix).type, "ignored");
      } else {
        assertThrows(() => decodeBinary(prefix), ProtocolError);
      }
    }
    assertEquals(decodeBinary(bytes).seq, decodeBinary(fromHex(hex)).seq);
  }
});

Deno.test("decodeBinary() takes any bytes as a value or a ProtocolError, and goes on", () => {
  const almost = fc.tuple(
    fc.constantFrom(0, 1, 2, 3, 128, 255),
    fc.integer({ min: 0, max: 31 }),
    fc.integer({ min: 0, max: 255 }),
    fc.integer({ min: 0, max: 12 }),
    fc.uint8Array({ maxLength: 120 }),
  ).map(([kind, flags, lane, words, rest]) => Uint8Array.from([kind, flags, lane, words, ...rest]));
  const mutated = fc.tuple(
    fc.constantFrom(...vectors.binary.valid.map((vector) => vector.hex)),
    fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { minLength: 1, maxLength: 4 }),
  ).map(([hex, changes]) => {
    const bytes = fromHex(hex);
    for (const [at, value] of changes) bytes[at % bytes.length] = value;
    return bytes;
  });
  const seen = { values: 0, errors: 0 };
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array({ maxLength: 200 }), almost, mutated), (bytes) => {
      try {
        const message = decodeBinary(bytes);
        assert(["pcm", "opus", "ignored"].includes(message.type));
        seen.values += 1;
      } catch (error) {
        assertInstanceOf(error, ProtocolError);
        seen.errors += 1;
      }
      decodesAsBefore();
    }),
    { numRuns: 2_000 },
  );
  assert(seen.values > 0 && seen.errors > 0);
});

Deno.test("decodeBinary() gives views of what it got, not copies", () => {
  const pcm = encodePcm({ lane: 0, seq: 1, position: 0, flags: 0 }, Int16Array.of(1, 2));
  const message = decodeBinary(pcm.buffer);
  assert(message.type === "pcm" && message.samples.buffer === pcm.buffer);
  const opus = encodeOpus({ lane: 0, seq: 1, position: 0, flags: 0 }, [Uint8Array.of(8)]);
  const bundle = decodeBinary(opus);
  assert(bundle.type === "opus" && bundle.packets[0]!.buffer === opus.buffer);
});

Deno.test("decodeBinary() reads messages at any alignment", () => {
  fc.assert(fc.property(header, samples, fc.integer({ min: 0, max: 9 }), (head, audio, offset) => {
    const message = encodePcm(head, audio);
    const inside = new Uint8Array(offset + message.length + 3).fill(0xee);
    inside.set(message, offset);
    assertEquals(decodeBinary(inside.subarray(offset, offset + message.length)), {
      type: "pcm",
      ...head,
      samples: audio,
    });
  }));
});

Deno.test("encodePcm() takes positions and numbers modulo 2^32", () => {
  const message = decodeBinary(
    encodePcm({ lane: 0, seq: 2 ** 32 + 1, position: 2 ** 32 + 2, flags: 0 }, Int16Array.of()),
  );
  assert(message.type === "pcm");
  assertEquals([message.seq, message.position], [1, 2]);
});

Deno.test("encodePcm() writes durations that are unknown or too long as unknown, and rounds the others", () => {
  const times = { segment: 1, start: 0, end: 1, clockMs: 2 ** 32 + 1.4 };
  const message = decodeBinary(encodePcm({
    lane: 1,
    seq: 1,
    position: 0,
    flags: Flag.segmentStart,
    timing: { ...times, sttMs: 1.5, mtMs: -3, ttsMs: 65_535, queueMs: 1e9, ttfabMs: Number.NaN },
  }, Int16Array.of()));
  assert(message.type === "pcm");
  assertEquals(message.timing, {
    ...times,
    clockMs: 1,
    sttMs: 2,
    mtMs: 0,
    ttsMs: undefined,
    queueMs: undefined,
    ttfabMs: undefined,
  });
});

Deno.test("encodePcm() and encodeOpus() refuse a caller's mistakes", () => {
  const good = { lane: 1, seq: 1, position: 0, flags: 0 };
  for (
    const bad of [
      { ...good, lane: 255 },
      { ...good, lane: -1 },
      { ...good, lane: 1.5 },
      { ...good, flags: 16 },
      { ...good, flags: -1 },
      { ...good, flags: Flag.segmentStart },
      { ...good, lane: 0, flags: Flag.segmentEnd },
    ]
  ) assertThrows(() => encodePcm(bad, Int16Array.of()), RangeError, "expected");
  assertThrows(() => encodeOpus(good, [new Uint8Array()]), RangeError, "0 bytes, expected 1 to 1275");
  assertThrows(() => encodeOpus(good, [new Uint8Array(1276)]), RangeError, "1276 bytes");
  assertThrows(() => encodeOpus(good, Array(256).fill(Uint8Array.of(1))), RangeError, "256 packets");
});

Deno.test("stampSequence() and stampAgain() change the number and the flag only", () => {
  fc.assert(fc.property(header, samples, uint32, (head, audio, seq) => {
    const bytes = encodePcm(head, audio);
    stampSequence(bytes, seq);
    stampAgain(bytes);
    assertEquals(decodeBinary(bytes), {
      type: "pcm",
      ...head,
      seq,
      flags: head.flags | Flag.again,
      samples: audio,
    });
  }));
});

Deno.test("wireOverhead() is at most 1.1 % for 60 ms of PCM at 16 kHz, both ways", () => {
  const audio = new Int16Array(960);
  const message = encodePcm({ lane: 0, seq: 1, position: 0, flags: 0 }, audio);
  const headerBytes = message.length - 2 * audio.length;
  assertEquals(headerBytes, 12);
  assertEquals(wireOverhead(headerBytes, 2 * audio.length, true), 20 / 1920);
  assertEquals(wireOverhead(headerBytes, 2 * audio.length, false), 16 / 1920);
  assert(wireOverhead(headerBytes, 2 * audio.length, true) <= 0.011);
});

Deno.test("encodeOpus() keeps 60 ms bundles of 24 kb/s within 3.5 kB/s on the wire", () => {
  const bundle = [new Uint8Array(60), new Uint8Array(60), new Uint8Array(60)];
  const message = encodeOpus({ lane: 0, seq: 1, position: 0, flags: 0 }, bundle);
  const bytesASecond = (message.length + message.length * wireOverhead(0, message.length, true)) * 1000 / 60;
  assert(bytesASecond <= 3_500, `${bytesASecond}`);
});
