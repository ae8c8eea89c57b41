import { assertEquals } from "@std/assert";
import { heardWords } from "../../../../../adapters/local/pocketsphinx/heard_words.ts";

Deno.test("heardWords() leaves out fillers and the numbers of pronunciations", () => {
  const words = heardWords([
    ["<s>", 0, 9],
    ["i", 10, 19],
    ["read(2)", 20, 39],
    ["<sil>", 40, 49],
    ["[NOISE]", 50, 59],
    ["++UM++", 60, 69],
    ["i'm", 70, 79],
    ["it's(3)", 80, 89],
    ["</s>", 90, 99],
  ], 0);
  assertEquals(words.map((word) => word.text), ["I", "read", "I'm", "it's"]);
});

Deno.test("heardWords() counts times on the source clock", () => {
  const [word] = heardWords([["water", 100, 149]], 16000 * 60);
  assertEquals(word, { text: "water", startMs: 61000, endMs: 61500, timing: "measured" });
});
