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

/** How long the stretches are that are compared, in seconds, and how far each may lie from where the one before it says, either way. */
const stretchSeconds = 0.5;
const driftSeconds = 0.06;

/**
 * Looks for known speech in a recording. Its loudest quarter second decides where it is; then it is compared stretch by stretch, each of them where it fits
 * best near the one before, and the median counts: a browser whose own sound stumbles for some ms shifts what follows, and spoils no more than the
 * stretch in which it happens.
 *
 * @param whole a recording at `rate`.
 */
export function findIn(whole: Int16Array, speech: KnownSpeech, rate = 16_000): Match {
  const said = samplesOf(speech, rate);
  const length = rate / 4;
  const from = loudest(said, length);
  const at = bestPlace(whole, said, from, length, 0, whole.length - length) - from;
  const stretch = stretchSeconds * rate;
  const drift = driftSeconds * rate;
  const likenesses: number[] = [];
  let place = at;
  for (let begin = 0; begin + stretch <= said.length; begin += stretch) {
    if (loudestOf(said.subarray(begin, begin + stretch)) === 0) continue;
    const expected = place + begin;
    if (expected < 0 || expected + stretch > whole.length) continue;
    const found = bestPlace(whole, said, begin, stretch, expected - drift, expected + drift);
    place = found - begin;
    const near = Array.from({ length: 11 }, (_, step) => found + (step - 5) / 10);
    likenesses.push(Math.max(...near.map((near) => correlation(whole, near, speech, rate, begin, stretch))));
  }
  return { at, correlation: likenesses.toSorted((one, other) => one - other)[likenesses.length >> 1] ?? 0 };
}

/** Where in `whole` a part of the samples fits best, between two places. */
function bestPlace(
  whole: Int16Array,
  said: Int16Array,
  begin: number,
  length: number,
  from: number,
  to: number,
): number {
  let best = -Infinity;
  let found = Math.max(0, Math.floor(from));
  for (let at = found; at <= to && at + length <= whole.length; at++) {
    let sum = 0;
    for (let index = 0; index < length; index += 5) sum += whole[at + index]! * said[begin + index]!;
    if (sum > best) [best, found] = [sum, at];
  }
  return found;
}

/** How alike a part of the speech and what is in `whole` from `at` on are. */
function correlation(
  whole: Int16Array,
  at: number,
  speech: KnownSpeech,
  rate: number,
  begin: number,
  length: number,
): number {
  let product = 0;
  let wholeEnergy = 0;
  let speechEnergy = 0;
  for (let index = Math.max(0, Math.ceil(at)); index < Math.min(whole.length, at + length); index++) {
    const one = whole[index]!;
    const other = speech.at((begin + index - at) / rate);
    product += one * other;
    wholeEnergy += one * one;
    speechEnergy += other * other;
  }
  return product / Math.sqrt(wholeEnergy * speechEnergy || 1);
}

function loudestOf(samples: Int16Array): number {
  return samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
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
