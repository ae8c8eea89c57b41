import { wavHeader } from "../../media/wav_writer.ts";

/** A sound like speech, loud and soft three times a second and never the same again, whose samples are known at every rate. */
export interface KnownSpeech {
  readonly seconds: number;
  /** From -1 to 1; 0 before and after it. */
  at(seconds: number): number;
}

/**
 * Makes such a sound out of thirty tones from 150 Hz to 4 kHz.
 *
 * @param silence how much of its beginning is silent, in seconds.
 */
export function knownSpeech(seconds: number, random: () => number, silence = 0.5): KnownSpeech {
  const tones = Array.from({ length: 30 }, () => ({
    frequency: 150 * (4000 / 150) ** random(),
    phase: 2 * Math.PI * random(),
  }));
  const beats = Array.from({ length: Math.ceil(3 * seconds) + 2 }, () => 0.2 + 0.8 * random());
  return {
    seconds,
    at(time) {
      if (time < silence || time >= seconds) return 0;
      const beat = Math.floor(3 * time);
      const part = 3 * time - beat;
      const loudness = beats[beat]! * (1 - part) + beats[beat + 1]! * part;
      let sum = 0;
      for (const { frequency, phase } of tones) sum += Math.sin(2 * Math.PI * frequency * time + phase);
      return 0.09 * loudness * sum;
    },
  };
}

/** Its samples at a rate, 16 bits. */
export function samplesOf(speech: KnownSpeech, rate: number): Int16Array<ArrayBuffer> {
  return Int16Array.from(
    { length: Math.round(speech.seconds * rate) },
    (_, index) => Math.max(-32768, Math.min(32767, Math.round(speech.at(index / rate) * 32767))),
  );
}

/** The same as a WAV file. */
export function wavOf(speech: KnownSpeech, rate: number): Uint8Array<ArrayBuffer> {
  const samples = samplesOf(speech, rate);
  const header = wavHeader(rate, samples.length);
  const file = new Uint8Array(header.length + 2 * samples.length);
  file.set(header);
  file.set(new Uint8Array(samples.buffer), header.length);
  return file;
}

/** How alike two sounds are when one is moved along the other to where it fits best: 1 is the same but for its loudness. */
export interface Match {
  readonly correlation: number;
  /** Where in `whole` the speech begins, in samples and parts of one; negative when its beginning is missing. */
  readonly at: number;
}

/**
 * Looks for known speech in a recording. Its loudest quarter second decides where it is; then all of it is compared, to a tenth of a sample.
 *
 * @param whole a recording at `rate`.
 */
export function findIn(whole: Int16Array, speech: KnownSpeech, rate = 16_000): Match {
  const said = samplesOf(speech, rate);
  const length = rate / 4;
  const from = loudest(said, length);
  const probe = said.subarray(from, from + length);
  let best = -Infinity;
  let found = 0;
  for (let at = 0; at + length <= whole.length; at++) {
    let sum = 0;
    for (let index = 0; index < length; index += 3) sum += whole[at + index]! * probe[index]!;
    if (sum > best) [best, found] = [sum, at];
  }
  const at = found - from;
  const matches = Array.from({ length: 11 }, (_, step) => at + (step - 5) / 10)
    .map((at) => ({ at, correlation: correlation(whole, at, speech, rate) }));
  return matches.reduce((one, other) => other.correlation > one.correlation ? other : one);
}

/** How alike the speech and what is in `whole` from `at` on are; what `whole` does not have is left out. */
export function correlation(whole: Int16Array, at: number, speech: KnownSpeech, rate: number): number {
  let product = 0;
  let wholeEnergy = 0;
  let speechEnergy = 0;
  const from = Math.max(0, Math.ceil(at));
  const to = Math.min(whole.length, Math.floor(at + speech.seconds * rate));
  for (let index = from; index < to; index++) {
    const one = whole[index]!;
    const other = speech.at((index - at) / rate);
    product += one * other;
    wholeEnergy += one * one;
    speechEnergy += other * other;
  }
  return product / Math.sqrt(wholeEnergy * speechEnergy || 1);
}

function loudest(samples: Int16Array, length: number): number {
  let best = -1;
  let found = 0;
  for (let from = 0; from + length <= samples.length; from += length) {
    let energy = 0;
    for (let index = from; index < from + length; index++) energy += samples[index]! ** 2;
    if (energy > best) [best, found] = [energy, from];
  }
  return found;
}
