import type { Word } from "../../pipeline/ports.ts";
import { estimatedWords, type Span, timedWords } from "../net/transcript_words.ts";
import type { Transcript } from "./answer.ts";

/**
 * The words of a transcript on the source's clock.
 *
 * @param places.said where the speech is, for words whose times are not known.
 * @param places.audio what was transcribed.
 */
export function placedWords(
  { text, pieces }: Transcript,
  { said, audio }: { readonly said: Span; readonly audio: Span },
): readonly Word[] {
  if (!pieces) return estimatedWords(text, said);
  const timed = pieces.timed.map(({ text, startMs, endMs }) => ({
    text,
    startMs: audio.startMs + startMs,
    endMs: audio.startMs + endMs,
  }));
  return timedWords(text, timed, { span: audio, timing: pieces.exact ? "measured" : "estimated" });
}

/** The words with times that do not go back. */
export function inOrder(words: readonly Word[]): readonly Word[] {
  let fromMs = -Infinity;
  return words.map((word) => {
    fromMs = Math.max(fromMs, word.startMs);
    return word.startMs === fromMs ? word : { ...word, startMs: fromMs, endMs: Math.max(fromMs, word.endMs) };
  });
}
