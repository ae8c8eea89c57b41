/** Where the lag controller begins and ends to hurry. */
export interface PaceRules {
  /** Up to this backlog the voice is natural, in ms. */
  readonly easyMs: number;
  /** From this backlog on it is as fast as allowed, in ms. */
  readonly hurriedMs: number;
  /** The fastest factor. */
  readonly maxSpeed: number;
}

/** A quarter faster at most: what listeners still follow without effort. */
export const defaultPaceRules: PaceRules = { easyMs: 1000, hurriedMs: 4000, maxSpeed: 1.25 };

/**
 * Keeps a lane from falling behind for good, on media time alone: it models when the listener's playout of everything spoken so far ends,
 * and asks for a faster voice while that is late.
 */
export class Pace {
  readonly #rules: PaceRules;
  #playoutEndMs = 0;

  constructor(rules: PaceRules = defaultPaceRules) {
    this.#rules = rules;
  }

  /** How fast to speak a segment whose source ended at `endMs`: 1 is natural. */
  speedFor(endMs: number): number {
    const { easyMs, hurriedMs, maxSpeed } = this.#rules;
    const backlogMs = this.#playoutEndMs - endMs;
    const hurry = Math.min(1, Math.max(0, (backlogMs - easyMs) / (hurriedMs - easyMs)));
    return 1 + hurry * (maxSpeed - 1);
  }

  /**
   * Tells that a segment was spoken: its source ended at `endMs`, its first audio came `ttfabMs` later, and it lasts `audioMs`.
   *
   * @returns the lag: from the end of its source to the start of its playout, in ms.
   */
  spoke(endMs: number, ttfabMs: number, audioMs: number): number {
    const startMs = Math.max(this.#playoutEndMs, endMs + ttfabMs);
    this.#playoutEndMs = startMs + audioMs;
    return startMs - endMs;
  }
}
