/** How many segments are remembered: more than a lane holds. */
const memory = 64;

/** When the last 64 segments of a session were cut. */
export class SegmentCuts {
  readonly #times = new Float64Array(memory);
  #last: number | undefined;

  /** Notes that a segment was cut; numbers follow on one another. */
  add(segment: number, atMs: number): void {
    this.#times[segment % memory] = atMs;
    this.#last = segment;
  }

  /** The number of the last one. */
  get last(): number | undefined {
    return this.#last;
  }

  /** When it was cut, in ms on the clock of the notes; `undefined` when that was forgotten. */
  at(segment: number): number | undefined {
    const { last } = this;
    return last === undefined || segment > last || segment <= last - memory
      ? undefined
      : this.#times[segment % memory];
  }
}
