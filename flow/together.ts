/** A piece of work that stops when its signal aborts. */
export type Task<T> = (signal: AbortSignal) => Promise<T>;

/**
 * Runs tasks side by side and ends them together: the first failure aborts the signal of the others with that failure, and nothing is
 * returned or thrown before every task has ended.
 *
 * @returns the results, in the order of the tasks.
 * @throws the first failure, or `signal.reason` when the signal aborts and a task rejects because of it.
 */
export async function together<T extends readonly unknown[]>(
  signal: AbortSignal,
  ...tasks: { [K in keyof T]: Task<T[K]> }
): Promise<T> {
  const stop = new AbortController();
  const onAbort = () => stop.abort(signal.reason);
  if (signal.aborted) onAbort();
  else signal.addEventListener("abort", onAbort, { once: true });
  let failure: { reason: unknown } | undefined;
  try {
    const results = await Promise.all(tasks.map(async (task) => {
      try {
        return await task(stop.signal);
      } catch (reason) {
        failure ??= { reason };
        stop.abort(reason);
        return undefined;
      }
    }));
    if (failure) throw failure.reason;
    return results as unknown as T;
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}
