/** A place on the source's clock, in samples, and the last segment that holds something that was said before it. */
export interface Settled {
  readonly position: number;
  readonly through: number;
}

/**
 * Finds the source position before which nothing is outstanding: each checkpoint says that the segments up to a number cover the source up to a
 * position, and it is passed once every lane has finished those segments.
 */
export class Settlement {
  readonly #finished: Map<number, number>;
  readonly #checkpoints: Settled[] = [];

  /** @param lanes the numbers of the lanes that have to finish. */
  constructor(lanes: readonly number[], firstSegment: number) {
    this.#finished = new Map(lanes.map((lane) => [lane, firstSegment - 1]));
  }

  /** Segments up to `through` hold everything that was said before `position`; returns the checkpoint when it is settled already. */
  checkpoint(position: number, through: number): Settled | undefined {
    this.#checkpoints.push({ position, through });
    return this.#pass();
  }

  /** A lane has nothing more to report on segments up to `through`; returns the checkpoint that is newly settled, if any. */
  finish(lane: number, through: number): Settled | undefined {
    const before = this.#finished.get(lane);
    if (before !== undefined) this.#finished.set(lane, Math.max(through, before));
    return this.#pass();
  }

  /** Another lane has to finish what comes after everything that was checked so far. */
  join(lane: number): void {
    const through = Math.max(
      ...this.#finished.values(),
      ...this.#checkpoints.map((checkpoint) => checkpoint.through),
    );
    this.#finished.set(lane, through);
  }

  /** A lane need not finish any more; what it still reports belongs to nobody. */
  leave(lane: number): void {
    this.#finished.delete(lane);
  }

  #pass(): Settled | undefined {
    const through = Math.min(...this.#finished.values());
    let passed: Settled | undefined;
    while (this.#checkpoints.length > 0 && this.#checkpoints[0]!.through <= through) {
      passed = this.#checkpoints.shift();
    }
    return passed;
  }
}
