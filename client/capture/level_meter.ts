/** How loud a stretch of sound was: 0 is silence, 1 the loudest there can be. */
export interface Level {
  readonly rms: number;
  readonly peak: number;
}

/** Measures how loud sound is, stretch by stretch. */
export class LevelMeter {
  readonly #windowSamples: number;
  #energy = 0;
  #peak = 0;
  #samples = 0;

  /** @param windowSamples how many samples make a stretch. */
  constructor(windowSamples: number) {
    this.#windowSamples = windowSamples;
  }

  /** Takes samples between -1 and 1; gives the level of the stretch that they complete, if they do. */
  push(samples: Float32Array): Level | undefined {
    let { length } = samples;
    let energy = 0;
    let peak = this.#peak;
    while (length-- > 0) {
      const sample = samples[length]!;
      energy += sample * sample;
      peak = Math.max(peak, Math.abs(sample));
    }
    this.#energy += energy;
    this.#peak = peak;
    this.#samples += samples.length;
    if (this.#samples < this.#windowSamples) return undefined;
    const level = { rms: Math.sqrt(this.#energy / this.#samples), peak };
    this.#energy = this.#peak = this.#samples = 0;
    return level;
  }
}
