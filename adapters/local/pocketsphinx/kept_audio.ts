import type { Chunk } from "./chunker.ts";

/**
 * The latest part of the source, to be heard again by another decoder, and a place in it: how far the present decoder has been given it. It
 * is as long as what is kept; whoever adds to it also drops.
 */
export class KeptAudio {
  #chunks: Chunk[] = [];
  #next = 0;

  /** How many samples it holds. */
  get size(): number {
    return this.#chunks.reduce((sum, { samples }) => sum + samples.length, 0);
  }

  /** The chunk at the place; `undefined` at the end. */
  get next(): Chunk | undefined {
    return this.#chunks[this.#next];
  }

  /** Adds a chunk at the end. */
  push(chunk: Chunk): void {
    this.#chunks.push(chunk);
  }

  /** Moves the place behind the next chunk. */
  advance(): void {
    if (this.#next < this.#chunks.length) this.#next += 1;
  }

  /** Moves the place back to the beginning. */
  restart(): void {
    this.#next = 0;
  }

  /** Moves the place to a position, which cuts the chunk that it lies within in two. */
  moveTo(position: number): void {
    const index = this.#chunks.findIndex((chunk) => chunk.position + chunk.samples.length > position);
    this.#next = index < 0 ? this.#chunks.length : index;
    const chunk = this.#chunks[index];
    if (!chunk || chunk.position >= position) return;
    const cut = position - chunk.position;
    this.#chunks.splice(
      index,
      1,
      { position: chunk.position, samples: chunk.samples.subarray(0, cut) },
      { position, samples: chunk.samples.subarray(cut) },
    );
    this.#next += 1;
  }

  /** Drops the chunks that end at or before a position and before the place. */
  drop(position: number): void {
    let count = 0;
    while (count < this.#next) {
      const { position: start, samples } = this.#chunks[count]!;
      if (start + samples.length > position) break;
      count += 1;
    }
    if (count === 0) return;
    this.#chunks.splice(0, count);
    this.#next -= count;
  }
}
