import type { Word } from "../../pipeline/ports.ts";

/** A stretch of the source, in ms. */
export interface Span {
  readonly startMs: number;
  readonly endMs: number;
}

/** A piece of a transcript whose time is known: a word, a part of one, or several. */
export interface TimedPiece extends Span {
  readonly text: string;
}

/** How long a letter takes, in ms: where only the beginning of a text is known, its end tells nothing. */
const letterMs = 65;

/** The words of a text that was said within a span; the times are shared out by length. */
export function estimatedWords(text: string, span: Span): Word[] {
  return placed(wordsOf(text), span);
}

/** The same of a text whose end is still to come. */
export function growingWords(text: string, span: Span): Word[] {
  const endMs = Math.min(span.endMs, span.startMs + letterMs * text.length);
  return placed(wordsOf(text), { ...span, endMs });
}

/**
 * The words of a text with the times of its pieces, however these are cut and spelled: models list words without punctuation, parts of words,
 * or whole sentences. Shared out by length where the pieces are not of this text.
 *
 * @param span what the times have to lie within.
 * @param timing `estimated` where a piece may be longer than a word.
 */
export function timedWords(
  text: string,
  pieces: readonly TimedPiece[],
  { span, timing }: { readonly span: Span; readonly timing: Word["timing"] },
): Word[] {
  const words = wordsOf(text);
  const known = pieces.map((piece) => ({ ...piece, letters: letters(piece.text) }))
    .filter(({ letters }) => letters !== "");
  if (words.map(letters).join("") !== known.map(({ letters }) => letters).join("")) {
    return placed(words, span);
  }
  if (known.length === 0) return placed(words, span);
  const within = (ms: number) => Math.min(span.endMs, Math.max(span.startMs, ms));
  /** The time at a letter, counted from the first. */
  const timeAt = (letter: number, side: "start" | "end") => {
    let from = 0;
    for (const { letters: { length }, startMs, endMs } of known) {
      const inside = side === "start" ? letter < from + length : letter <= from + length;
      if (inside) return within(startMs + (endMs - startMs) * (letter - from) / length);
      from += length;
    }
    return within(known.at(-1)!.endMs);
  };
  let letter = 0;
  let earliestMs = span.startMs;
  return words.map((word) => {
    const { length } = letters(word);
    const startMs = Math.max(earliestMs, timeAt(letter, "start"));
    const endMs = length === 0 ? startMs : Math.max(startMs, timeAt(letter + length, "end"));
    letter += length;
    earliestMs = startMs;
    return { text: word, startMs, endMs, timing };
  });
}

function wordsOf(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== "");
}

function placed(words: readonly string[], { startMs, endMs }: Span): Word[] {
  // A space is as long as a letter.
  const length = words.reduce((sum, word) => sum + word.length + 1, -1);
  let before = 0;
  return words.map((text) => {
    const at = (letter: number) => startMs + (endMs - startMs) * letter / Math.max(1, length);
    const word: Word = { text, startMs: at(before), endMs: at(before + text.length), timing: "estimated" };
    before += text.length + 1;
    return word;
  });
}

/** What is left of a text when it is compared with another spelling of it. */
function letters(text: string): string {
  return text.normalize("NFKC").toLowerCase().replaceAll(/[^\p{Letter}\p{Mark}\p{Number}]/gu, "");
}
