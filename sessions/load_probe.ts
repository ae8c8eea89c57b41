import type { Clock } from "../flow/clock.ts";
import type { Measured } from "./admission.ts";

/** How often the load is measured, in ms. */
const everyMs = 250;
/** The share of the newest measurement in the average: what is a second old counts a third. */
const weight = 0.25;

/** Options of a {@linkcode LoadProbe}. */
export interface LoadProbeOptions {
  readonly clock: Clock;
  /** What the process holds, in bytes. */
  readonly memoryBytes: () => number;
}

/** Measures how late the event loop is, as a moving average that one pause of the garbage collector does not move far, and how much memory is held. */
export class LoadProbe {
  readonly #options: LoadProbeOptions;
  #measured: Measured = { loopLagMs: 0, memoryBytes: 0 };

  constructor(options: LoadProbeOptions) {
    this.#options = options;
  }

  /** What was measured last; nothing before `run`. */
  get measured(): Measured {
    return this.#measured;
  }

  /** Measures until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, memoryBytes } = this.#options;
    while (!signal.aborted) {
      const dueMs = clock.now() + everyMs;
      try {
        await clock.sleep(everyMs, signal);
      } catch {
        return;
      }
      const lateMs = Math.max(0, clock.now() - dueMs);
      const loopLagMs = this.#measured.loopLagMs + weight * (lateMs - this.#measured.loopLagMs);
      this.#measured = { loopLagMs, memoryBytes: memoryBytes() };
    }
  }
}
