/** How many ticks a rate is taken over. */
const window = 60;

/** How fast a count grows, looked at once a second: over the last minute, and in the second where it grew most. */
export class Throughput {
  readonly #totals = new Float64Array(window);
  readonly #times = new Float64Array(window);
  #ticks = 0;
  #peak = 0;

  /** Takes what the count has come to at a time on a clock, in ms. */
  tick(total: number, atMs: number): void {
    if (this.#ticks > 0) this.#peak = Math.max(this.#peak, this.#since(this.#ticks - 1, total, atMs));
    this.#totals[this.#ticks % window] = total;
    this.#times[this.#ticks % window] = atMs;
    this.#ticks += 1;
  }

  /** Over the last minute, or as long as there were ticks. */
  get perSecond(): number {
    if (this.#ticks < 2) return 0;
    const last = (this.#ticks - 1) % window;
    return this.#since(Math.max(0, this.#ticks - window), this.#totals[last]!, this.#times[last]!);
  }

  /** The most between two ticks. */
  get peakPerSecond(): number {
    return this.#peak;
  }

  #since(tick: number, total: number, atMs: number): number {
    const elapsedMs = atMs - this.#times[tick % window]!;
    return elapsedMs <= 0 ? 0 : (total - this.#totals[tick % window]!) * 1000 / elapsedMs;
  }
}
