const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** East Asian Wide and Fullwidth (Unicode Annex 11), by script, and emoji. */
const wide =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Emoji_Presentation}\u3000-\u303e\uff01-\uff60\uffe0-\uffe6]/u;

/** The characters of a text as a reader counts them. */
export function charactersOf(text: string): string[] {
  return Array.from(graphemes.segment(text), ({ segment }) => segment);
}

/** How many columns of a terminal one character takes: 2 for Chinese, Japanese, Korean and emoji. */
export function characterWidth(character: string): 1 | 2 {
  return wide.test(character) ? 2 : 1;
}

/** How many columns of a terminal a text takes; it holds no control characters. */
export function textWidth(text: string): number {
  return charactersOf(text).reduce((sum, character) => sum + characterWidth(character), 0);
}
