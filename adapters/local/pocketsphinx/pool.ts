import { PipelineError } from "../../../pipeline/error.ts";
import { unlessAborted } from "../../../flow/abortable.ts";
import type { DecoderClient } from "./decoder_process.ts";

/** Options of a {@linkcode DecoderPool}. */
export interface DecoderPoolOptions {
  /** Starts a decoder. */
  readonly start: () => Promise<DecoderClient>;
  /** How many decoders wait for a session, at least 0. */
  readonly warm: number;
  /** How many decoders there may be, at least 1. */
  readonly max: number;
}

/**
 * Decoders that are ready before a session asks for one. A decoder has one session in its life: to make it forget the speaker takes as long
 * as to start another one. One that was never asked anything goes back.
 */
export class DecoderPool implements AsyncDisposable {
  #options: DecoderPoolOptions;
  #waiting: Promise<DecoderClient>[] = [];
  #leases = new Set<Lease>();
  #ending = new Set<Promise<void>>();
  #disposed = false;

  /** Begins to start the warm decoders. */
  constructor(options: DecoderPoolOptions) {
    this.#options = options;
    this.#warmUp();
  }

  /**
   * Takes a decoder for a session.
   *
   * @throws {PipelineError} `concurrency` when all of them are taken, or why none can be started; `signal.reason` when the signal aborts.
   */
  async lease(signal: AbortSignal): Promise<Lease> {
    signal.throwIfAborted();
    const { max } = this.#options;
    if (this.#leases.size >= max) {
      throw new PipelineError("concurrency", `Cannot open a session: all ${max} decoders are in use`, {
        retryAfterMs: 1000,
      });
    }
    const lease: Lease = new Lease({
      take: (signal) => this.#take(signal),
      end: (decoder) => this.#end(decoder),
      release: (decoder) => this.#release(lease, decoder),
    });
    this.#leases.add(lease);
    try {
      await lease.replace(signal);
    } catch (error) {
      await lease.release();
      throw error;
    }
    return lease;
  }

  /** Ends all decoders, those in use too. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#disposed = true;
    for (const starting of this.#waiting.splice(0)) this.#discard(starting);
    for (const lease of this.#leases) lease.release();
    while (this.#ending.size > 0) await Promise.all(this.#ending);
  }

  async #take(signal: AbortSignal): Promise<DecoderClient> {
    while (true) {
      const prepared = this.#waiting.shift();
      const starting = prepared ?? this.#options.start();
      let decoder: DecoderClient;
      try {
        decoder = await unlessAborted(starting, signal);
      } catch (error) {
        if (signal.aborted) this.#discard(starting);
        else if (prepared) continue;
        throw error;
      }
      this.#warmUp();
      if (decoder.alive) return decoder;
      await this.#end(decoder);
    }
  }

  async #release(lease: Lease, decoder: DecoderClient | undefined): Promise<void> {
    const { warm } = this.#options;
    if (decoder?.alive && !decoder.used && !this.#disposed && this.#waiting.length < warm) {
      this.#waiting.unshift(Promise.resolve(decoder));
    } else if (decoder) {
      await this.#end(decoder);
    }
    this.#leases.delete(lease);
    this.#warmUp();
  }

  #warmUp(): void {
    const { start, warm, max } = this.#options;
    while (!this.#disposed && this.#waiting.length < Math.min(warm, max - this.#leases.size)) {
      const starting = start();
      this.#waiting.push(starting);
      // What prevents a start in advance also prevents the next one, which tells whoever asks for a decoder.
      starting.catch(() => {});
    }
  }

  #discard(starting: Promise<DecoderClient>): void {
    this.#track(starting.then((decoder) => decoder[Symbol.asyncDispose](), () => {}));
  }

  #end(decoder: DecoderClient): Promise<void> {
    return this.#track(Promise.resolve(decoder[Symbol.asyncDispose]()));
  }

  #track(ending: Promise<void>): Promise<void> {
    const tracked = ending.finally(() => this.#ending.delete(tracked));
    this.#ending.add(tracked);
    return tracked;
  }
}

/** What a {@linkcode Lease} has its pool do. */
interface Lessor {
  take(signal: AbortSignal): Promise<DecoderClient>;
  end(decoder: DecoderClient): Promise<void>;
  release(decoder: DecoderClient | undefined): Promise<void>;
}

/** A decoder that a session has to itself, and its place in the pool. */
export class Lease {
  #lessor: Lessor;
  #decoder: DecoderClient | undefined;
  #released: Promise<void> | undefined;

  constructor(lessor: Lessor) {
    this.#lessor = lessor;
  }

  /** @throws {TypeError} when there is none: it was released, or is being replaced. */
  get decoder(): DecoderClient {
    if (!this.#decoder) throw new TypeError("Cannot use the decoder: its session was disposed");
    return this.#decoder;
  }

  /** Ends the decoder and takes another one instead; rejects as `DecoderPool.lease` does. */
  async replace(signal: AbortSignal): Promise<void> {
    const old = this.#decoder;
    this.#decoder = undefined;
    if (old) await this.#lessor.end(old);
    const decoder = await this.#lessor.take(signal);
    if (this.#released) await this.#lessor.end(decoder);
    else this.#decoder = decoder;
  }

  /** Gives the place back once the decoder has ended; calling it again does nothing more. */
  release(): Promise<void> {
    if (!this.#released) {
      const decoder = this.#decoder;
      this.#decoder = undefined;
      this.#released = this.#lessor.release(decoder);
    }
    return this.#released;
  }
}
