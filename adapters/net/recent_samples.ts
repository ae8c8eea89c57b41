/** The latest samples of a source with their places, up to a limit; the oldest are forgotten first. */
export class RecentSamples {
  readonly #samples: Int16Array<ArrayBuffer>;
  #position = 0;
  #count = 0;

  /** @param limit how many samples are kept. */
  constructor(limit: number) {
    this.#samples = new Int16Array(limit);
  }

  /** The place of the first sample that is kept. */
  get from(): number {
    return this.#position;
  }

  /** The place after the last one. */
  get to(): number {
    return this.#position + this.#count;
  }

  /** How many more samples there are before the oldest are forgotten. */
  get room(): number {
    return this.#samples.length - this.#count;
  }

  /** Forgets everything; what comes next has its place at `position`. */
  restart(position: number): void {
    this.#position = position;
    this.#count = 0;
  }

  /** Adds samples at the end; what is more than the limit of what was there before is forgotten. */
  push(samples: Int16Array): void {
    if (samples.length > this.room) this.forget(this.#position + samples.length - this.room);
    this.#samples.set(samples, this.#count);
    this.#count += samples.length;
  }

  /** Forgets what lies before `position`. */
  forget(position: number): void {
    const count = Math.min(this.#count, Math.max(0, position - this.#position));
    if (count === 0) return;
    this.#samples.copyWithin(0, count, this.#count);
    this.#position += count;
    this.#count -= count;
  }

  /** A copy of what is kept between two places. */
  slice(from: number, to: number): Int16Array<ArrayBuffer> {
    return this.#samples.slice(
      Math.max(0, from - this.#position),
      Math.min(this.#count, to - this.#position),
    );
  }
}
