import type { SessionEvent } from "../pipeline/session_event.ts";

/**
 * Knows which segment is being spoken in which lane. Once the session is to move to another instance, only what belongs to those segments is told:
 * what would begin here begins there, and is not settled here.
 */
export class Speaking {
  readonly #segments = new Map<number, number>();
  #leaving = false;
  /** Whether what is settled now has been told in full. */
  #told = true;

  /** Whether nothing is being spoken. */
  get silent(): boolean {
    return this.#segments.size === 0;
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
        return this.#pass(this.#segments.get(event.lane) === event.segment.segment);
      case "spoken":
      case "skipped":
      case "failed":
        return this.#conclude(event.lane, event.segment);
      case "cancelled": {
        const segment = this.#segments.get(event.lane);
        if (segment !== undefined && segment <= event.through) this.#segments.delete(event.lane);
        return true;
      }
      case "settled":
        return this.#told;
      default:
        return this.#pass(false);
    }
  }

  #conclude(lane: number | undefined, segment: number | undefined): boolean {
    const spoken = lane !== undefined && this.#segments.get(lane) === segment;
    if (spoken) this.#segments.delete(lane);
    return this.#pass(spoken);
  }

  #pass(belongs: boolean): boolean {
    if (!this.#leaving) return true;
    this.#told = belongs;
    return belongs;
  }
}
