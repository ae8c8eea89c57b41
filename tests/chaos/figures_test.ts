import { assertEquals, assertGreater } from "@std/assert";
import { profileNamed } from "../../adapters/fake/profiles/mod.ts";
import { measureDrops, measureStalls } from "../support/chaos/figures.ts";

const options = { profile: profileNamed("published"), seed: 3, minutes: 15 };

Deno.test("A connection that is lost in the middle of a word, a translation or speech costs no word and no segment, and nothing is said twice", async () => {
  for (const figures of await measureDrops(options)) {
    const { stage, drops, failed, wordErrorRate, usualWordErrorRate, violations } = figures;
    assertEquals([stage, violations], [stage, []]);
    assertEquals([stage, wordErrorRate], [stage, usualWordErrorRate]);
    assertGreater(drops, 10, stage);
    assertEquals([stage, failed], [stage, 0]);
  }
});

Deno.test("A provider that gives no first result costs no segment: the next one is asked", async () => {
  for (const { stage, askedAfterMs, failed, violations } of await measureStalls(options)) {
    assertEquals([stage, failed, violations], [stage, 0, []]);
    assertGreater(askedAfterMs.length, 4, stage);
  }
});
