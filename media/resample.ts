// @ts-types="./speex_resampler.d.ts"
import loadSpeex from "speex-resampler";
import type { SpeexModule } from "./speex_resampler.d.ts";

/** From 0 to 10. At 7 the filter's own noise lies below that of 16-bit samples. */
const QUALITY = 7;
/** How many samples go through the module's memory at a time. */
const BLOCK_SAMPLES = 2048;

let loading: Promise<SpeexModule> | undefined;

/**
 * Changes the sample rate of mono audio that comes piece by piece. The result starts at the same moment as the input, is as long to the
 * nearest sample, and does not depend on how the input is cut. Samples are held back for the length of the filter, a few ms; `finish`
 * gives the last ones. It holds memory that no garbage collector sees: dispose of it.
 */
export class Resampler implements Disposable {
  /** The rate of the input, in Hz. */
  readonly from: number;
  /** The rate of the output, in Hz. */
  readonly to: number;
  readonly #speex: SpeexModule;
  /** The address of the filter's state; 0 once disposed of, and while the rates are equal. */
  #state: number;
  /** The address of two counts, input and output, a block of input and a block of output, of 4 bytes each. */
  readonly #memory: number;
  #read = 0;
  #written = 0;

  private constructor(from: number, to: number, speex: SpeexModule, state: number, memory: number) {
    this.from = from;
    this.to = to;
    this.#speex = speex;
    this.#state = state;
    this.#memory = memory;
  }

  /**
   * Creates a resampler; the first one loads the module.
   *
   * @throws {RangeError} when a rate is not a positive integer, or there is no memory for the filter.
   */
  static async create(from: number, to: number): Promise<Resampler> {
    for (const rate of [from, to]) {
      if (Number.isInteger(rate) && rate > 0) continue;
      throw new RangeError(`Cannot resample: the rate is ${rate} Hz, expected a positive integer`);
    }
    const speex = await (loading ??= loadSpeex());
    if (from === to) return new Resampler(from, to, speex, 0, 0);
    const state = speex._speex_resampler_init(1, from, to, QUALITY, 0);
    if (state === 0) {
      throw new RangeError(
        `Cannot resample: no filter from ${from} to ${to} Hz, expected one that fits into memory`,
      );
    }
    speex._speex_resampler_skip_zeros(state);
    return new Resampler(from, to, speex, state, speex._malloc(8 + 8 * BLOCK_SAMPLES));
  }

  /** Takes the next samples, 16-bit or between -1 and 1, and returns what they complete: the same array when there is nothing to do. */
  push(samples: Int16Array | Float32Array): Int16Array {
    if (this.from === this.to) return samples instanceof Int16Array ? samples : toInt16(samples);
    this.#read += samples.length;
    return this.#process(samples, Math.ceil(this.#read * this.to / this.from) - this.#written);
  }

  /** Returns the samples that were held back. Nothing may be pushed afterwards. */
  finish(): Int16Array {
    if (this.from === this.to) return new Int16Array(0);
    const missing = Math.round(this.#read * this.to / this.from) - this.#written;
    const silence = new Int16Array(BLOCK_SAMPLES);
    const rest = new Int16Array(missing);
    for (let filled = 0; filled < missing;) {
      const piece = this.#process(silence, missing - filled);
      rest.set(piece, filled);
      filled += piece.length;
    }
    return rest;
  }

  /** Gives the memory back; calling it again does nothing. */
  [Symbol.dispose](): void {
    if (this.#state === 0) return;
    this.#speex._speex_resampler_destroy(this.#state);
    this.#speex._free(this.#memory);
    this.#state = 0;
  }

  /** Puts samples through the filter until they or the room of `limit` samples are used up. */
  #process(samples: Int16Array | Float32Array, limit: number): Int16Array {
    if (this.#state === 0) {
      throw new TypeError("Cannot resample: the resampler was disposed of, expected one in use");
    }
    const output = new Int16Array(limit);
    let written = 0;
    for (let offset = 0; offset < samples.length && written < limit;) {
      const block = samples.subarray(offset, offset + BLOCK_SAMPLES);
      const [read, given] = this.#filter(block, output.subarray(written, written + BLOCK_SAMPLES));
      offset += read;
      written += given;
    }
    this.#written += written;
    return output.subarray(0, written);
  }

  /** One call of the module; returns how many samples it read and how many it wrote. */
  #filter(input: Int16Array | Float32Array, output: Int16Array): [read: number, written: number] {
    const speex = this.#speex;
    const counts = this.#memory;
    const from = counts + 8;
    const to = from + 4 * BLOCK_SAMPLES;
    if (input instanceof Int16Array) scale(input, speex.HEAPF32, from / 4);
    else speex.HEAPF32.set(input, from / 4);
    speex.HEAPU32[counts / 4] = input.length;
    speex.HEAPU32[counts / 4 + 1] = output.length;
    speex._speex_resampler_process_float(this.#state, 0, from, counts, to, counts + 4);
    const read = speex.HEAPU32[counts / 4]!;
    const written = speex.HEAPU32[counts / 4 + 1]!;
    round(speex.HEAPF32.subarray(to / 4, to / 4 + written), output);
    return [read, written];
  }
}

function toInt16(samples: Float32Array): Int16Array {
  const output = new Int16Array(samples.length);
  round(samples, output);
  return output;
}

/** 16-bit samples to the range from -1 to 1, at a place in `target`. */
function scale(samples: Int16Array, target: Float32Array, offset: number): void {
  for (let index = 0; index < samples.length; index += 1) target[offset + index] = samples[index]! / 32768;
}

/** Samples between -1 and 1 to 16 bits, at the start of `target`; louder ones are cut off. */
function round(samples: Float32Array, target: Int16Array): void {
  for (let index = 0; index < samples.length; index += 1) {
    target[index] = Math.max(-32768, Math.min(32767, Math.round(samples[index]! * 32768)));
  }
}
