/** Time as a dependency: what waits or measures takes a `Clock`, so that tests decide how fast time runs. */
export interface Clock {
  /** Milliseconds on a monotonic scale with an arbitrary origin. */
  now(): number;
  /**
   * Resolves after `ms` milliseconds, at once for a negative number; rejects with `signal.reason` when the signal aborts first, or with a
   * `RangeError` when `ms` is not a number of at most {@linkcode longestSleepMs}.
   */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

/** The longest sleep, 24.8 days: beyond it a timer of the platform fires at once. */
export const longestSleepMs = 2 ** 31 - 1;

/** Refuses what no clock can wait for. */
export function checkSleep(ms: number): void {
  if (!(ms <= longestSleepMs)) {
    throw new RangeError(`Cannot sleep: ms is ${ms}, expected at most ${longestSleepMs}`);
  }
}

/** The machine's own time. */
export const systemClock: Clock = {
  now: () => performance.now(),
  sleep(ms, signal) {
    return new Promise((resolve, reject) => {
      checkSleep(ms);
      if (signal.aborted) return reject(signal.reason);
      const onAbort = () => {
        clearTimeout(timer);
        reject(signal.reason);
      };
      const timer = setTimeout(() => {
        signal.removeEventListener("abort", onAbort);
        resolve();
      }, ms);
      signal.addEventListener("abort", onAbort, { once: true });
    });
  },
};
