import { type LanguageTag, primarySubtag } from "../language.ts";
import type { Word } from "../ports.ts";

const unspaced: ReadonlySet<string> = new Set(["zh", "yue", "ja", "th", "lo", "km", "my"]);

/** Whether the language is written without spaces between words. */
export function isUnspaced(language: LanguageTag): boolean {
  return unspaced.has(primarySubtag(language));
}

/** The text that words make, joined as the language is written. */
export function joinWords(words: readonly Word[], language: LanguageTag): string {
  return words.map((word) => word.text).join(isUnspaced(language) ? "" : " ");
}

/**
 * Splits a run that a recognizer gave as one word, in a language without spaces, into the words of the language (UAX #29 with the
 * dictionaries of `Intl.Segmenter`); the times are shared out by length. Words of other languages come back as they are.
 */
export function splitUnspaced(word: Word, language: LanguageTag): readonly Word[] {
  if (!isUnspaced(language) || word.text.length < 2) return [word];
  const parts: string[] = [];
  for (
    const { segment, isWordLike } of new Intl.Segmenter(language, { granularity: "word" }).segment(word.text)
  ) {
    if (isWordLike || parts.length === 0) parts.push(segment);
    else parts[parts.length - 1] += segment;
  }
  const msPerCharacter = (word.endMs - word.startMs) / word.text.length;
  let startMs = word.startMs;
  return parts.map((text) => {
    const endMs = startMs + text.length * msPerCharacter;
    const part: Word = { ...word, text, startMs, endMs, timing: "estimated" };
    startMs = endMs;
    return part;
  });
}
