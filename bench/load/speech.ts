import { Tone } from "../../adapters/fake/tone.ts";

/** How a speaker of the load talks: so much sound, then so much silence, over and over. */
export interface SpeechPattern {
  readonly soundMs: number;
  readonly silenceMs: number;
}

/** Four seconds of speech and a breath: dense, like a lecture. */
export const lecture: SpeechPattern = { soundMs: 4000, silenceMs: 600 };

/** One round of the pattern as messages of equal length, whose last one may be shortened by the cut into messages. */
export function speechMessages(pattern: SpeechPattern, rate: number, messageMs: number): Int16Array[] {
  const samples = rate * messageMs / 1000;
  const sound = new Tone(220, rate);
  const messages = Math.round((pattern.soundMs + pattern.silenceMs) / messageMs);
  return Array.from({ length: messages }, (_, index) => {
    const silent = index * messageMs >= pattern.soundMs;
    return silent ? new Int16Array(samples) : sound.samples(index * samples, samples);
  });
}
