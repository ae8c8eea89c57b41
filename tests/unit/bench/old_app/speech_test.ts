import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { EnergyListener } from "../../../../adapters/fake/energy_listener.ts";
import { speechRate, spokenMessage } from "../../../../bench/old_app/speech.ts";

Deno.test("spokenMessage() has so many words, its last clause ends with it, and the same seed says the same", () => {
  fc.assert(
    fc.property(fc.constantFrom(10, 20, 60), fc.integer({ min: 0, max: 1000 }), (seconds, seed) => {
      const { samples, words, clauses } = spokenMessage(seconds, seed);
      assertEquals([samples.length, words], [seconds * speechRate, seconds * 2.5]);
      const last = clauses.at(-1)!;
      assertEquals([last.endMs, last.endMs - last.startMs], [seconds * 1000, 3000]);
      for (const [index, { startMs }] of clauses.entries()) {
        if (index > 0) assert(startMs - clauses[index - 1]!.endMs >= 100);
      }
      const listener = new EnergyListener({ rate: speechRate, language: "en", silenceMs: 100 });
      const frame = { type: "frame", rate: speechRate, position: 0, samples } as const;
      const finals = [...listener.hear(frame), ...listener.end()].filter((event) =>
        event.type === "hypothesis" && event.final
      );
      const heard = finals.flatMap((event) => event.type === "hypothesis" ? event.words : []);
      assertEquals(heard.length, words);
      assertEquals(finals.length, clauses.length);
    }),
    { numRuns: 20 },
  );
  assertEquals(spokenMessage(10, 3), spokenMessage(10, 3));
});
