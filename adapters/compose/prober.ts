import type { BackgroundTasks } from "../../flow/background_tasks.ts";
import type { Clock } from "../../flow/clock.ts";
import { LinkedAbort } from "../../flow/linked_abort.ts";
import type { Task } from "../../flow/together.ts";
import type { Breaker } from "./breaker.ts";

/** How long a probe may take, in ms. */
const probeMs = 10_000;

/** Options of a {@linkcode Prober}. */
export interface ProberOptions {
  readonly name: string;
  readonly breaker: Breaker;
  readonly clock: Clock;
  readonly background: BackgroundTasks;
  /** Aborts when the engine is disposed. */
  readonly signal: AbortSignal;
}

/** Finds out in the background, away from the path of the work, whether an engine whose breaker is open is well again. */
export class Prober {
  readonly #options: ProberOptions;
  #planned = false;

  constructor(options: ProberOptions) {
    this.#options = options;
  }

  /**
   * Sees to it that there are probes while the breaker is open; does nothing when there are. To be called again at each call that the breaker refuses, for
   * the case that the background had no room.
   */
  plan(probe: Task<void>): void {
    const { name, breaker, background, signal } = this.#options;
    if (this.#planned || breaker.state === "closed" || signal.aborted) return;
    this.#planned = background.start(
      `probe of ${name}`,
      async (stop) => {
        using either = new LinkedAbort(stop, signal);
        try {
          await this.#probe(probe, either.signal);
        } finally {
          this.#planned = false;
        }
        this.plan(probe);
      },
      { deadlineMs: breaker.waitMs + probeMs, finish: false },
    );
  }

  async #probe(probe: Task<void>, signal: AbortSignal): Promise<void> {
    const { breaker, clock } = this.#options;
    try {
      await clock.sleep(breaker.waitMs, signal);
      breaker.beginProbe();
      await probe(signal);
      breaker.endProbe(true);
    } catch {
      // Told by the breaker: why an engine is not well yet is seen by whoever measures its calls.
      breaker.endProbe(false);
    }
  }
}
