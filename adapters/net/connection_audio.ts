import type { Frame } from "../../pipeline/audio.ts";
import type { ChunkLimits } from "./recognizer_wire.ts";
import { SourceMap } from "./source_map.ts";

/** A gap in the source is filled with silence up to this length; the rest of a longer one is left out. */
const gapMs = 1000;

/** Changes the rate of audio that comes piece by piece; what it holds back comes with later pieces, and its result is as long as its input. */
export interface RateConverter extends Disposable {
  push(samples: Int16Array): Int16Array;
}

/** Options of {@linkcode ConnectionAudio}. */
export interface ConnectionAudioOptions {
  /** Samples a second of the source, and of what is sent. */
  readonly sourceRate: number;
  readonly rate: number;
  readonly chunk: ChunkLimits;
  /** Needed where the rates differ. */
  readonly converter?: RateConverter | undefined;
}

/** What is sent over one connection: the audio of the source in pieces of the size that the provider likes best, and where each moment of it comes from. */
export class ConnectionAudio implements Disposable {
  readonly map: SourceMap;
  readonly #options: ConnectionAudioOptions;
  readonly #pending: Int16Array<ArrayBuffer>;
  #filled = 0;
  #given = 0;

  constructor(options: ConnectionAudioOptions) {
    this.#options = options;
    this.map = new SourceMap(options.sourceRate);
    this.#pending = new Int16Array(Math.round(options.chunk.bestMs * options.rate / 1000));
  }

  /** Samples a second of the pieces. */
  get rate(): number {
    return this.#options.rate;
  }

  /** Takes a frame; returns the pieces that are whole with it. What was taken before is left out. */
  push({ position, samples }: Pick<Frame, "position" | "samples">): Int16Array[] {
    const expected = this.map.to ?? position;
    const fresh = position < expected ? samples.subarray(expected - position) : samples;
    if (fresh.length === 0) return [];
    const begins = Math.max(position, expected);
    const chunks: Int16Array[] = [];
    const gap = Math.min(begins - expected, gapMs * this.#options.sourceRate / 1000);
    if (gap > 0) {
      this.map.flow(expected, gap);
      this.#cut(this.#convert(new Int16Array(gap)), chunks);
    }
    this.map.flow(begins, fresh.length);
    this.#cut(this.#convert(fresh), chunks);
    return chunks;
  }

  /** What is left, as a piece of its own that is not too short, so that everything that was taken is given out. */
  rest(): Int16Array[] {
    const { sourceRate, rate, chunk: { minMs = 0 }, converter } = this.#options;
    const chunks: Int16Array[] = [];
    if (converter) {
      // Silence drives out what the filter holds back.
      const heldBack = Math.round(this.map.lengthMs * rate / 1000) - this.#given - this.#filled;
      if (heldBack > 0) this.#hold(Math.ceil(heldBack * sourceRate / rate), chunks);
    }
    if (this.#filled === 0) return chunks;
    const missing = Math.ceil(minMs * rate / 1000) - this.#filled;
    if (missing > 0) this.#hold(Math.ceil(missing * sourceRate / rate), chunks);
    if (this.#filled > 0) this.#give(this.#pending.slice(0, this.#filled), chunks);
    this.#filled = 0;
    return chunks;
  }

  /** What is left, followed by silence that is not in the source. */
  silence(ms: number): Int16Array[] {
    const chunks: Int16Array[] = [];
    this.#hold(Math.round(ms * this.#options.sourceRate / 1000), chunks);
    return [...chunks, ...this.rest()];
  }

  [Symbol.dispose](): void {
    this.#options.converter?.[Symbol.dispose]();
  }

  #hold(samples: number, chunks: Int16Array[]): void {
    this.map.hold(samples);
    this.#cut(this.#convert(new Int16Array(samples)), chunks);
  }

  #convert(samples: Int16Array): Int16Array {
    return this.#options.converter?.push(samples) ?? samples;
  }

  #cut(samples: Int16Array, chunks: Int16Array[]): void {
    for (let at = 0; at < samples.length;) {
      const taken = Math.min(samples.length - at, this.#pending.length - this.#filled);
      this.#pending.set(samples.subarray(at, at + taken), this.#filled);
      this.#filled += taken;
      at += taken;
      if (this.#filled < this.#pending.length) return;
      this.#give(this.#pending.slice(), chunks);
      this.#filled = 0;
    }
  }

  #give(chunk: Int16Array, chunks: Int16Array[]): void {
    this.#given += chunk.length;
    chunks.push(chunk);
  }
}
