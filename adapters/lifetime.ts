import { LinkedAbort } from "../flow/linked_abort.ts";
import { PipelineError } from "../pipeline/error.ts";

/**
 * The time between the making and the disposing of an engine or a session: refuses work after the end, and ends work that is in hand.
 */
export class Lifetime {
  #what: string;
  #ended = new AbortController();

  /** `what` is what lives, for messages: `fake translator`. */
  constructor(what: string) {
    this.#what = what;
  }

  /** Whether `end` was called. */
  get ended(): boolean {
    return this.#ended.signal.aborted;
  }

  /** Aborts at the end, with a {@linkcode PipelineError} of the kind `unavailable`. */
  get signal(): AbortSignal {
    return this.#ended.signal;
  }

  /** @throws {TypeError} after the end. */
  check(): void {
    if (this.ended) throw new TypeError(`Cannot use the ${this.#what}: it was disposed`);
  }

  /** Ends it; calling it again does nothing. */
  end(): void {
    this.#ended.abort(
      new PipelineError("unavailable", `The ${this.#what} was disposed while it was at work`),
    );
  }

  /** An abort that follows the given ones and the end, whichever comes first; to be disposed of when the work that it is for is over. */
  link(...signals: readonly AbortSignal[]): LinkedAbort {
    return new LinkedAbort(...signals, this.#ended.signal);
  }
}
