/** Lets tasks wait until something may have changed: whoever changes it calls `notify`, whoever waits looks again. */
export class Condition {
  readonly #waiting = new Set<() => void>();

  /** Resolves at the next `notify`; rejects with `signal.reason` when the signal aborts first. */
  wait(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason);
      const onAbort = () => {
        this.#waiting.delete(wake);
        reject(signal.reason);
      };
      const wake = () => {
        signal.removeEventListener("abort", onAbort);
        resolve();
      };
      this.#waiting.add(wake);
      signal.addEventListener("abort", onAbort, { once: true });
    });
  }

  /** Wakes everybody who waits now. */
  notify(): void {
    for (const wake of [...this.#waiting]) {
      this.#waiting.delete(wake);
      wake();
    }
  }
}
