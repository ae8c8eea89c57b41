import { isAfter } from "../protocol/sequence.ts";
import type { NumberedServerMessage, Totals } from "../protocol/server_message.ts";

/** Counts what a session comes to, over all the instances that it was at: each of them knows only its own part. */
export class Balance {
  #segment = 0;
  #segments = 0;
  #skipped = 0;
  #spokenMs = 0;
  #earlierMs = 0;
  #moved = false;

  /** Takes note of what is told. */
  note(message: NumberedServerMessage): void {
    switch (message.type) {
      case "segment":
        if (!isAfter(message.segment, this.#segment)) return;
        this.#segment = message.segment;
        this.#segments += 1;
        return;
      case "timing":
        this.#spokenMs += message.audioMs;
        return;
      case "skipped":
        this.#skipped += 1;
        return;
      case "error":
        if (message.segment !== undefined) this.#skipped += 1;
    }
  }

  /** Another instance goes on; it hears nothing of the first `earlierMs` of the source. */
  move(earlierMs: number): void {
    this.#moved = true;
    this.#earlierMs = earlierMs;
  }

  /** The totals of the whole session, with those of the last instance. */
  totals(last: Totals): Totals {
    if (!this.#moved) return last;
    const { sourceMs } = last;
    const spokenMs = this.#spokenMs;
    return {
      sourceMs: this.#earlierMs + sourceMs,
      segments: this.#segments,
      skipped: this.#skipped,
      spokenMs,
    };
  }
}
