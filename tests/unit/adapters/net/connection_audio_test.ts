import { assertEquals } from "@std/assert";
import * as fc from "fast-check";
import { ConnectionAudio } from "../../../../adapters/net/connection_audio.ts";

const rate = 16_000;

function samples(from: number, count: number): Int16Array {
  return Int16Array.from({ length: count }, (_, index) => (from + index) % 30_000 + 1);
}

Deno.test("ConnectionAudio gives every sample out once, in pieces of one size, at its place", () => {
  const step = fc.record({
    gap: fc.constantFrom(0, 0, 0, 7, 16_000, 50_000, -100),
    count: fc.integer({ min: 1, max: 5000 }),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
      const audio = new ConnectionAudio({ sourceRate: rate, rate, chunk: { bestMs: 100 } });
      const chunks: Int16Array[] = [];
      let position = 5000;
      let to = position;
      const expected = new Map<number, number>();
      for (const { gap, count } of steps) {
        position = to + (expected.size > 0 ? gap : 0);
        const frame = samples(position, count);
        chunks.push(...audio.push({ position, samples: frame }));
        for (const [index, sample] of frame.entries()) {
          if (position + index >= to) expected.set(position + index, sample);
        }
        to = Math.max(to, position + count);
      }
      assertEquals(
        chunks.filter(({ length }) => length !== 1600).length,
        0,
      );
      chunks.push(...audio.rest());
      let at = 0;
      let found = 0;
      for (const chunk of chunks) {
        for (const sample of chunk) {
          // A moment in the middle of the sample.
          const place = Math.floor(audio.map.positionAt((at + 0.5) * 1000 / rate, "begins"));
          if (sample !== 0) {
            found += 1;
            if (expected.get(place) !== sample) throw new Error(`${sample} at ${place}`);
          }
          at += 1;
        }
      }
      assertEquals(found, expected.size);
    }),
    { numRuns: 50 },
  );
});

Deno.test("ConnectionAudio fills a gap with silence up to a second", () => {
  for (const [gapMs, silentMs] of [[300, 300], [1000, 1000], [60_000, 1000]] as const) {
    const audio = new ConnectionAudio({ sourceRate: rate, rate, chunk: { bestMs: 100 } });
    audio.push({ position: 0, samples: samples(0, 1600) });
    audio.push({ position: 1600 + gapMs * 16, samples: samples(0, 1600) });
    assertEquals(audio.map.lengthMs, 200 + silentMs);
    assertEquals(audio.map.positionAt(100 + silentMs, "begins"), 1600 + gapMs * 16);
  }
});
