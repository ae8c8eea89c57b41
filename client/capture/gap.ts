/** Shorter gaps than this are the clocks' own unsteadiness, in ms. */
const LEAST_MS = 60;

/**
 * Finds how much of the source is missing when a microphone comes back after a pause or as another one, so that the source's clock goes on as if
 * nothing had happened.
 */
export class Gap {
  readonly #rate: number;
  #brokenAtMs: number | undefined;

  /** @param rate samples a second. */
  constructor(rate: number) {
    this.#rate = rate;
  }

  /** Nothing comes from `nowMs` on. Saying it again changes nothing. */
  begin(nowMs: number): void {
    this.#brokenAtMs ??= nowMs;
  }

  /** So many samples have come at `nowMs`: how many are missing before them. */
  end(nowMs: number, samples: number): number {
    if (this.#brokenAtMs === undefined) return 0;
    const missing = Math.round((nowMs - this.#brokenAtMs) * this.#rate / 1000) - samples;
    this.#brokenAtMs = undefined;
    return missing * 1000 >= LEAST_MS * this.#rate ? missing : 0;
  }
}
