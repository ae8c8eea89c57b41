import type { DecoderClient } from "../../../../../adapters/local/pocketsphinx/decoder_process.ts";
import type { Answer, RequestKind, Segment } from "../../../../../adapters/local/pocketsphinx/exchange.ts";
import { PipelineError } from "../../../../../pipeline/error.ts";

const frameSamples = 160;
const endpointSamples = 300 * 16;

/** Options of a {@linkcode LevelDecoder}. */
export interface LevelDecoderOptions {
  /** Is called at each request, with its number from 0; a rejection ends the decoder. */
  readonly onAsk?: (request: number) => void | Promise<void>;
}

/**
 * A decoder for levels instead of speech: a stretch of equal samples is a word, named by its level, and zeros are silence. A word that is
 * cut in two, lost or heard twice therefore shows.
 */
export class LevelDecoder implements DecoderClient {
  alive = true;
  used = false;
  /** How many samples it was given, and how many at most in one request. */
  given = 0;
  largest = 0;
  #requests = 0;
  #segments: { level: number; start: number; end: number }[] = [];
  #onAsk: LevelDecoderOptions["onAsk"];

  constructor(options: LevelDecoderOptions = {}) {
    this.#onAsk = options.onAsk;
  }

  async ask(kind: RequestKind, samples = new Int16Array()): Promise<Answer> {
    this.used = true;
    if (!this.alive) throw new PipelineError("unavailable", "The decoder has ended");
    try {
      await this.#onAsk?.(this.#requests);
    } catch (error) {
      this.alive = false;
      throw error;
    }
    this.#requests += 1;
    return kind === "finish" ? this.#finish() : this.#hear(samples);
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.alive = false;
    return Promise.resolve();
  }

  #hear(samples: Int16Array): Answer {
    this.largest = Math.max(this.largest, samples.length);
    for (const level of samples) {
      const last = this.#segments.at(-1);
      if (last?.level === level) last.end += 1;
      else if (last || level !== 0) {
        this.#segments.push({ level, start: this.given, end: this.given + 1 });
      }
      this.given += 1;
    }
    const last = this.#segments.at(-1);
    if (!last) return { speech: false };
    if (last.level === 0 && last.end - last.start >= endpointSamples) return this.#finish();
    return { speech: true, segments: this.#heard() };
  }

  #finish(): Answer {
    const segments = this.#heard();
    this.#segments = [];
    return { speech: false, segments, ended: true };
  }

  #heard(): Segment[] {
    return this.#segments.map(({ level, start, end }) => [
      level === 0 ? "<sil>" : `w${level}`,
      Math.floor(start / frameSamples),
      Math.ceil(end / frameSamples) - 1,
    ]);
  }
}
