/**
 * Finds the source position before which nothing is outstanding: each checkpoint says that the segments up to a number cover the source up to a
 * position, and it is passed once every lane has finished those segments.
 */
export class Settlement {
  readonly #finished: Map<number, number>;
  readonly #checkpoints: { readonly position: number; readonly through: number }[] = [];

  /** @param lanes the numbers of the lanes that have to finish. */
  constructor(lanes: readonly number[], firstSegment: number) {
    this.#finished = new Map(lanes.map((lane) => [lane, firstSegment - 1]));
  }

  /** Segments up to `through` hold everything that was said before `position`; returns the position when that is settled already. */
  checkpoint(position: number, through: number): number | undefined {
    this.#checkpoints.push({ position, through });
    return this.#pass();
  }

  /** A lane has nothing more to report on segments up to `through`; returns the position that is newly settled, if any. */
  finish(lane: number, through: number): number | undefined {
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

  #pass(): number | undefined {
    const through = Math.min(...this.#finished.values());
    let position: number | undefined;
    while (this.#checkpoints.length > 0 && this.#checkpoints[0]!.through <= through) {
      position = this.#checkpoints.shift()!.position;
    }
    return position;
  }
}
