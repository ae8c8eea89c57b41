import { assertEquals } from "@std/assert";
import { cutAt } from "../../../../../adapters/local/pocketsphinx/cut.ts";
import type { Word } from "../../../../../pipeline/ports.ts";

/** Words of 400 ms, one after the other, with a pause after those that are named. */
function words(count: number, pauses: Readonly<Record<number, number>> = {}): Word[] {
  let at = 0;
  return Array.from({ length: count }, (_, index) => {
    const word: Word = { text: `w${index}`, startMs: at, endMs: at + 400, timing: "measured" };
    at += 400 + (pauses[index] ?? 0);
    return word;
  });
}

Deno.test("cutAt() lets a short utterance go on", () => {
  assertEquals(cutAt(words(35, { 33: 100 }), 0, 14_900), undefined);
});

Deno.test("cutAt() waits for a pause until the utterance is long, then cuts in the middle of it", () => {
  assertEquals(cutAt(words(40), 0, 16_000), undefined);
  assertEquals(cutAt(words(40, { 35: 100 }), 0, 16_100), { count: 36, ms: 36 * 400 + 50 });
});

Deno.test("cutAt() neither cuts at what may still change nor far back", () => {
  assertEquals(cutAt(words(40, { 38: 100 }), 0, 16_050), undefined);
  assertEquals(cutAt(words(40, { 10: 100 }), 0, 16_100), undefined);
});

Deno.test("cutAt() cuts between two words when the utterance is very long", () => {
  assertEquals(cutAt(words(50), 0, 20_000), { count: 48, ms: 48 * 400 });
});

Deno.test("cutAt() cuts at the end when there is nothing else", () => {
  assertEquals(cutAt([], 5000, 25_000), { count: 0, ms: 25_000 });
  assertEquals(cutAt([{ text: "aah", startMs: 0, endMs: 20_000, timing: "measured" }], 0, 20_000), {
    count: 1,
    ms: 20_000,
  });
});
