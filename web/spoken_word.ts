/** A text around the word that is being spoken. */
export interface SpokenText {
  readonly before: string;
  readonly word: string;
  readonly after: string;
}

/**
 * Finds the word that is being spoken when `share` of a clause's speech was played, 0 to 1. Voices give no marks; the place is estimated from
 * the lengths of the words, which holds to about a word.
 */
export function spokenWord(text: string, share: number, language: string): SpokenText {
  const words = wordsOf(text, language);
  const letters = words.reduce((sum, { length }) => sum + length, 0);
  let left = Math.min(1, Math.max(0, share)) * letters;
  for (const { at, length } of words) {
    left -= length;
    if (left < 0 || at === words.at(-1)!.at) {
      return { before: text.slice(0, at), word: text.slice(at, at + length), after: text.slice(at + length) };
    }
  }
  return { before: text, word: "", after: "" };
}

function wordsOf(text: string, language: string): { at: number; length: number }[] {
  const words: { at: number; length: number }[] = [];
  for (const { segment, index, isWordLike } of segmenterFor(language).segment(text)) {
    if (isWordLike) words.push({ at: index, length: segment.length });
  }
  return words;
}

const segmenters = new Map<string, Intl.Segmenter>();

function segmenterFor(language: string): Intl.Segmenter {
  let segmenter = segmenters.get(language);
  if (!segmenter) {
    segmenter = new Intl.Segmenter(language === "" ? undefined : language, { granularity: "word" });
    segmenters.set(language, segmenter);
  }
  return segmenter;
}
