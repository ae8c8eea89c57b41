import { type LanguageTag, primarySubtag } from "../pipeline/language.ts";
import type { SessionEvent } from "../pipeline/session_event.ts";
import type { Ledger } from "../pipeline/timing.ts";
import { Erasure } from "./erasure.ts";

/** A segment was spoken to its end. */
export type Spoken = Extract<SessionEvent, { type: "spoken" }>;
/** A piece of work was given up. */
export type Failed = Extract<SessionEvent, { type: "failed" }>;

/** What is known of one lane of a session that is watched. */
export class WatchedLane {
  readonly labels: { readonly source: string; readonly target: string };
  readonly captions: Erasure;
  /** Whether it is still one of the session's. */
  current = true;
  #ledger: Ledger | undefined;
  #doneThrough: number | undefined;

  /** @param cut the last segment that it does not get. */
  constructor(source: string, target: LanguageTag, cut: number | undefined) {
    this.labels = { source, target: primarySubtag(target) };
    this.captions = new Erasure(target);
    this.#doneThrough = cut;
  }

  /** The ledger of the segment that is being spoken. */
  get ledger(): Ledger | undefined {
    return this.#ledger;
  }

  /** A segment begins to be spoken. */
  begin(ledger: Ledger): void {
    this.#ledger = ledger;
  }

  /** The lane has nothing more to do with segments up to this one. */
  doneThrough(segment: number): void {
    this.#doneThrough = Math.max(this.#doneThrough ?? 0, segment);
  }

  /** How many segments wait here when `cut` is the last that there is. */
  waiting(cut: number | undefined): number {
    return this.current && cut !== undefined ? Math.max(0, cut - (this.#doneThrough ?? 0)) : 0;
  }
}
