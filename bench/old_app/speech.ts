import { Random } from "../../adapters/fake/random.ts";
import { Tone } from "../../adapters/fake/tone.ts";

/** Samples a second. */
export const speechRate = 16_000;
/** The simulated recognizer hears a word in so much sound. */
const wordMs = 300;
const lastWords = 10;
const leadMs = 500;

/** A message as a speaker says it. */
export interface SpokenMessage {
  readonly samples: Int16Array;
  readonly words: number;
  /** The clauses with pauses between them; the last one of ten words ends with the message. */
  readonly clauses: readonly { readonly startMs: number; readonly endMs: number }[];
}

/**
 * So many seconds of speech at 150 words a minute: clauses of 5 to 9 words and a last one of ten, with pauses of 500 ms or more between them. The same
 * seed gives the same message.
 */
export function spokenMessage(seconds: number, seed: number): SpokenMessage {
  const random = new Random(seed);
  const words = Math.round(seconds * 2.5);
  const lengths: number[] = [];
  for (let left = words - lastWords; left > 0;) {
    const length = left <= 9 ? left : Math.min(random.whole(5, 9), left - 5);
    lengths.push(length);
    left -= length;
  }
  lengths.push(lastWords);
  const silenceMs = seconds * 1000 - words * wordMs - leadMs;
  const shares = lengths.slice(1).map(() => random.between(1, 2));
  const whole = shares.reduce((sum, share) => sum + share, 0);
  const tone = new Tone(220, speechRate);
  const samples = new Int16Array(seconds * speechRate);
  let atMs = leadMs;
  const clauses = lengths.map((length, index) => {
    const startMs = index === lengths.length - 1 ? seconds * 1000 - length * wordMs : atMs;
    const endMs = startMs + length * wordMs;
    const [start, end] = [at(startMs), at(endMs)];
    samples.set(tone.samples(start, end - start), start);
    // Whole windows of the recognizer, so that a pause does not cut a word.
    atMs = endMs + Math.floor(silenceMs * (shares[index] ?? 0) / whole / 10) * 10;
    return { startMs, endMs };
  });
  return { samples, words, clauses };
}

function at(ms: number): number {
  return Math.round(ms * speechRate / 1000);
}
