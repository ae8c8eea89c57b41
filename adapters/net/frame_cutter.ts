import type { Frame } from "../../pipeline/audio.ts";

/** Cuts audio that comes in pieces of any length into frames of at most 100 ms, and counts their positions; nothing is held back. */
export class FrameCutter {
  readonly #rate: number;
  #position = 0;

  constructor(rate: number) {
    this.#rate = rate;
  }

  /** How many samples there were so far. */
  get position(): number {
    return this.#position;
  }

  /** The frames of the next samples. */
  *cut(samples: Int16Array): Generator<Frame> {
    const most = this.#rate / 10;
    for (let at = 0; at < samples.length; at += most) {
      const piece = samples.subarray(at, at + most);
      const position = this.#position;
      this.#position += piece.length;
      yield { type: "frame", rate: this.#rate, position, samples: piece };
    }
  }
}
