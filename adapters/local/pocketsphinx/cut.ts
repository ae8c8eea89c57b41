import type { Word } from "../../../pipeline/ports.ts";

/** Where to end an utterance that has no end. */
export interface Cut {
  /** How many of its words come before. */
  readonly count: number;
  /** On the source clock. */
  readonly ms: number;
}

/** From this length on an utterance is cut at a pause; at the second one it is cut between two words. */
const pauseLengthMs = 15_000;
const wordLengthMs = 20_000;
/** A pause that ends no utterance is at least this long. */
const pauseMs = 80;
/** How far the cut lies behind what was heard: the words before it are settled, and little has to be heard again. */
const nearestMs = 500;
const farthestMs = 3000;

/**
 * Whether to end an utterance that began at `startMs`, and between which of the words heard until `heardToMs`; `undefined` when it may go
 * on. Where nothing but one long sound was heard for seconds, the cut is at the very end.
 */
export function cutAt(words: readonly Word[], startMs: number, heardToMs: number): Cut | undefined {
  const lengthMs = heardToMs - startMs;
  if (lengthMs < pauseLengthMs) return undefined;
  let between: Cut | undefined;
  for (let count = words.length; count > 0; count -= 1) {
    const endMs = words[count - 1]!.endMs;
    if (endMs > heardToMs - nearestMs) continue;
    if (endMs < heardToMs - farthestMs) break;
    const gapMs = (words[count]?.startMs ?? heardToMs) - endMs;
    if (gapMs >= pauseMs) return { count, ms: endMs + Math.min(gapMs, nearestMs) / 2 };
    between ??= { count, ms: endMs };
  }
  if (lengthMs < wordLengthMs) return undefined;
  return between ?? { count: words.length, ms: heardToMs };
}
