/** The clause that is being heard, and how much of its speech was played, 0 to 1. */
export interface HeardClause {
  readonly segment: number;
  readonly share: number;
}

interface Stretch {
  readonly from: number;
  to: number;
}

/** Knows from when to when each clause lies on a lane's clock, and so how far it has been played. Forgets what was played. */
export class Playout {
  readonly #stretches = new Map<number, Stretch>();
  #speaking: number | undefined;

  /** Speech came. `segment` is there with a clause's first piece. */
  arrived(position: number, samples: number, segment?: number): void {
    if (segment !== undefined) {
      this.#speaking = segment;
      this.#stretches.set(segment, { from: position, to: position });
    }
    const stretch = this.#speaking === undefined ? undefined : this.#stretches.get(this.#speaking);
    if (stretch) stretch.to = Math.max(stretch.to, position + samples);
  }

  /** Speech was played up to a position; returns what is being heard, or `undefined` when the clause is over. */
  played(segment: number, position: number, done: boolean): HeardClause | undefined {
    const stretch = this.#stretches.get(segment);
    for (const known of this.#stretches.keys()) if (known < segment) this.#stretches.delete(known);
    if (done) {
      this.#stretches.delete(segment);
      return undefined;
    }
    const samples = stretch ? stretch.to - stretch.from : 0;
    const share = stretch && samples > 0 ? (position - stretch.from) / samples : 0;
    return { segment, share: Math.min(1, Math.max(0, share)) };
  }
}
