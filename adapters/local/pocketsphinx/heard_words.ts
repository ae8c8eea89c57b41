import type { Word } from "../../../pipeline/ports.ts";
import type { Segment } from "./exchange.ts";

/** Samples in a frame of the decoder: 10 ms at 16 kHz. */
const frameSamples = 160;
/** Samples in a millisecond. */
const msSamples = 16;

/**
 * The words among the decoder's segments: without silences and noises, and without the number of a pronunciation, as in `read(2)`.
 *
 * @param offset the source position of the first sample that the decoder was given.
 */
export function heardWords(segments: readonly Segment[], offset: number): Word[] {
  const words: Word[] = [];
  for (const [token, firstFrame, lastFrame] of segments) {
    if (isFiller(token)) continue;
    words.push({
      text: written(token),
      startMs: (offset + firstFrame * frameSamples) / msSamples,
      endMs: (offset + (lastFrame + 1) * frameSamples) / msSamples,
      timing: "measured",
    });
  }
  return words;
}

/** `<s>`, `<sil>`, `[NOISE]` and `++UM++` are how the dictionary spells what is not a word. */
function isFiller(token: string): boolean {
  return token === "" || /^[<[+]/.test(token);
}

/** The dictionary is in lower case; of its words, only the pronoun of the first person never is. */
function written(token: string): string {
  const word = token.replace(/\(\d+\)$/, "");
  return /^i(?:'|$)/.test(word) ? `I${word.slice(1)}` : word;
}
