/**
 * Runs `work` and fails when it does not come to an end in time, so that a check of an adapter that hangs does not hang too. This is the
 * only time that counts here, and only for what never ends.
 */
export async function patiently<T>(
  awaited: string,
  work: (signal: AbortSignal) => Promise<T>,
  patienceMs = 30_000,
): Promise<T> {
  const stop = new AbortController();
  const expired = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    expired.reject(new Error(`Waited ${patienceMs} ms in vain for ${awaited}`));
    stop.abort(new Error("The check has given up"));
  }, patienceMs);
  try {
    return await Promise.race([work(stop.signal), expired.promise]);
  } finally {
    clearTimeout(timer);
  }
}
