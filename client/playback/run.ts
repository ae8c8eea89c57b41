/** Quieter than this a sample is silence: −54 dBFS. */
const SILENCE = 64;

/** Speech without a seam: a segment, or the part of one up to where its positions jump. */
export class Run {
  readonly segment: number;
  /** Where its first piece came, and when, in ms; the latter is moved when it has run dry. */
  firstAtMs: number;
  /** Nothing more comes. */
  complete = false;
  /** Whether the segment ends here. */
  last = false;
  readonly #position: number;
  readonly #pieces: Int16Array[] = [];
  /** The piece that is being played, and how much of it was. */
  #at = 0;
  #taken = 0;
  #read = 0;
  #length = 0;
  /** One past the last sample that is not silence. */
  #loudTo = 0;

  /** @param position the first sample's place on the lane's clock. */
  constructor(segment: number, position: number, nowMs: number) {
    this.segment = segment;
    this.#position = position;
    this.firstAtMs = nowMs;
  }

  /** All samples that have come, played or not. */
  get length(): number {
    return this.#length;
  }

  /** How many wait to be played. */
  get waiting(): number {
    return this.#length - this.#read;
  }

  /** How many wait, silence at the end left out but for `samples` of it. */
  waitingUntilSilence(samples: number): number {
    return Math.max(0, Math.min(this.#length, this.#loudTo + samples) - this.#read);
  }

  /** The place on the lane's clock of the next sample to be played, modulo 2³². */
  get position(): number {
    return (this.#position + this.#read) >>> 0;
  }

  /** The place on the lane's clock where the next piece belongs, modulo 2³². */
  get end(): number {
    return (this.#position + this.#length) >>> 0;
  }

  /** Takes the next piece. */
  push(samples: Int16Array): void {
    for (let index = samples.length; index-- > 0;) {
      if (Math.abs(samples[index]!) < SILENCE) continue;
      this.#loudTo = this.#length + index + 1;
      break;
    }
    if (samples.length > 0) this.#pieces.push(samples);
    this.#length += samples.length;
  }

  /** Plays a sample, between -1 and 1; only while some wait. */
  take(): number {
    const piece = this.#pieces[this.#at]!;
    const sample = piece[this.#taken++]!;
    this.#read += 1;
    if (this.#taken === piece.length) {
      this.#pieces[this.#at++] = empty;
      this.#taken = 0;
    }
    return sample / 32768;
  }
}

const empty = new Int16Array(0);
