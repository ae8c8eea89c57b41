import { assert, assertEquals } from "@std/assert";
import * as fc from "fast-check";
import { estimatedWords, growingWords, timedWords } from "../../../../adapters/net/transcript_words.ts";

const span = { startMs: 1000, endMs: 2000 };
const shape = (words: readonly { text: string; startMs: number; endMs: number }[]) =>
  words.map(({ text, startMs, endMs }) => [text, Math.round(startMs), Math.round(endMs)]);

Deno.test("estimatedWords() shares the time out by length", () => {
  assertEquals(shape(estimatedWords(" one  three\n", span)), [["one", 1000, 1333], ["three", 1444, 2000]]);
  assertEquals(estimatedWords(" \n", span), []);
  assertEquals(shape(estimatedWords("one", span)), [["one", 1000, 2000]]);
});

Deno.test("growingWords() leaves room for what is still to come, but not past the end", () => {
  assertEquals(shape(growingWords("one", span)), [["one", 1000, 1195]]);
  assertEquals(growingWords("one ".repeat(100), span).at(-1)!.endMs, 2000);
});

Deno.test("timedWords() gives words the times of the pieces, however these are cut and spelled", () => {
  const expected = [["Don't", 1000, 1200], ["stop,", 1300, 1500], ["now!", 1500, 1900]];
  const times = [[1000, 1200], [1300, 1500], [1500, 1900]] as const;
  const pieces = (...texts: readonly string[]) =>
    texts.map((text, index) => ({ text, startMs: times[index]![0], endMs: times[index]![1] }));
  for (
    const known of [
      pieces("Don't", "stop", "now"),
      pieces(" Don't", " stop,", " now!"),
      pieces("dont", "STOP", "NOW"),
    ]
  ) {
    const words = timedWords("Don't stop, now!", known, { span, timing: "measured" });
    assertEquals(shape(words), expected);
    assert(words.every(({ timing }) => timing === "measured"));
  }
  const parts = [
    { text: " Do", startMs: 1000, endMs: 1100 },
    { text: "n't", startMs: 1100, endMs: 1200 },
    { text: " st", startMs: 1300, endMs: 1400 },
    { text: "op", startMs: 1400, endMs: 1500 },
    { text: ",", startMs: 1500, endMs: 1500 },
    { text: " now!", startMs: 1500, endMs: 1900 },
  ];
  assertEquals(shape(timedWords("Don't stop, now!", parts, { span, timing: "measured" })), expected);
});

Deno.test("timedWords() shares the time of a longer piece out by length", () => {
  const pieces = [{ text: "ab cd", startMs: 1000, endMs: 1400 }, {
    text: "efgh",
    startMs: 1600,
    endMs: 2000,
  }];
  assertEquals(shape(timedWords("ab cd – efgh", pieces, { span, timing: "estimated" })), [
    ["ab", 1000, 1200],
    ["cd", 1200, 1400],
    ["–", 1600, 1600],
    ["efgh", 1600, 2000],
  ]);
});

Deno.test("timedWords() estimates where the pieces are of another text, or none", () => {
  for (
    const pieces of [[], [{ text: "two", startMs: 1000, endMs: 1100 }], [{
      text: "…",
      startMs: 1000,
      endMs: 1100,
    }]]
  ) {
    assertEquals(timedWords("one", pieces, { span, timing: "measured" }), estimatedWords("one", span));
  }
  assertEquals(timedWords("", [], { span, timing: "measured" }), []);
});

Deno.test("timedWords() gives times in order and within the span, whatever the pieces say", () => {
  const piece = fc.record({
    text: fc.string({ maxLength: 8, unit: "grapheme" }),
    startMs: fc.integer({ min: -5000, max: 5000 }),
    endMs: fc.integer({ min: -5000, max: 5000 }),
  });
  fc.assert(fc.property(fc.array(piece, { maxLength: 8 }), fc.boolean(), (pieces, same) => {
    const text = same ? pieces.map(({ text }) => text).join(" ") : "something else";
    const words = timedWords(text, pieces, { span, timing: "measured" });
    assertEquals(words.map(({ text }) => text), text.split(/\s+/).filter((word) => word !== ""));
    let before = span.startMs;
    for (const { startMs, endMs } of words) {
      assert(startMs >= before && endMs >= startMs && endMs <= span.endMs, `${startMs} to ${endMs} ms`);
      before = startMs;
    }
  }));
});
