import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { SourceMap } from "../../../../adapters/net/source_map.ts";
import { SourceTimes } from "../../../../adapters/net/source_times.ts";
import type { Word } from "../../../../pipeline/ports.ts";

/** A map to which audio is added: some of the source, maybe after a gap in it, or silence that is none of it. */
const flows = fc.record({
  samples: fc.integer({ min: 160, max: 8000 }),
  gap: fc.nat(4000),
  isSource: fc.boolean(),
});

Deno.test("SourceTimes.heard() places words that are told again where they would be placed for the first time", () => {
  const step = fc.record({ flow: flows, said: fc.nat(3), taken: fc.nat(3), kept: fc.nat(8) });
  fc.assert(fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
    const map = new SourceMap(16_000);
    const times = new SourceTimes(map);
    let position = 0;
    let words: readonly Word[] = [];
    for (const { flow: { samples, gap, isSource }, said, taken, kept } of steps) {
      if (isSource) {
        position += gap;
        map.flow(position, samples);
        position += samples;
      } else {
        map.hold(samples);
      }
      const sentMs = map.lengthMs;
      // Some end after what was sent, as providers round.
      const fresh = Array.from({ length: said }, (_, index): Word => {
        const startMs = sentMs - 300 + 100 * index;
        return { text: `word${index}`, startMs, endMs: startMs + 200, timing: "measured" };
      });
      words = [...words.slice(taken, taken + kept), ...fresh];
      const heard = { type: "heard", append: [], tentative: words } as const;
      assertEquals(times.heard(heard, sentMs).tentative, new SourceTimes(map).heard(heard, sentMs).tentative);
    }
  }));
});
