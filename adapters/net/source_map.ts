/** Up to where and how the audio of a connection follows its source. */
interface Stretch {
  /** Its first sample in the audio of the connection. */
  readonly at: number;
  /** The same sample on the source's clock. */
  readonly position: number;
  /** Whether the source goes on in it, or waits while something else is put in. */
  readonly flows: boolean;
}

/** How many stretches are kept; the oldest are forgotten first. */
const stretchLimit = 256;

/** Where in the source the audio of a connection comes from: gaps of the source are left out of it, and silence is put in. */
export class SourceMap {
  /** Samples a second of the source. */
  readonly rate: number;
  readonly #stretches: Stretch[] = [];
  #length = 0;

  /** @param rate samples a second of the source, in which the audio is counted on both sides. */
  constructor(rate: number) {
    this.rate = rate;
  }

  /** The place on the source's clock after the last sample; `undefined` before the first. */
  get to(): number | undefined {
    const last = this.#stretches.at(-1);
    if (!last) return undefined;
    return last.position + (last.flows ? this.#length - last.at : 0);
  }

  /** How much audio there is, in ms. */
  get lengthMs(): number {
    return this.#length * 1000 / this.rate;
  }

  /** So many samples of the source follow, from `position` on. */
  flow(position: number, samples: number): void {
    const last = this.#stretches.at(-1);
    if (!last?.flows || this.to !== position) this.#begin({ at: this.#length, position, flows: true });
    this.#length += samples;
  }

  /** So many samples follow that are not in the source. */
  hold(samples: number): void {
    const last = this.#stretches.at(-1);
    if (last?.flows !== false) this.#begin({ at: this.#length, position: this.to ?? 0, flows: false });
    this.#length += samples;
  }

  /**
   * The place on the source's clock, in samples, of a moment of the connection, in ms. Where the source jumps at that very moment, the place before the jump
   * for what ends there, and the one after it for what begins there.
   */
  positionAt(ms: number, side: "begins" | "ends"): number {
    const at = Math.min(this.#length, ms * this.rate / 1000);
    const index = this.#stretches.findLastIndex((stretch) =>
      side === "begins" ? stretch.at <= at : stretch.at < at
    );
    const stretch = this.#stretches[Math.max(0, index)];
    if (!stretch) return 0;
    const next = this.#stretches[Math.max(0, index) + 1];
    const within = stretch.flows ? Math.max(0, Math.min(at, next?.at ?? at) - stretch.at) : 0;
    return stretch.position + within;
  }

  #begin(stretch: Stretch): void {
    this.#stretches.push(stretch);
    if (this.#stretches.length > stretchLimit) this.#stretches.shift();
  }
}
