import type { SessionEvent } from "../pipeline/session_event.ts";

/**
 * Knows which segment is being spoken in which lane. Once the session is to move to another instance, only what belongs to those segments is told:
 * what would begin here begins there, and is not settled here.
 */
export class Speaking {
  readonly #segments = new Map<number, number>();
  #leaving = false;
  #complete = true;
  /** The first segment of which something was not told. */
  #withheld = Infinity;

  /** Whether nothing is being spoken. */
  get silent(): boolean {
    return this.#segments.size === 0;
  }

  /** Whether everything was told: nothing is left to another instance. */
  get complete(): boolean {
    return this.#complete;
  }

  /** Nothing more begins. */
  leave(): void {
    this.#leaving = true;
  }

  /** Takes note of an event; returns whether it is to be told. */
  note(event: SessionEvent): boolean {
    switch (event.type) {
      case "speech":
        if (event.first && !this.#leaving) this.#segments.set(event.lane, event.segment.segment);
        return this.#pass(event.segment.segment, this.#segments.get(event.lane) === event.segment.segment);
      case "spoken":
      case "skipped":
      case "failed":
        return this.#pass(event.segment, this.#conclude(event.lane, event.segment));
      case "cancelled": {
        const segment = this.#segments.get(event.lane);
        if (segment !== undefined && segment <= event.through) this.#segments.delete(event.lane);
        return true;
      }
      case "settled":
        return event.through < this.#withheld;
      case "guessed":
        return !this.#leaving;
      case "segment":
        return this.#pass(event.segment.segment, false);
      case "caption":
        return this.#pass(event.segment, this.#segments.get(event.lane) === event.segment);
      case "ready":
      case "lanes":
      case "flushed":
        return this.#pass(undefined, false);
    }
  }

  /** Whether it was the segment that is being spoken in the lane that came to its end. */
  #conclude(lane: number | undefined, segment: number | undefined): boolean {
    const spoken = lane !== undefined && this.#segments.get(lane) === segment;
    if (spoken) this.#segments.delete(lane);
    return spoken;
  }

  #pass(segment: number | undefined, belongs: boolean): boolean {
    if (!this.#leaving || belongs) return true;
    this.#complete = false;
    this.#withheld = Math.min(this.#withheld, segment ?? Infinity);
    return false;
  }
}
