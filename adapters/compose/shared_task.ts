import type { Task } from "../../flow/together.ts";
import { unlessAborted } from "../../flow/abortable.ts";

/** One piece of work for all who wait for its result; when the last of them has left before it is done, it is aborted. */
export class SharedTask<T> {
  readonly #stop = new AbortController();
  readonly #result: Promise<T>;
  #waiting = 0;
  #state: "running" | "done" | "over" = "running";

  constructor(task: Task<T>) {
    this.#result = task(this.#stop.signal);
    this.#result.then(() => this.#state = "done", () => this.#state = "over");
  }

  /** Whether there will be no result: it has failed, or everybody has left. */
  get over(): boolean {
    return this.#state === "over";
  }

  /** The result when it has come, `undefined` when there is none; never rejects. */
  get settled(): Promise<T | undefined> {
    return this.#result.then((value) => value, () => undefined);
  }

  /**
   * Waits for the result.
   *
   * @throws what the work throws, or `signal.reason`.
   */
  async join(signal: AbortSignal): Promise<T> {
    this.#waiting += 1;
    try {
      return await unlessAborted(this.#result, signal);
    } finally {
      this.#waiting -= 1;
      if (this.#waiting === 0 && this.#state === "running") {
        this.#state = "over";
        this.#stop.abort(signal.reason);
      }
    }
  }
}
