import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { spokenWord } from "../../../web/spoken_word.ts";

Deno.test("spokenWord() goes from the first word to the last as the speech goes on", () => {
  const text = "¿La casa, vieja?";
  const at = (share: number) => spokenWord(text, share, "es");
  assertEquals(at(0), { before: "¿", word: "La", after: " casa, vieja?" });
  assertEquals(at(0.3).word, "casa");
  assertEquals(at(0.9), { before: "¿La casa, ", word: "vieja", after: "?" });
  assertEquals(at(1).word, "vieja");
});

Deno.test("spokenWord() finds words in scripts without spaces, and none in punctuation", () => {
  assertEquals(spokenWord("今日はいい天気です", 0, "ja").word, "今日");
  assertEquals(spokenWord("…", 0.5, "es"), { before: "…", word: "", after: "" });
});

Deno.test("spokenWord() never changes the text", () => {
  fc.assert(fc.property(fc.string(), fc.double({ min: -1, max: 2, noNaN: true }), (text, share) => {
    const { before, word, after } = spokenWord(text, share, "en");
    assertEquals(before + word + after, text);
  }));
});
