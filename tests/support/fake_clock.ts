import { checkSleep, type Clock } from "../../flow/clock.ts";

interface Sleeper {
  readonly dueMs: number;
  readonly wake: () => void;
}

/** How many sleepers may wake without time moving on, before a loop of empty sleeps is taken for a fault. */
const wakesWithoutProgress = 10_000;

/** A clock that stands still until the test moves it on. */
export class FakeClock implements Clock {
  #nowMs: number;
  #sleepers: Sleeper[] = [];

  constructor(startMs = 0) {
    this.#nowMs = startMs;
  }

  now(): number {
    return this.#nowMs;
  }

  /** How many sleeps have neither ended nor been aborted. */
  get pending(): number {
    return this.#sleepers.length;
  }

  /** When the next sleeper wakes, on this clock; `undefined` when nobody sleeps. */
  get nextDueMs(): number | undefined {
    return this.#sleepers[0]?.dueMs;
  }

  sleep(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      checkSleep(ms);
      if (signal.aborted) return reject(signal.reason);
      const onAbort = () => {
        this.#sleepers.splice(this.#sleepers.indexOf(sleeper), 1);
        reject(signal.reason);
      };
      const sleeper: Sleeper = {
        dueMs: this.#nowMs + Math.max(0, ms),
        wake: () => {
          signal.removeEventListener("abort", onAbort);
          resolve();
        },
      };
      signal.addEventListener("abort", onAbort, { once: true });
      const after = this.#sleepers.findIndex((other) => other.dueMs > sleeper.dueMs);
      this.#sleepers.splice(after < 0 ? this.#sleepers.length : after, 0, sleeper);
    });
  }

  /**
   * Moves time on by `ms`. Sleepers wake one after the other when they are due, equal ones in the order of their calls; what follows from
   * each is left to settle before the next, and may sleep again. `advance(0)` only lets things settle and wakes what is due.
   *
   * @throws {RangeError} when `ms` is negative or not a number.
   * @throws {Error} when sleepers keep waking without time moving on.
   */
  async advance(ms: number): Promise<void> {
    if (!(ms >= 0)) throw new RangeError(`Cannot advance the clock: ms is ${ms}, expected at least 0`);
    const endMs = this.#nowMs + ms;
    let wakes = 0;
    await settle();
    while (this.#sleepers.length > 0 && this.#sleepers[0]!.dueMs <= endMs) {
      const sleeper = this.#sleepers.shift()!;
      wakes = sleeper.dueMs > this.#nowMs ? 0 : wakes + 1;
      if (wakes > wakesWithoutProgress) {
        throw new Error(
          `Cannot advance the clock: ${wakes} sleepers woke at ${this.#nowMs} ms, time stands still`,
        );
      }
      this.#nowMs = Math.max(this.#nowMs, sleeper.dueMs);
      sleeper.wake();
      await settle();
    }
    this.#nowMs = Math.max(this.#nowMs, endMs);
  }
}

/** Lets every promise chain run until it waits for something from outside: a turn of the event loop comes after all microtasks. */
export function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
