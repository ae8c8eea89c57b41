import { assertEquals, assertGreater, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { Resampler } from "../../../media/resample.ts";

/** A sine at half of full scale. */
function sine(hz: number, rate: number, samples: number): Float32Array {
  return Float32Array.from(
    { length: samples },
    (_, index) => 0.5 * Math.sin(2 * Math.PI * hz * index / rate),
  );
}

async function resample(
  from: number,
  to: number,
  pieces: Iterable<Int16Array | Float32Array>,
): Promise<number[]> {
  using resampler = await Resampler.create(from, to);
  const samples: number[] = [];
  for (const piece of pieces) samples.push(...resampler.push(piece));
  samples.push(...resampler.finish());
  return samples;
}

/** How far the ideal sine stands above everything else, in dB, leaving out the edges, where the audio begins and ends abruptly. */
function signalToNoise(samples: readonly number[], hz: number, rate: number): number {
  let signal = 0;
  let noise = 0;
  for (let index = 400; index < samples.length - 400; index += 1) {
    const ideal = 16384 * Math.sin(2 * Math.PI * hz * index / rate);
    signal += ideal ** 2;
    noise += (samples[index]! - ideal) ** 2;
  }
  return 10 * Math.log10(signal / noise);
}

for (
  const [from, to] of [
    [44_100, 16_000],
    [48_000, 16_000],
    [8000, 16_000],
    [22_050, 16_000],
    [11_025, 16_000],
    [
      96_000,
      16_000,
    ],
    [16_000, 24_000],
    [16_000, 22_050],
  ] as const
) {
  Deno.test(`Resampler keeps a 1 kHz tone's place, frequency, level and length from ${from} to ${to} Hz`, async () => {
    const samples = await resample(from, to, [sine(1000, from, from)]);
    assertEquals(samples.length, to);
    assertGreater(signalToNoise(samples, 1000, to), 75);
  });
}

Deno.test("Resampler removes what the lower rate cannot hold", async () => {
  const samples = await resample(48_000, 16_000, [sine(10_000, 48_000, 48_000)]);
  const rest = samples.slice(400, -400);
  const level = Math.sqrt(rest.reduce((sum, sample) => sum + sample ** 2, 0) / rest.length);
  assertGreater(20 * Math.log10(16384 / Math.SQRT2 / Math.max(level, 1e-3)), 80);
});

Deno.test("Resampler.push() gives the same samples however the audio is cut", async () => {
  const tone = sine(700, 44_100, 9000);
  const whole = await resample(44_100, 16_000, [tone]);
  const cut = fc.array(fc.integer({ min: 0, max: 5000 }), { maxLength: 30 });
  await fc.assert(
    fc.asyncProperty(cut, async (lengths) => {
      const pieces: Float32Array[] = [];
      let offset = 0;
      for (const length of lengths) pieces.push(tone.subarray(offset, offset += length));
      assertEquals(await resample(44_100, 16_000, [...pieces, tone.subarray(offset)]), whole);
    }),
    { numRuns: 30 },
  );
  assertEquals(
    await resample(44_100, 16_000, Array.from(tone, (sample) => new Float32Array([sample]))),
    whole,
  );
});

Deno.test("Resampler.push() takes 16-bit samples and floats alike", async () => {
  const ints = Int16Array.from(sine(440, 8000, 800), (sample) => Math.round(sample * 32768));
  const floats = Float32Array.from(ints, (sample) => sample / 32768);
  assertEquals(await resample(8000, 16_000, [ints]), await resample(8000, 16_000, [floats]));
});

Deno.test("Resampler gives the right length for every length and rate", async () => {
  const rate = fc.integer({ min: 8000, max: 96_000 });
  await fc.assert(
    fc.asyncProperty(rate, rate, fc.integer({ min: 0, max: 3000 }), async (from, to, length) => {
      const samples = await resample(from, to, [new Int16Array(length)]);
      assertEquals(samples.length, Math.round(length * to / from));
    }),
    { numRuns: 60 },
  );
});

Deno.test("Resampler cuts off what is too loud instead of wrapping round", async () => {
  const square = Int16Array.from({ length: 4410 }, (_, index) => index % 100 < 50 ? 32767 : -32768);
  const samples = await resample(44_100, 16_000, [square]);
  for (const [index, sample] of samples.entries()) {
    const place = index * 44_100 / 16_000 % 100;
    if (place > 10 && place < 40) assertGreater(sample, 20_000);
    if (place > 60 && place < 90) assertGreater(-sample, 20_000);
  }
});

Deno.test("Resampler passes audio on where the rates are equal", async () => {
  using resampler = await Resampler.create(16_000, 16_000);
  const samples = Int16Array.from([-32768, -1, 0, 1, 32767]);
  assertStrictEquals(resampler.push(samples), samples);
  const floats = Float32Array.from(samples, (sample) => sample / 32768);
  assertEquals(resampler.push(floats), samples);
  assertEquals(resampler.finish().length, 0);
});

Deno.test("Resampler works on while others come and go and the memory grows", async () => {
  const tone = sine(1000, 44_100, 44_100);
  const whole = await resample(44_100, 16_000, [tone]);
  using resampler = await Resampler.create(44_100, 16_000);
  const samples = [...resampler.push(tone.subarray(0, 20_000))];
  {
    using stack = new DisposableStack();
    for (let count = 0; count < 200; count += 1) stack.use(await Resampler.create(96_000 - count, 8000));
    samples.push(...resampler.push(tone.subarray(20_000, 30_000)));
  }
  samples.push(...resampler.push(tone.subarray(30_000)), ...resampler.finish());
  assertEquals(samples, whole);
});

Deno.test("Resampler.push() refuses to work after it was disposed of", async () => {
  const resampler = await Resampler.create(8000, 16_000);
  resampler[Symbol.dispose]();
  resampler[Symbol.dispose]();
  assertThrows(() => resampler.push(new Int16Array(1)), TypeError, "disposed");
});

Deno.test("Resampler.create() refuses rates that are none", async () => {
  for (const rate of [0, -8000, 1.5, NaN, Infinity]) {
    await assertRejects(() => Resampler.create(rate, 16_000), RangeError, `${rate} Hz`);
    await assertRejects(() => Resampler.create(16_000, rate), RangeError, `${rate} Hz`);
  }
});
