import { assert, assertEquals, assertLess, assertThrows } from "@std/assert";
import fc from "fast-check";
import { Resampler } from "../../../client/resampler.ts";

function tone(hz: number, rate: number, samples: number): Float32Array {
  return Float32Array.from(
    { length: samples },
    (_, index) => 0.5 * Math.sin(2 * Math.PI * hz * index / rate),
  );
}

function resample(
  samples: Float32Array,
  from: number,
  to: number,
  pieces: readonly number[] = [128],
): Float32Array {
  const resampler = new Resampler(from, to);
  const output: number[] = [];
  for (let at = 0, piece = 0; at < samples.length; piece++) {
    const length = pieces[piece % pieces.length]!;
    output.push(...resampler.push(samples.subarray(at, at + length)));
    at += length;
  }
  return Float32Array.from(output);
}

/** How loud what is there and should not be is, against a tone at the usual loudness, in dB; the filter's way in and out is left alone. */
function noiseDb(samples: Float32Array, wanted: (index: number) => number): number {
  const edge = 500;
  let energy = 0;
  for (let index = edge; index < samples.length - edge; index++) {
    energy += (samples[index]! - wanted(index)) ** 2;
  }
  return 10 * Math.log10(energy / (samples.length - 2 * edge) / 0.125);
}

const microphones = [[48_000, 16_000], [44_100, 16_000], [96_000, 16_000], [32_000, 16_000], [
  22_050,
  16_000,
]] as const;
const voices = [[24_000, 48_000], [22_050, 48_000], [16_000, 48_000], [22_050, 44_100], [
  24_000,
  44_100,
]] as const;

for (const [from, to] of [...microphones, ...voices]) {
  Deno.test(`Resampler keeps tones below the lower Nyquist frequency within −75 dB, ${from} to ${to} Hz`, () => {
    const nyquist = Math.min(from, to) / 2;
    for (const hz of [100, 1_000, 0.5 * nyquist, 0.8 * nyquist]) {
      const output = resample(tone(hz, from, from / 2), from, to);
      assertLess(noiseDb(output, (index) => 0.5 * Math.sin(2 * Math.PI * hz * index / to)), -75, `${hz} Hz`);
    }
  });
}

for (const [from, to] of microphones) {
  Deno.test(`Resampler lets nothing above 8 kHz through, ${from} to ${to} Hz`, () => {
    for (const hz of [8_100, 9_000, 10_500, from / 2 - 500]) {
      if (hz >= from / 2) continue;
      assertLess(noiseDb(resample(tone(hz, from, from / 2), from, to), () => 0), -80, `${hz} Hz`);
    }
  });
}

Deno.test("Resampler.push() gives the same whatever the pieces", () => {
  const input = tone(700, 44_100, 9_000);
  const whole = resample(input, 44_100, 16_000, [9_000]);
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1, maxLength: 9 }), (pieces) => {
      assertEquals(resample(input, 44_100, 16_000, pieces), whole);
    }),
    { numRuns: 30 },
  );
});

Deno.test("Resampler.push() holds back no more than 32 samples at the lower rate", () => {
  for (const [from, to] of [...microphones, ...voices]) {
    const output = resample(new Float32Array(from), from, to);
    const heldBack = (to - output.length) * Math.min(from, to) / to;
    assert(heldBack >= 0 && heldBack <= 33, `${from} to ${to}: ${heldBack}`);
  }
});

Deno.test("Resampler lets a constant through unchanged", () => {
  const output = resample(new Float32Array(4_410).fill(0.25), 44_100, 16_000);
  for (const sample of output.subarray(100)) assertLess(Math.abs(sample - 0.25), 1e-6);
});

Deno.test("Resampler refuses rates that are none", () => {
  for (const [from, to] of [[0, 16_000], [48_000, 0], [-1, 16_000], [48_000.5, 16_000], [999_983, 16_000]]) {
    assertThrows(() => new Resampler(from!, to!), RangeError, "expected two audio rates");
  }
});
