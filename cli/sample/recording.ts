/** A clause of a recording, with the place of its speech. */
export interface SpokenClause {
  readonly text: string;
  /** The first sample above -50 dBFS, counted from the start of the recording. */
  readonly start: number;
  /** The sample after the last one above -50 dBFS. */
  readonly end: number;
}

/** Mono speech of which is known what is said where. */
export interface Recording {
  /** Samples a second. */
  readonly rate: number;
  readonly samples: Int16Array;
  readonly clauses: readonly SpokenClause[];
}

/** The sound of one clause, and the pause that follows it. */
export interface Clip {
  readonly text: string;
  readonly samples: Int16Array;
  /** Not waited for after the last clip. */
  readonly pauseMs: number;
}

/** Options of {@linkcode joinClips}. */
export interface JoinOptions {
  /** Samples a second. */
  readonly rate: number;
  /** The pause before the first clip; 300 ms by default. */
  readonly leadMs?: number;
  /** The pause after the last clip, long enough for a recognizer to notice the end; 700 ms by default. */
  readonly tailMs?: number;
}

/** -50 dBFS: what is not louder counts as silence. */
const LOUD = 32768 * 10 ** (-50 / 20);
/** How much of a clip's own silence stays on either side of its speech, so that soft sounds are not cut. */
const MARGIN_MS = 30;
/** The peak of the noise that lies under everything, about -75 dBFS: digital silence is nothing that a microphone hears. */
const NOISE = 6;

/**
 * Joins clips with pauses into one recording. The clips' own silence at either end gives way to the pauses; a very low noise, always the
 * same, lies under all of it.
 *
 * @throws {RangeError} when nothing in a clip is above -50 dBFS.
 */
export function joinClips(clips: readonly Clip[], options: JoinOptions): Recording {
  const { rate, leadMs = 300, tailMs = 700 } = options;
  const toSamples = (ms: number) => Math.round(ms * rate / 1000);
  const margin = toSamples(MARGIN_MS);
  const trimmed = clips.map((clip) => trim(clip, margin));
  const pauses = clips.map((clip, index) => toSamples(index === clips.length - 1 ? tailMs : clip.pauseMs));
  const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);
  const samples = new Int16Array(toSamples(leadMs) + sum(trimmed.map(({ length }) => length)) + sum(pauses));
  addNoise(samples);
  const clauses: SpokenClause[] = [];
  let position = toSamples(leadMs);
  for (const [index, { text }] of clips.entries()) {
    const place = samples.subarray(position, position + trimmed[index]!.length);
    for (const [at, sample] of trimmed[index]!.entries()) {
      place[at] = Math.max(-32768, Math.min(32767, place[at]! + sample));
    }
    clauses.push({
      text,
      start: position + place.findIndex(isLoud),
      end: position + place.findLastIndex(isLoud) + 1,
    });
    position += place.length + pauses[index]!;
  }
  return { rate, samples, clauses };
}

function trim({ text, samples }: Clip, margin: number): Int16Array {
  const first = samples.findIndex(isLoud);
  if (first < 0) {
    throw new RangeError(
      `Cannot join a clip of ${text.length} characters: it is silent, expected speech above -50 dBFS`,
    );
  }
  return samples.subarray(Math.max(0, first - margin), samples.findLastIndex(isLoud) + 1 + margin);
}

function isLoud(sample: number): boolean {
  return Math.abs(sample) > LOUD;
}

/** White noise from a fixed start (Marsaglia's xorshift), so that a recording is the same every time. */
function addNoise(samples: Int16Array): void {
  let state = 0x9e3779b9;
  for (let index = 0; index < samples.length; index += 1) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    samples[index] = (state >>> 0) % (2 * NOISE + 1) - NOISE;
  }
}
