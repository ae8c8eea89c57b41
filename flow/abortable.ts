/**
 * The items of an iterable, until the signal aborts: then a wait for the next item ends at once, even where the iterable itself does not
 * hear the signal. The iterable is told to return, and nobody waits for it to do so. To be read one item after the other.
 *
 * @throws `signal.reason` when the signal aborts first, or what the iterable throws.
 */
export function abortable<T>(
  items: AsyncIterable<T>,
  signal: AbortSignal,
): AsyncIterableIterator<T, undefined> {
  let iterator: AsyncIterator<T> | undefined;
  let resolve: ((result: IteratorResult<T, undefined>) => void) | undefined;
  let reject: (reason: unknown) => void;
  let ended = false;
  const end = () => {
    ended = true;
    resolve = undefined;
    signal.removeEventListener("abort", onAbort);
  };
  const leave = () => {
    if (ended) return;
    end();
    iterator?.return?.().then(undefined, () => {});
  };
  const onAbort = () => {
    if (!resolve) return;
    leave();
    reject(signal.reason);
  };
  // The same two functions take every result: racing with a promise that lives as long as the signal would collect a reaction an item.
  const given = (result: IteratorResult<T, unknown>) => {
    const give = resolve;
    if (!give) return;
    if (result.done) end();
    else resolve = undefined;
    give(result.done ? over : result);
  };
  const failed = (reason: unknown) => {
    if (!resolve) return;
    end();
    reject(reason);
  };
  return {
    next() {
      if (ended) return Promise.resolve(over);
      if (signal.aborted) {
        leave();
        return Promise.reject(signal.reason);
      }
      return new Promise((yes, no) => {
        resolve = yes;
        reject = no;
        if (!iterator) {
          iterator = items[Symbol.asyncIterator]();
          signal.addEventListener("abort", onAbort, { once: true });
        }
        iterator.next().then(given, failed);
      });
    },
    return() {
      const give = resolve;
      leave();
      give?.(over);
      return Promise.resolve(over);
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

const over: IteratorReturnResult<undefined> = { done: true, value: undefined };

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
