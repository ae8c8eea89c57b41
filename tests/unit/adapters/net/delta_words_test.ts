import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { DeltaWords } from "../../../../adapters/net/delta_words.ts";

Deno.test("DeltaWords.push() joins fragments of a word and keeps the last one open", () => {
  const words = new DeltaWords("en");
  const push = (text: string, toMs: number) => {
    const pushed = words.push(text, toMs);
    return [pushed.words.map(({ text }) => text), pushed.begun.map(({ text }) => text)];
  };
  assertEquals(push(" Hel", 200), [[], ["Hel"]]);
  assertEquals(push("lo, my fri", 600), [["Hello,", "my"], ["fri"]]);
  assertEquals(push("ends", 800), [[], ["friends"]]);
  assertEquals(push(".", 800), [["friends."], []]);
  assertEquals(push(" We", 5000), [[], ["We"]]);
  assertEquals(push(" 3", 5200), [["We"], ["3"]]);
  assertEquals(push(".", 5200), [[], ["3."]]);
  assertEquals(push("5 ", 5200), [["3.5"], []]);
});

Deno.test("DeltaWords.push() gives a word the time at which it was said, not that of the next", () => {
  const words = new DeltaWords("en");
  words.push(" one", 400);
  const { words: [one], begun: [two] } = words.push(" two", 9000);
  assertEquals([one!.endMs, two!.endMs], [400, 9000]);
});

Deno.test("DeltaWords.push() gives every word once, with times that go forward", () => {
  const piece = fc.tuple(fc.constantFrom(" one", "two", "three ", " "), fc.nat(2000));
  fc.assert(fc.property(fc.array(piece), (pieces) => {
    const words = new DeltaWords("en");
    const given: string[] = [];
    let atMs = 0;
    let saidMs = -Infinity;
    let begun: readonly { readonly text: string }[] = [];
    for (const [text, ms] of pieces) {
      atMs += ms;
      const pushed = words.push(text, atMs);
      for (const word of pushed.words) {
        given.push(word.text);
        assertEquals(word.startMs >= saidMs && word.endMs <= atMs, true);
        saidMs = word.startMs;
      }
      begun = pushed.begun;
    }
    const all = pieces.map(([text]) => text).join("").split(/\s+/).filter((word) => word !== "");
    assertEquals([...given, ...begun.map(({ text }) => text)], all);
  }));
});
