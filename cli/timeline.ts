/**
 * Lays the segments of a lane out on the clock of the source: each begins when it has arrived, or after the one before has been played. What is
 * between is silence, so that the result can be played beside the original.
 */
export class Timeline {
  /** Samples a second. */
  readonly rate: number;
  readonly #compact: boolean;
  #samples = 0;

  /** @param compact puts the segments back to back instead. */
  constructor(rate: number, compact: boolean) {
    this.rate = rate;
    this.#compact = compact;
  }

  /** How many samples there are, silence included. */
  get samples(): number {
    return this.#samples;
  }

  /** How long it is, in ms. */
  get durationMs(): number {
    return this.#samples * 1000 / this.rate;
  }

  /** A segment begins that can be heard from `atMs` of the source on; returns how many samples of silence come before it. */
  begin(atMs: number): number {
    if (this.#compact) return 0;
    const silence = Math.max(0, Math.round(atMs * this.rate / 1000) - this.#samples);
    this.#samples += silence;
    return silence;
  }

  /** So many samples of speech follow. */
  add(samples: number): void {
    this.#samples += samples;
  }
}
