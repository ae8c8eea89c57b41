import { PipelineError } from "../../../pipeline/error.ts";

/** Lets so many in at a time, the others in the order in which they came. */
export class Slots {
  #free: number;
  #waitingLimit: number;
  #waiting: (() => void)[] = [];

  constructor({ slots, waitingLimit }: { slots: number; waitingLimit: number }) {
    this.#free = slots;
    this.#waitingLimit = waitingLimit;
  }

  /**
   * Waits for a slot; the returned function gives it back.
   *
   * @throws {PipelineError} `overloaded` when too many wait; `signal.reason` when the signal aborts first.
   */
  async acquire(signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted();
    if (this.#free > 0) this.#free -= 1;
    else await this.#wait(signal);
    let taken = true;
    return () => {
      if (!taken) return;
      taken = false;
      const next = this.#waiting.shift();
      if (next) next();
      else this.#free += 1;
    };
  }

  #wait(signal: AbortSignal): Promise<void> {
    if (this.#waiting.length >= this.#waitingLimit) {
      const message =
        `Cannot get a slot: ${this.#waiting.length} are waiting, at most ${this.#waitingLimit} may`;
      return Promise.reject(new PipelineError("overloaded", message));
    }
    return new Promise((resolve, reject) => {
      const onAbort = () => {
        this.#waiting.splice(this.#waiting.indexOf(enter), 1);
        reject(signal.reason);
      };
      const enter = () => {
        signal.removeEventListener("abort", onAbort);
        resolve();
      };
      this.#waiting.push(enter);
      signal.addEventListener("abort", onAbort, { once: true });
    });
  }
}
