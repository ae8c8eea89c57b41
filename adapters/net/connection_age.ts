import type { Clock } from "../../flow/clock.ts";

/** How old a connection is: to be replaced at the next endpoint when it is `old`, at once when it is `too_old`. */
export type Age = "young" | "old" | "too_old";

/** A connection is replaced so long before its limit at an endpoint, and so long before it anywhere; parts of a short limit. */
const atEndpoint = { ms: 60_000, part: 0.1 };
const anywhere = { ms: 5000, part: 0.02 };

/** Notices that a connection grows old, by the clock and by the audio that was sent: providers count either. */
export class ConnectionAge {
  readonly #oldMs: number;
  readonly #tooOldMs: number;
  readonly #changed: () => void;
  #now: Age = "young";

  /** @param changed called when it is older than before. */
  constructor(limitMs: number, changed: () => void) {
    this.#oldMs = limitMs - Math.min(atEndpoint.ms, atEndpoint.part * limitMs);
    this.#tooOldMs = limitMs - Math.min(anywhere.ms, anywhere.part * limitMs);
    this.#changed = changed;
  }

  get now(): Age {
    return this.#now;
  }

  /** So much time has passed on the connection, or audio gone over it. */
  reach(ms: number): void {
    const age = ms >= this.#tooOldMs ? "too_old" : ms >= this.#oldMs ? "old" : "young";
    if (age === "young" || age === this.#now || this.#now === "too_old") return;
    this.#now = age;
    this.#changed();
  }

  /** Lets time pass until the signal aborts. */
  async grow(clock: Clock, signal: AbortSignal): Promise<void> {
    try {
      await clock.sleep(this.#oldMs, signal);
      this.reach(this.#oldMs);
      await clock.sleep(this.#tooOldMs - this.#oldMs, signal);
      this.reach(this.#tooOldMs);
    } catch {
      // The connection has ended before.
    }
  }
}
