import { assertAlmostEquals, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import fc from "fast-check";
import { MediaError, type MediaErrorKind } from "../../../media/error.ts";
import { MAX_HEADER_BYTES } from "../../../media/wav_header.ts";
import { WavReader } from "../../../media/wav_reader.ts";
import { chunk, u16, u32, wavFile } from "../../support/wav_file.ts";

/** Everything a file gives when it comes in these pieces. */
function read(file: Uint8Array, cuts: readonly number[] = []): number[] {
  const reader = new WavReader();
  const samples: number[] = [];
  const places = [0, ...cuts.map((cut) => cut % (file.length + 1)).toSorted((a, b) => a - b), file.length];
  for (let index = 1; index < places.length; index += 1) {
    samples.push(...reader.push(file.slice(places[index - 1], places[index])));
  }
  reader.finish();
  return samples;
}

function refused(file: Uint8Array, kind: MediaErrorKind, ...texts: string[]): void {
  const error = assertThrows(() => read(file), MediaError);
  assertEquals(error.kind, kind, error.message);
  for (const text of texts) assertStringIncludes(error.message, text);
}

/** The bytes of numbers as a typed array stores them on this little-endian machine. */
function bytesOf(numbers: Float32Array | Float64Array | Int32Array): number[] {
  return [...new Uint8Array(numbers.buffer)];
}

const ramp = [u16(0), u16(1), u16(0x7fff), u16(0x8000), u16(0xffff)].flat();
const rampSamples = [0, 1 / 32768, 32767 / 32768, -1, -1 / 32768];

Deno.test("WavReader.push() reads 16-bit samples", () => {
  assertEquals(read(wavFile({ data: ramp })), rampSamples);
});

Deno.test("WavReader.push() reads integers of 8, 24 and 32 bits", () => {
  assertEquals(read(wavFile({ bits: 8, data: [0, 128, 192] })), [-1, 0, 0.5]);
  assertEquals(
    read(wavFile({ bits: 24, data: [0, 0, 0x40, 0xff, 0xff, 0xff, 0, 0, 0x80] })),
    [0.5, -1 / 8388608, -1],
  );
  assertEquals(read(wavFile({ bits: 32, data: bytesOf(new Int32Array([2 ** 30, -(2 ** 31), 0])) })), [
    0.5,
    -1,
    0,
  ]);
});

Deno.test("WavReader.push() reads floats, cuts off loud ones and silences what is not a number", () => {
  const values = [0.25, -0.5, 3, -3, NaN, Infinity, -Infinity];
  const expected = [0.25, -0.5, 1, -1, 0, 1, -1];
  assertEquals(read(wavFile({ code: 3, bits: 32, data: bytesOf(new Float32Array(values)) })), expected);
  assertEquals(read(wavFile({ code: 3, bits: 64, data: bytesOf(new Float64Array(values)) })), expected);
});

Deno.test("WavReader.push() reads A-law and µ-law of ITU-T G.711", () => {
  const alaw = read(wavFile({ code: 6, bits: 8, data: [0xd5, 0x55, 0xaa] }));
  assertEquals(alaw.map((sample) => sample * 32768), [8, -8, 32256]);
  const mulaw = read(wavFile({ code: 7, bits: 8, data: [0xff, 0x00, 0x80] }));
  assertEquals(mulaw.map((sample) => sample * 32768), [0, -32124, 32124]);
});

Deno.test("WavReader.push() averages 2 to 8 channels", () => {
  assertEquals(read(wavFile({ channels: 2, data: [u16(100), u16(300), u16(0x8000), u16(0x8000)].flat() })), [
    200 / 32768,
    -1,
  ]);
  const eight = [8, 16, 24, 32, 40, 48, 56, 64].flatMap(u16);
  assertAlmostEquals(read(wavFile({ channels: 8, data: eight }))[0]!, 36 / 32768, 1e-9);
});

Deno.test("WavReader.push() reads the extensible format", () => {
  assertEquals(read(wavFile({ subformat: 1, data: ramp })), rampSamples);
  const floats = bytesOf(new Float32Array([0.5]));
  assertEquals(read(wavFile({ subformat: 3, bits: 32, data: floats })), [0.5]);
});

Deno.test("WavReader.push() passes over unknown chunks, odd-sized and empty ones too", () => {
  const file = wavFile({
    before: [...chunk("JUNK", Array(28).fill(7)), ...chunk("bext", [1, 2, 3]), ...chunk("free", [])],
    between: [...chunk("LIST", [9, 9, 9, 9, 9]), ...chunk("data".toUpperCase(), [1])],
    data: ramp,
    after: chunk("LIST", [100, 97, 116, 97, 4, 0, 0, 0, 1, 2, 3, 4]),
  });
  assertEquals(read(file), rampSamples);
});

Deno.test("WavReader.push() reads to the end when the writer did not know the size", () => {
  // ffmpeg; GStreamer; sox and espeak-ng; arecord
  for (const dataBytes of [0xffffffff, 0, 0x7ffff000, 0x80000000]) {
    for (const riffBytes of [0, 36, 0xffffffff]) {
      assertEquals(read(wavFile({ data: ramp, dataBytes, riffBytes })), rampSamples, `${dataBytes}`);
    }
  }
});

Deno.test("WavReader.push() does not look at the size of the whole file", () => {
  for (const riffBytes of [0, 4, 36, 0xffffffff]) {
    assertEquals(read(wavFile({ data: ramp, riffBytes })), rampSamples);
  }
});

Deno.test("WavReader.push() stops where the audio is said to end", () => {
  assertEquals(read(wavFile({ data: ramp, dataBytes: 4 })), rampSamples.slice(0, 2));
});

Deno.test("WavReader.finish() throws when the audio is shorter than said", () => {
  refused(wavFile({ data: ramp, dataBytes: 12 }), "truncated", "10 bytes", "expected 12");
});

Deno.test("WavReader.finish() throws within the header and within a sample", () => {
  refused(new Uint8Array(0), "truncated", "0 bytes");
  refused(wavFile({ data: ramp }).slice(0, 30), "truncated", "30 bytes");
  refused(
    wavFile({ data: [...ramp, 1], dataBytes: 0xffffffff }),
    "truncated",
    "1 bytes are left",
    "multiple of 2",
  );
});

Deno.test("WavReader.finish() accepts a file without audio", () => {
  assertEquals(read(wavFile({ data: [] })), []);
  assertEquals(read(wavFile({ data: [], after: chunk("LIST", [1, 2, 3]) })), []);
});

Deno.test("WavReader.header tells the format once it is known", () => {
  const reader = new WavReader();
  const file = wavFile({ channels: 2, rate: 44_100, bits: 24, data: [1, 2, 3, 4, 5, 6] });
  reader.push(file.subarray(0, 43));
  assertEquals(reader.header, undefined);
  reader.push(file.subarray(43));
  assertEquals(reader.header, {
    format: { encoding: "integer", bits: 24, channels: 2, rate: 44_100, endian: "little" },
    dataBytes: 6,
  });
});

Deno.test("WavReader.push() refuses what is not a WAV file", () => {
  const text = new TextEncoder();
  refused(text.encode("OggS00000000"), "malformed", "OggS", "expected RIFF");
  refused(new Uint8Array(12), "malformed", "0x00000000");
  refused(wavFile({ data: ramp, form: "AVI " }), "malformed", "AVI", "expected WAVE");
  refused(wavFile({ data: ramp, riff: "RF64" }), "unsupported", "RF64");
});

Deno.test("WavReader.push() refuses formats that are not supported, naming the limit", () => {
  refused(wavFile({ data: ramp, code: 2 }), "unsupported", "format code is 2", "1, 3, 6, 7");
  refused(wavFile({ data: ramp, subformat: 0x55 }), "unsupported", "format code is 85");
  refused(wavFile({ data: ramp, bits: 12, blockAlign: 2 }), "unsupported", "12 bits", "8, 16, 24, 32");
  refused(wavFile({ data: ramp, code: 3, bits: 16 }), "unsupported", "16 bits", "32, 64");
  refused(wavFile({ data: ramp, channels: 0 }), "unsupported", "0 channels", "1 to 8");
  refused(wavFile({ data: ramp, channels: 9 }), "unsupported", "9 channels", "1 to 8");
  for (const rate of [0, 7999, 96_001, 0xffffffff]) {
    refused(wavFile({ data: ramp, rate }), "unsupported", `${rate} Hz`, "8000 to 96000");
  }
});

Deno.test("WavReader.push() refuses a subformat that is not a wave format code", () => {
  const file = wavFile({ data: ramp, subformat: 1 });
  file[12 + 8 + 39] = 0;
  refused(file, "unsupported", "subformat");
});

Deno.test("WavReader.push() refuses headers that contradict themselves", () => {
  refused(wavFile({ data: ramp, blockAlign: 4 }), "malformed", "block is 4", "expected 2");
  refused(wavFile({ data: ramp, dataBytes: 9 }), "malformed", "9 bytes", "multiple of 2");
  refused(wavFile({ data: ramp, before: chunk("data", ramp) }), "malformed", "expected chunk fmt before");
  refused(wavFile({ data: ramp, before: chunk("fmt ", []) }), "malformed", "0 bytes", "at least 16");
  refused(wavFile({ data: ramp, before: chunk("fmt ", [1, 0, 1]) }), "malformed", "3 bytes", "at least 16");
  const short = chunk("fmt ", [
    ...u16(0xfffe),
    ...u16(1),
    ...u32(16_000),
    ...u32(32_000),
    ...u16(2),
    ...u16(16),
  ]);
  refused(wavFile({ data: ramp, before: short }), "malformed", "16 bytes", "at least 40");
});

Deno.test("WavReader.push() refuses a header beyond its limit before it is read", () => {
  const file = wavFile({ data: ramp, before: chunk("JUNK", Array(70_000).fill(0)) });
  const error = assertThrows(() => new WavReader().push(file.subarray(0, 20)), MediaError);
  assertEquals(error.kind, "malformed");
  assertStringIncludes(error.message, "chunk JUNK");
  assertStringIncludes(error.message, `${MAX_HEADER_BYTES}`);
  const many = wavFile({ data: ramp, before: Array(9000).fill(chunk("free", [])).flat() });
  refused(many, "malformed", `${MAX_HEADER_BYTES}`);
});

const validFile = fc.record({
  layout: fc.constantFrom(
    { code: 1, bits: 8 },
    { code: 1, bits: 16 },
    { code: 1, bits: 24 },
    { code: 1, bits: 32 },
    { code: 3, bits: 32 },
    { code: 3, bits: 64 },
  ),
  channels: fc.integer({ min: 1, max: 8 }),
  frames: fc.integer({ min: 0, max: 40 }),
  seed: fc.infiniteStream(fc.integer({ min: 0, max: 255 })),
  extra: fc.array(fc.integer({ min: 0, max: 255 }), { maxLength: 9 }),
  streamed: fc.boolean(),
}).map(({ layout, channels, frames, seed, extra, streamed }) => {
  const data = [...seed.take(frames * channels * layout.bits / 8)];
  return wavFile({
    ...layout,
    channels,
    data,
    between: chunk("LIST", extra),
    ...(streamed ? { dataBytes: 0xffffffff } : { after: chunk("id3 ", extra) }),
  });
});

Deno.test("WavReader.push() gives the same samples however the file is cut", () => {
  fc.assert(fc.property(validFile, fc.array(fc.nat()), (file, cuts) => {
    const whole = read(file);
    assertEquals(read(file, cuts), whole);
    assertEquals(read(file, [...file.keys()]), whole);
  }));
});

Deno.test("WavReader gives a MediaError or the first samples for every prefix of a file", () => {
  fc.assert(
    fc.property(validFile, (file) => {
      const whole = read(file);
      for (let length = 0; length < file.length; length += 1) {
        const reader = new WavReader();
        const samples = [...reader.push(file.slice(0, length))];
        assertEquals(samples, whole.slice(0, samples.length));
        try {
          reader.finish();
        } catch (error) {
          assertEquals((error as MediaError).kind, "truncated", `${error}`);
        }
      }
    }),
    { numRuns: 30 },
  );
});

Deno.test("WavReader throws nothing but MediaError for arbitrary bytes", () => {
  const spoilt = fc.tuple(validFile, fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 }))))
    .map(([file, changes]) => {
      for (const [at, byte] of changes) file[at % Math.min(file.length, 60)] = byte;
      return file;
    });
  const bytes = fc.uint8Array({ maxLength: 200 });
  fc.assert(
    fc.property(fc.oneof(bytes, spoilt, bytes.map((data) => wavFile({ data }))), (file) => {
      try {
        for (const sample of read(file)) assertEquals(Math.abs(sample) <= 1, true);
      } catch (error) {
        assertEquals(error instanceof MediaError, true, `${error}`);
      }
    }),
    { numRuns: 1000 },
  );
});
