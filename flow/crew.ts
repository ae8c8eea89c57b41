import type { Task } from "./together.ts";

/**
 * Work that others may join while it runs. As with `together`, the first failure stops the rest, and `run` does not end before everybody has ended; it
 * ends when the crew is closed and everybody is done.
 */
export class Crew {
  readonly #waiting: Task<void>[] = [];
  #join: ((task: Task<void>) => void) | undefined;
  #closed = false;
  #settle: (() => void) | undefined;

  /**
   * Adds a task; it starts at once, or with `run`.
   *
   * @throws {TypeError} when the crew is closed.
   */
  join(task: Task<void>): void {
    if (this.#closed) throw new TypeError("Cannot join the crew: it is closed");
    if (this.#join) this.#join(task);
    else this.#waiting.push(task);
  }

  /** Nobody joins any more. Calling it again does nothing. */
  close(): void {
    this.#closed = true;
    this.#settle?.();
  }

  /**
   * Runs everybody; may be called once.
   *
   * @throws the first failure, or `signal.reason` when the signal aborts and a task rejects because of it.
   */
  run(signal: AbortSignal): Promise<void> {
    const stop = new AbortController();
    const onAbort = () => {
      stop.abort(signal.reason);
      this.close();
    };
    let active = 0;
    let failure: { readonly reason: unknown } | undefined;
    return new Promise((resolve, reject) => {
      this.#settle = () => {
        if (!this.#closed || active > 0) return;
        signal.removeEventListener("abort", onAbort);
        if (failure) reject(failure.reason);
        else resolve();
      };
      this.#join = async (task) => {
        active += 1;
        try {
          await task(stop.signal);
        } catch (reason) {
          failure ??= { reason };
          stop.abort(reason);
          this.#closed = true;
        }
        active -= 1;
        this.#settle!();
      };
      signal.addEventListener("abort", onAbort, { once: true });
      if (signal.aborted) onAbort();
      for (const task of this.#waiting.splice(0)) this.#join(task);
      this.#settle();
    });
  }
}
