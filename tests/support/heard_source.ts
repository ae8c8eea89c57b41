import type { Frame } from "../../pipeline/audio.ts";

/** What a service heard of one session: every sample with its place, to be compared with what was said. */
export class HeardSource {
  readonly #frames: Frame[] = [];

  /** Takes a frame; for `liveService({ onFrame })`. */
  readonly take = (frame: Frame): void =>
    void this.#frames.push({ ...frame, samples: frame.samples.slice() });

  /** One past the last sample. */
  get end(): number {
    const last = this.#frames.at(-1);
    return last ? last.position + last.samples.length : 0;
  }

  /** The source as a whole; what was left out is silence. */
  get samples(): Int16Array {
    const samples = new Int16Array(this.end);
    for (const frame of this.#frames) samples.set(frame.samples, frame.position);
    return samples;
  }

  /** Where samples were left out, in samples. */
  get gaps(): readonly { readonly position: number; readonly samples: number }[] {
    let end = 0;
    return this.#frames.flatMap(({ position, samples }) => {
      const gap = { position: end, samples: position - end };
      end = position + samples.length;
      return gap.samples === 0 ? [] : [gap];
    });
  }
}
