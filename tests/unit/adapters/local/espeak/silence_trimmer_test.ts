import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { SilenceTrimmer } from "../../../../../adapters/local/espeak/silence_trimmer.ts";

function trim(samples: readonly number[], cuts: readonly number[], heldLimit = 1000): number[] {
  const trimmer = new SilenceTrimmer({ tail: 3, heldLimit });
  const places = [0, ...cuts.toSorted((one, other) => one - other), samples.length];
  const parts = places.slice(1).map((end, index) => Int16Array.from(samples.slice(places[index], end)));
  return [...parts.flatMap((part) => [...trimmer.push(part)]), ...trimmer.end()];
}

const sample = fc.constantFrom(0, 0, 100, -100, 5000, -5000);

Deno.test("SilenceTrimmer takes the silence off both ends and leaves the rest as it was", () => {
  fc.assert(
    fc.property(
      fc.array(sample, { maxLength: 60 }),
      fc.array(fc.nat(60), { maxLength: 6 }),
      (samples, cuts) => {
        const loud = (value: number) => Math.abs(value) > 104;
        const first = samples.findIndex(loud);
        const wanted = first < 0 ? [] : samples.slice(first, samples.findLastIndex(loud) + 1 + 3);
        assertEquals(
          trim(
            samples,
            cuts.filter((cut) => cut <= samples.length),
          ),
          wanted,
        );
      },
    ),
  );
});

Deno.test("SilenceTrimmer.push() lets go of silence that it would have to hold for too long", () => {
  const samples = [5000, ...Array.from({ length: 20 }, () => 0), 5000];
  assertEquals(trim(samples, [1, 6, 11, 16, 21], 8), samples);
  const trimmer = new SilenceTrimmer({ tail: 0, heldLimit: 8 });
  trimmer.push(Int16Array.of(5000));
  assertEquals(trimmer.push(new Int16Array(20)).length, 12);
});
