import { assert, assertEquals, assertLessOrEqual } from "@std/assert";
import { WordTimes } from "../../../../adapters/net/word_times.ts";

Deno.test("WordTimes.place() leaves the times that there are, and shares out those of words with spaces", () => {
  const times = new WordTimes();
  const { append, tentative } = times.place(
    [{ text: "one", startMs: 100, endMs: 200, speaker: "a" }, {
      text: "two three",
      startMs: 200,
      endMs: 650,
    }],
    [{ text: "four", startMs: 700, endMs: 900, timing: "estimated" }],
    1000,
  );
  assertEquals(append, [
    { text: "one", startMs: 100, endMs: 200, timing: "measured", speaker: "a" },
    { text: "two", startMs: 200, endMs: 350, timing: "estimated" },
    { text: "three", startMs: 400, endMs: 650, timing: "estimated" },
  ]);
  assertEquals(tentative, [{ text: "four", startMs: 700, endMs: 900, timing: "estimated" }]);
});

Deno.test("WordTimes.place() puts words without times between what is known", () => {
  const times = new WordTimes();
  times.started(5000);
  const first = times.place([{ text: "one two" }], [{ text: "three" }], 6000);
  assertEquals(first.append.map(({ text }) => text), ["one", "two"]);
  const all = [...first.append, ...first.tentative];
  assert(all.every(({ startMs, endMs }) => startMs >= 5000 && endMs <= 6000 && startMs < endMs));
  // What was appended keeps its place; the next follows it.
  const [, two] = first.append;
  const second = times.place([{ text: "three" }], [], 6500);
  assertLessOrEqual(two!.endMs, second.append[0]!.startMs);
  times.ended();
  // After a pause of which nothing is known, a word has just been said.
  const [later] = times.place([], [{ text: "later" }], 20_000).tentative;
  assert(later!.startMs > 19_000 && later!.endMs <= 20_000);
});

Deno.test("WordTimes.place() leaves out what is no word", () => {
  assertEquals(new WordTimes().place([{ text: " " }], [{ text: "" }], 1000), { append: [], tentative: [] });
});
