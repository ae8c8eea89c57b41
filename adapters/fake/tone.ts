const amplitude = 8192;

/** A tone without an end or a seam, from a table of one second that is computed once: for sound that only has to be there. */
export class Tone {
  #table: Int16Array;

  /** @param hertz a whole number, so that a second of it ends where it begins. */
  constructor(hertz: number, rate: number) {
    // A cosine: its first sample is as loud as it gets.
    this.#table = Int16Array.from(
      { length: rate },
      (_, index) => amplitude * Math.cos(2 * Math.PI * hertz * index / rate),
    );
  }

  /** `length` samples of it from `position` on. */
  samples(position: number, length: number): Int16Array {
    const table = this.#table;
    const samples = new Int16Array(length);
    let filled = 0;
    while (filled < length) {
      const from = (position + filled) % table.length;
      const part = table.subarray(from, from + length - filled);
      samples.set(part, filled);
      filled += part.length;
    }
    return samples;
  }
}
