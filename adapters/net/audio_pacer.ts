import type { Clock } from "../../flow/clock.ts";
import type { PacingLimit } from "./recognizer_wire.ts";

/** Sees to it that audio is not sent faster than a provider takes it. */
export class AudioPacer {
  readonly #limit: PacingLimit;
  readonly #clock: Clock;
  /** How much may be sent at once, in ms of audio, and when that was so. */
  #creditMs: number;
  #sinceMs: number;

  constructor(limit: PacingLimit, clock: Clock) {
    this.#limit = limit;
    this.#clock = clock;
    this.#creditMs = limit.burstMs;
    this.#sinceMs = clock.now();
  }

  /** Resolves when so much audio may be sent, and counts it as sent. A piece longer than the burst waits until there is the whole of a burst. */
  async take(ms: number, signal: AbortSignal): Promise<void> {
    const { speed, burstMs } = this.#limit;
    this.#refill();
    const missingMs = Math.min(ms, burstMs) - this.#creditMs;
    if (missingMs > 0) {
      await this.#clock.sleep(missingMs / speed, signal);
      this.#refill();
    }
    this.#creditMs -= ms;
  }

  /** Counts audio that was sent without waiting. */
  count(ms: number): void {
    this.#refill();
    this.#creditMs -= ms;
  }

  #refill(): void {
    const { speed, burstMs } = this.#limit;
    const nowMs = this.#clock.now();
    this.#creditMs = Math.min(burstMs, this.#creditMs + speed * (nowMs - this.#sinceMs));
    this.#sinceMs = nowMs;
  }
}
