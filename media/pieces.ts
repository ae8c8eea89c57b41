const SHORTEST_MS = 10;
const LONGEST_MS = 100;

/**
 * Cuts and joins samples into pieces of 10 to 100 ms, so that audio that trickles in does not cost a turn for every sample, and audio
 * that comes at once does not pass as one lump. Nothing of 10 ms or more is held back.
 */
export class Pieces {
  readonly #shortest: number;
  readonly #longest: number;
  /** What was too short to be handed on. */
  #held: Int16Array;
  #heldSamples = 0;

  /** `rate` is in Hz. */
  constructor(rate: number) {
    this.#shortest = Math.ceil(rate * SHORTEST_MS / 1000);
    this.#longest = Math.floor(rate * LONGEST_MS / 1000);
    this.#held = new Int16Array(this.#shortest);
  }

  /** Takes samples and gives the pieces that they complete; take all of them before the next call. */
  *push(samples: Int16Array): Generator<Int16Array, void> {
    let rest = samples;
    while (this.#heldSamples + rest.length >= this.#shortest) {
      const room = this.#longest - this.#heldSamples;
      const piece = this.#heldSamples === 0 ? rest.subarray(0, room) : this.#joined(rest.subarray(0, room));
      rest = rest.subarray(Math.min(room, rest.length));
      this.#heldSamples = 0;
      yield piece;
    }
    this.#held.set(rest, this.#heldSamples);
    this.#heldSamples += rest.length;
  }

  /** Gives what is left, if anything. */
  *finish(): Generator<Int16Array, void> {
    if (this.#heldSamples > 0) yield this.#held.slice(0, this.#heldSamples);
    this.#heldSamples = 0;
  }

  #joined(samples: Int16Array): Int16Array {
    const piece = new Int16Array(this.#heldSamples + samples.length);
    piece.set(this.#held.subarray(0, this.#heldSamples));
    piece.set(samples, this.#heldSamples);
    return piece;
  }
}
