/**
 * An abort of one's own that others' aborts set off as well, for as long as it is linked. Dispose of it when the work is over. `AbortSignal.any` has no such
 * end: what it makes of a signal that lives long stays, where a listener was left on it, for as long as that signal lives (1.3 kB each in Deno 2.9.6),
 * and else until the next full collection.
 */
export class LinkedAbort implements Disposable {
  readonly #own = new AbortController();
  readonly #others: readonly AbortSignal[];

  /** @param others whose aborts, with their reasons, are its own; the first of those that were aborted already counts. */
  constructor(...others: readonly AbortSignal[]) {
    this.#others = others;
    const aborted = others.find((other) => other.aborted);
    if (aborted) this.#own.abort(aborted.reason);
    else for (const other of others) other.addEventListener("abort", this.#follow, { once: true });
  }

  get signal(): AbortSignal {
    return this.#own.signal;
  }

  /** Aborts by itself; the others do not notice. */
  abort(reason?: unknown): void {
    this.#own.abort(reason);
  }

  /** Follows the others no longer. Calling it again does nothing. */
  [Symbol.dispose](): void {
    for (const other of this.#others) other.removeEventListener("abort", this.#follow);
  }

  readonly #follow = (event: Event): void => {
    this.#own.abort((event.target as AbortSignal).reason);
  };
}
