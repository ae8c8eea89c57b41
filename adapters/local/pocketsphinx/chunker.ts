import type { Frame } from "../../../pipeline/audio.ts";

/** A piece of the source, in the size that the decoder is given. */
export interface Chunk {
  readonly position: number;
  readonly samples: Int16Array;
}

/**
 * Cuts frames of any size into chunks of one size, so that what is heard does not depend on how the audio came. A short gap is filled with
 * silence; what was there before is left out; a long gap ends the chunk early.
 */
export class Chunker {
  #chunkSamples: number;
  #gapLimit: number;
  #buffer: Int16Array;
  #filled = 0;
  #position: number | undefined;

  /** @param options.gapLimit how much silence is put in at most, in samples. */
  constructor(options: { readonly chunkSamples: number; readonly gapLimit: number }) {
    this.#chunkSamples = options.chunkSamples;
    this.#gapLimit = options.gapLimit;
    this.#buffer = new Int16Array(options.chunkSamples);
  }

  /** The chunks that the frame completes, made as they are asked for. The frame has to stay as it is until then. */
  *push(frame: Frame): Generator<Chunk, void> {
    this.#position ??= frame.position;
    const gap = frame.position - this.#position - this.#filled;
    if (gap > this.#gapLimit) {
      yield* this.rest();
      this.#position = frame.position;
    } else if (gap > 0) {
      yield* this.#add(new Int16Array(gap));
    }
    const heard = this.#position + this.#filled - frame.position;
    yield* this.#add(frame.samples.subarray(Math.max(0, heard)));
  }

  /** What is left over from the last chunk, if anything. */
  *rest(): Generator<Chunk, void> {
    if (this.#filled > 0) yield this.#take();
  }

  *#add(samples: Int16Array): Generator<Chunk, void> {
    let added = 0;
    while (added < samples.length) {
      const count = Math.min(samples.length - added, this.#chunkSamples - this.#filled);
      this.#buffer.set(samples.subarray(added, added + count), this.#filled);
      this.#filled += count;
      added += count;
      if (this.#filled === this.#chunkSamples) yield this.#take();
    }
  }

  #take(): Chunk {
    const chunk = { position: this.#position!, samples: this.#buffer.slice(0, this.#filled) };
    this.#position! += this.#filled;
    this.#filled = 0;
    return chunk;
  }
}
