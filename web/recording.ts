/** A stretch of speech in a {@linkcode Recording}, and how many samples of silence come before it. */
export interface Stretch {
  readonly silence: number;
  readonly samples: Int16Array;
}

/**
 * Keeps the translated speech of a talk on the talk's own clock, so that it can be played beside the original: a clause begins when its speech was
 * there, or after the one before. Silence is only counted.
 */
export class Recording {
  /** Samples a second. */
  readonly rate: number;
  /** No more samples of speech than this are kept; what comes later is not. */
  readonly limit: number;
  readonly #stretches: Stretch[] = [];
  #kept = 0;
  #length = 0;
  #silence = 0;
  #full = false;

  constructor(rate: number, limit: number) {
    this.rate = rate;
    this.limit = limit;
  }

  /** Its samples, silence included. */
  get length(): number {
    return this.#length;
  }

  /** Whether speech came that had no room any more. */
  get full(): boolean {
    return this.#full;
  }

  /** What was kept, in order. */
  get stretches(): readonly Stretch[] {
    return this.#stretches;
  }

  /** A clause begins that could be heard from `atMs` of the talk on. */
  begin(atMs: number): void {
    this.#silence = Math.max(0, Math.round(atMs * this.rate / 1000) - this.#length);
  }

  /** Speech follows. The samples are kept as they are. */
  add(samples: Int16Array): void {
    if (samples.length === 0) return;
    if (this.#kept + samples.length > this.limit) {
      this.#full = true;
      return;
    }
    this.#stretches.push({ silence: this.#silence, samples });
    this.#length += this.#silence + samples.length;
    this.#kept += samples.length;
    this.#silence = 0;
  }
}
