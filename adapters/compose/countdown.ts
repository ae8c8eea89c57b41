import type { Clock } from "../../flow/clock.ts";
import { PipelineError } from "../../pipeline/error.ts";

/** A deadline that can be put off, as often as one likes: its signal aborts with a `timeout` when it was reached. */
export class Countdown {
  readonly #clock: Clock;
  readonly #late = new AbortController();
  readonly #stop = new AbortController();
  #due: { readonly atMs: number; readonly ms: number; readonly what: string } | undefined;
  #sleeping = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Aborts when the deadline was reached. */
  get signal(): AbortSignal {
    return this.#late.signal;
  }

  /**
   * Counts down from `ms`, anew when it did already; nothing after `stop`. An earlier deadline is not brought forward.
   *
   * @param what is late then, for the error: `deepl did not answer`.
   */
  restart(ms: number, what: string): void {
    this.#due = { atMs: this.#clock.now() + ms, ms, what };
    if (!this.#sleeping) this.#run();
  }

  /** Nothing is late until `restart`. */
  pause(): void {
    this.#due = undefined;
  }

  /** Ends it: nothing is late any more. */
  stop(): void {
    this.#due = undefined;
    this.#stop.abort(stopped);
  }

  async #run(): Promise<void> {
    this.#sleeping = true;
    try {
      while (this.#due) {
        const { atMs, ms, what } = this.#due;
        const leftMs = atMs - this.#clock.now();
        if (leftMs <= 0) {
          return this.#late.abort(new PipelineError("timeout", `${what} within ${Math.round(ms)} ms`));
        }
        await this.#clock.sleep(leftMs, this.#stop.signal);
      }
    } catch {
      // Stopped.
    } finally {
      this.#sleeping = false;
    }
  }
}

/** One for all: an error of its own, with the stack that it collects, would cost more than the countdown. */
const stopped = new DOMException("The countdown was stopped", "AbortError");
