import { assert, assertEquals } from "@std/assert";
import * as fc from "fast-check";
import { Phrases } from "../../../../adapters/net/phrases.ts";
import { isSpeakable, plain } from "../../../../adapters/net/spoken_text.ts";

function phrasesOf(parts: readonly string[], least?: number): string[] {
  const phrases = new Phrases(least);
  return [...parts.map((part) => phrases.push(part)), phrases.end()].filter((phrase) => phrase !== "");
}

Deno.test("Phrases.push() cuts after a mark with a space behind it, and not within numbers", () => {
  assertEquals(phrasesOf([..."It costs 3.50 or 1,000 euros, I think. Yes."]), [
    "It costs 3.50 or 1,000 euros, ",
    "I think. Yes.",
  ]);
  assertEquals(phrasesOf(["One, two, three, four, five, six"]), ["One, two, three, four, five, ", "six"]);
});

Deno.test("Phrases.push() cuts at marks of scripts without spaces", () => {
  assertEquals(phrasesOf([..."こんにちは。元気ですか"], 3), ["こんにちは。", "元気ですか"]);
});

Deno.test("Phrases give the whole text, whatever its pieces", () => {
  fc.assert(fc.property(fc.array(fc.stringMatching(/^[a-c .,。]{0,30}$/)), (parts) => {
    const phrases = phrasesOf(parts);
    assertEquals(phrases.join(""), parts.join(""));
    assert(phrases.slice(0, -1).every((phrase) => phrase.length >= 20), "A phrase is too short");
  }));
});

Deno.test("plain() keeps words and the spaces at the ends, and no control characters", () => {
  assertEquals(plain("\n a\0b\t\tc  \ud800d "), " a b c \ufffdd ");
});

Deno.test("isSpeakable() asks for a letter or a digit", () => {
  assertEquals(["a", "日", "7", "...", " ", ""].map(isSpeakable), [true, true, true, false, false, false]);
});
