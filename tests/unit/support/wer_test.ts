import { assertAlmostEquals, assertEquals } from "@std/assert";
import { normalisedWords, wordErrors } from "../../support/wer.ts";

Deno.test("normalisedWords() drops case and punctuation and writes abbreviations out", () => {
  assertEquals(normalisedWords(" Mr. O’Neil said: 'It's OK' — 3 times! "), [
    "mister",
    "o'neil",
    "said",
    "it's",
    "okay",
    "3",
    "times",
  ]);
  assertEquals(normalisedWords(" … "), []);
});

Deno.test("wordErrors() counts each kind of error", () => {
  assertEquals(wordErrors("We ask for water.", "we ask for water").rate, 0);
  const { substitutions, deletions, insertions, words, rate } = wordErrors(
    "one two three four five",
    "zero one too three five",
  );
  assertEquals({ substitutions, deletions, insertions, words }, {
    substitutions: 1,
    deletions: 1,
    insertions: 1,
    words: 5,
  });
  assertAlmostEquals(rate, 0.6);
});

Deno.test("wordErrors() takes empty texts", () => {
  assertEquals(wordErrors("", "").rate, 0);
  assertEquals(wordErrors("", "noise").rate, 1);
  assertEquals(wordErrors("one two", "").deletions, 2);
});
