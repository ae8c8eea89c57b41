/** −50 dBFS: what is quieter is not heard. */
const audible = Math.round(32768 * 10 ** (-50 / 20));

/**
 * Takes the silence off both ends of a piece of speech as it comes in. Silence in the middle is held back until sound follows it, and
 * goes on early when there is more of it than `heldLimit`.
 */
export class SilenceTrimmer {
  #tail: number;
  #heldLimit: number;
  #begun = false;
  #held = new Int16Array(0);

  /** `tail`: how much of the silence at the end stays; `heldLimit`: how much is held back at most; in samples. */
  constructor({ tail, heldLimit }: { tail: number; heldLimit: number }) {
    this.#tail = tail;
    this.#heldLimit = heldLimit;
  }

  /** What can be heard now of the samples that came in so far. */
  push(samples: Int16Array): Int16Array {
    const last = samples.findLastIndex(isAudible);
    if (last < 0) return this.#hold(samples);
    const first = this.#begun ? 0 : samples.findIndex(isAudible);
    const sounding = concat(this.#held, samples.subarray(first, last + 1));
    this.#begun = true;
    this.#held = samples.slice(last + 1);
    return sounding;
  }

  /** What is left of the silence at the end. */
  end(): Int16Array {
    return this.#held.slice(0, this.#tail);
  }

  #hold(samples: Int16Array): Int16Array {
    if (!this.#begun) return new Int16Array(0);
    const held = concat(this.#held, samples);
    const excess = Math.max(0, held.length - this.#heldLimit);
    this.#held = held.slice(excess);
    return held.subarray(0, excess);
  }
}

function isAudible(sample: number): boolean {
  return Math.abs(sample) > audible;
}

function concat(one: Int16Array, other: Int16Array): Int16Array<ArrayBuffer> {
  const samples = new Int16Array(one.length + other.length);
  samples.set(one);
  samples.set(other, one.length);
  return samples;
}
