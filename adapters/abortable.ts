/**
 * The items of an iterable, until the signal aborts: then a wait for the next item ends at once, even where the iterable itself does not
 * hear the signal. The iterable is told to return, and nobody waits for it to do so.
 *
 * @throws `signal.reason` when the signal aborts first, or what the iterable throws.
 */
export async function* abortable<T>(items: AsyncIterable<T>, signal: AbortSignal): AsyncGenerator<T, void> {
  signal.throwIfAborted();
  const iterator = items[Symbol.asyncIterator]();
  let giveUp: ((reason: unknown) => void) | undefined;
  const onAbort = () => giveUp?.(signal.reason);
  signal.addEventListener("abort", onAbort, { once: true });
  let ended = false;
  try {
    while (true) {
      signal.throwIfAborted();
      // One promise an item: racing with a promise that lives as long as the signal would collect a reaction an item.
      const result = await new Promise<IteratorResult<T, unknown>>((resolve, reject) => {
        giveUp = reject;
        iterator.next().then(resolve, (reason) => {
          ended = true;
          reject(reason);
        });
      });
      if (result.done) {
        ended = true;
        return;
      }
      yield result.value;
    }
  } finally {
    signal.removeEventListener("abort", onAbort);
    if (!ended) iterator.return?.().then(undefined, () => {});
  }
}

/**
 * The value of a promise, unless the signal aborts first.
 *
 * @throws `signal.reason` when the signal aborts first, or what the promise rejects with.
 */
export function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      promise.catch(() => {});
      return reject(signal.reason);
    }
    const onAbort = () => reject(signal.reason);
    signal.addEventListener("abort", onAbort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort));
  });
}
