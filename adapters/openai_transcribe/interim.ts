import type { Word } from "../../pipeline/ports.ts";

/** What is known of an utterance before it ends, and the request for it. */
export class Interim {
  /** Ends the request. */
  readonly stop = new AbortController();
  /** Where its speech begins. */
  readonly position: number;
  /** Up to where it was transcribed last. */
  askedTo: number;
  /** Whether there is a request, or there is to be none any more. */
  isBusy = false;
  /** What was heard last. */
  words: readonly Word[] = [];

  constructor(position: number) {
    this.position = position;
    this.askedTo = position;
  }

  /** Its request ends when the signal aborts, as long as this is not disposed. */
  endWith(signal: AbortSignal): Disposable {
    const end = () => this.stop.abort(signal.reason);
    if (signal.aborted) end();
    else signal.addEventListener("abort", end, { once: true });
    return { [Symbol.dispose]: () => signal.removeEventListener("abort", end) };
  }
}
