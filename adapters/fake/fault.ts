import { type ErrorKind, PipelineError } from "../../pipeline/error.ts";

/** A failure to be played: an error of this kind, or a silence. */
export interface Fault {
  readonly fault: ErrorKind | "stall";
  /** How long a silence lasts before the connection is lost; until an abort by default. */
  readonly silence?: (signal: AbortSignal) => Promise<void>;
  /** How often it is played before all is well again; 1 by default. */
  readonly times?: number;
  /** Handed on with the error. */
  readonly retryAfterMs?: number;
}

/** A list of faults together with how often each of them is still to be played. */
export class Faults<F extends Fault> {
  #left: { readonly fault: F; times: number }[];

  constructor(faults: readonly F[] = []) {
    this.#left = faults.map((fault) => ({ fault, times: fault.times ?? 1 }));
  }

  /** The first fault that is still to be played and that `applies`, without playing it. */
  next(applies: (fault: F) => boolean): F | undefined {
    return this.#left.find(({ fault, times }) => times > 0 && applies(fault))?.fault;
  }

  /** Counts the fault as played, and plays it: throws its error, or waits until the signal aborts. */
  async play(fault: F, what: string, signal: AbortSignal): Promise<never> {
    const entry = this.#left.find((entry) => entry.fault === fault && entry.times > 0);
    if (entry) entry.times -= 1;
    if (fault.fault === "stall") await (fault.silence ?? forever)(signal);
    throw new PipelineError(
      fault.fault === "stall" ? "unavailable" : fault.fault,
      `${what}: this failure is in the script`,
      fault.retryAfterMs === undefined ? {} : { retryAfterMs: fault.retryAfterMs },
    );
  }

  /** Plays the first fault that applies, if there is one. */
  async playNext(applies: (fault: F) => boolean, what: string, signal: AbortSignal): Promise<void> {
    const fault = this.next(applies);
    if (fault) await this.play(fault, what, signal);
  }
}

/** Never resolves; rejects with `signal.reason` when the signal aborts. */
export function forever(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) return reject(signal.reason);
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}
