/** Tells when each sample of a recording is spoken, as if somebody said it now. */
export class SourceClock {
  readonly #rate: number;
  #startMs: number | undefined;

  /** @param rate samples a second. */
  constructor(rate: number) {
    this.#rate = rate;
  }

  /** The first sample is spoken now; later calls do nothing. */
  begin(nowMs: number): void {
    this.#startMs ??= nowMs;
  }

  /** The speaker stopped for so long: what follows is spoken later. */
  pause(ms: number): void {
    if (this.#startMs !== undefined) this.#startMs += Math.max(0, ms);
  }

  /** When everything before `position` has been spoken. Before the beginning, never. */
  dueMs(position: number): number {
    return (this.#startMs ?? Infinity) + position * 1000 / this.#rate;
  }

  /** How far the talk is, in ms; it goes on when the recording has ended. */
  at(nowMs: number): number {
    return this.#startMs === undefined ? 0 : Math.max(0, nowMs - this.#startMs);
  }
}
