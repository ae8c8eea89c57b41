import { Tone } from "../../../adapters/fake/tone.ts";
import type { Frame } from "../../../pipeline/audio.ts";
import type { RecognizerOptions } from "../../../pipeline/ports.ts";

const rate = 16_000;

/** How sessions of recognizers are opened whose stand-in hears a word in every 300 ms of sound. */
export const tonesOptions: RecognizerOptions = {
  languages: ["en"],
  format: { codec: "pcm_s16le", rate },
  glossary: {},
};

/** Sound of so many ms, with half a second of silence before it and a second after it, at 16 kHz. */
export function spokenTone(soundMs: number): Int16Array {
  const samples = new Int16Array(rate * (soundMs + 1500) / 1000);
  samples.set(new Tone(440, rate).samples(0, rate * soundMs / 1000), rate / 2);
  return samples;
}

/** Two utterances, of three and of five words. */
export const tones: readonly [Int16Array, Int16Array] = [spokenTone(900), spokenTone(1500)];

/** Two seconds without sound. */
export const noTone = new Int16Array(2 * rate);

/** Audio in frames of 20 ms, from a position on. */
export function framesOf(samples: Int16Array, position = 0, rateOf = rate): Frame[] {
  const size = rateOf / 50;
  return Array.from({ length: Math.ceil(samples.length / size) }, (_, index) => ({
    type: "frame",
    rate: rateOf,
    position: position + index * size,
    samples: samples.slice(index * size, (index + 1) * size),
  }));
}
