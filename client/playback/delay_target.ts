/** What is waited for until the network is known, in ms: a jitter of 150, a stall of 400, and a message. */
const FIRST_MS = 660;
/** On top of the worst that was seen lately, in ms. */
const MARGIN_MS = 60;
const LEAST_MS = 60;
const MOST_MS = 2_000;
/** The worst of so many arrivals is remembered… */
const BUCKET_ARRIVALS = 64;
/** …for so many times as many: a stall that hits one message in fifty is in there, almost for certain. */
const BUCKETS = 16;

/**
 * Learns how much speech has to wait before it is played, so that it does not run dry. A piece's transit is when it came minus where it belongs; how far
 * the transit rises above its lowest within a run of speech is how much must have been waiting.
 */
export class DelayTarget {
  readonly #worst: number[] = [];
  #arrivals = 0;
  #lastMs = -Infinity;
  #bucketMs = 0;
  #lowestMs = Infinity;
  #ms = FIRST_MS;

  /** A run of speech begins: what came before says nothing about its transit. */
  begin(): void {
    this.#lowestMs = Infinity;
  }

  /** A piece came at `nowMs`, `offsetMs` after the start of its run, `lengthMs` long. */
  arrived(nowMs: number, offsetMs: number, lengthMs: number): void {
    const transitMs = nowMs - offsetMs;
    this.#lowestMs = Math.min(this.#lowestMs, transitMs);
    this.#bucketMs = Math.max(this.#bucketMs, transitMs - this.#lowestMs + lengthMs);
    // Pieces that come together have met the same luck: they count once.
    if (nowMs > this.#lastMs) this.#arrivals += 1;
    this.#lastMs = nowMs;
    if (this.#arrivals === BUCKET_ARRIVALS) {
      this.#worst.push(this.#bucketMs);
      if (this.#worst.length > BUCKETS) this.#worst.shift();
      this.#arrivals = this.#bucketMs = 0;
    }
    const known = this.#worst.length < BUCKETS ? FIRST_MS - MARGIN_MS : 0;
    const worstMs = Math.max(known, this.#bucketMs, ...this.#worst);
    this.#ms = Math.min(MOST_MS, Math.max(LEAST_MS, worstMs + MARGIN_MS));
  }

  /** How much speech is to wait, in ms, 60 to 2,000. */
  get ms(): number {
    return this.#ms;
  }
}
