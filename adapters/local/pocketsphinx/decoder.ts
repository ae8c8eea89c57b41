import type { Answer, Segment } from "./exchange.ts";
import { decoderFlags } from "./flags.ts";

const pocketsphinxSymbols = {
  ps_args: { parameters: [], result: "pointer" },
  ps_init: { parameters: ["pointer"], result: "pointer" },
  ps_start_stream: { parameters: ["pointer"], result: "i32" },
  ps_start_utt: { parameters: ["pointer"], result: "i32" },
  ps_end_utt: { parameters: ["pointer"], result: "i32" },
  ps_process_raw: { parameters: ["pointer", "buffer", "usize", "i32", "i32"], result: "i32" },
  ps_get_in_speech: { parameters: ["pointer"], result: "u8" },
  ps_seg_iter: { parameters: ["pointer"], result: "pointer" },
  ps_seg_next: { parameters: ["pointer"], result: "pointer" },
  ps_seg_word: { parameters: ["pointer"], result: "pointer" },
  ps_seg_frames: { parameters: ["pointer", "buffer", "buffer"], result: "void" },
} as const satisfies Deno.ForeignLibraryInterface;

const sphinxbaseSymbols = {
  cmd_ln_parse_r: { parameters: ["pointer", "pointer", "i32", "buffer", "i32"], result: "pointer" },
} as const satisfies Deno.ForeignLibraryInterface;

/** What the decoder needs and does not find on this machine. */
export class MissingError extends Error {
  readonly missing: "library" | "model";

  constructor(missing: "library" | "model", options?: ErrorOptions) {
    super(`Cannot start the decoder: its ${missing} is missing`, options);
    this.name = "MissingError";
    this.missing = missing;
  }
}

/**
 * The decoder of the libraries `libpocketsphinx.so.3` and `libsphinxbase.so.3` (5prealpha), which the system's loader finds wherever this
 * architecture has them. Its calls block while it decodes, so it lives in a process of its own.
 */
export class Decoder {
  #library: Deno.DynamicLibrary<typeof pocketsphinxSymbols>["symbols"];
  #decoder: Deno.PointerObject;
  #noise = new Noise();
  #speech = false;
  #first = new Int32Array(1);
  #last = new Int32Array(1);
  #firstBytes = new Uint8Array(this.#first.buffer);
  #lastBytes = new Uint8Array(this.#last.buffer);

  /**
   * Takes 0.3 to 0.6 s.
   *
   * @throws {MissingError} when a library or the model in the folder is missing.
   */
  constructor(modelFolder: string) {
    let base: Deno.DynamicLibrary<typeof sphinxbaseSymbols>;
    try {
      this.#library = Deno.dlopen("libpocketsphinx.so.3", pocketsphinxSymbols).symbols;
      base = Deno.dlopen("libsphinxbase.so.3", sphinxbaseSymbols);
    } catch (error) {
      throw new MissingError("library", { cause: error });
    }
    const strings = [
      "decoder",
      ...["-hmm", `${modelFolder}/en-us`],
      ...["-lm", `${modelFolder}/en-us.lm.bin`],
      ...["-dict", `${modelFolder}/cmudict-en-us.dict`],
      ...decoderFlags,
      ...["-logfn", "/dev/null"],
    ].map((text) => new TextEncoder().encode(`${text}\0`));
    const addresses = new BigUint64Array(
      strings.map((bytes) => Deno.UnsafePointer.value(Deno.UnsafePointer.of(bytes))),
    );
    const config = base.symbols.cmd_ln_parse_r(
      null,
      this.#library.ps_args(),
      strings.length,
      new Uint8Array(addresses.buffer),
      1,
    );
    if (!config) throw new TypeError("Cannot start the decoder: its flags are refused");
    const decoder = this.#library.ps_init(config);
    if (!decoder) throw new MissingError("model");
    this.#decoder = decoder;
    this.#library.ps_start_stream(decoder);
    this.#library.ps_start_utt(decoder);
  }

  /** Hears samples at 16 kHz; ends the utterance when there was silence for long enough. Changes the samples: noise is added. */
  hear(samples: Int16Array<ArrayBuffer>): Answer {
    this.#noise.add(samples);
    const bytes = new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);
    this.#library.ps_process_raw(this.#decoder, bytes, BigInt(samples.length), 0, 0);
    const spoke = this.#speech;
    this.#speech = this.#library.ps_get_in_speech(this.#decoder) !== 0;
    if (spoke && !this.#speech) return this.finish();
    return this.#speech ? { speech: true, segments: this.#segments() } : { speech: false };
  }

  /** Ends the utterance, wherever it is. */
  finish(): Answer {
    this.#library.ps_end_utt(this.#decoder);
    const segments = this.#segments();
    this.#speech = false;
    this.#library.ps_start_utt(this.#decoder);
    return { speech: false, segments, ended: true };
  }

  #segments(): Segment[] {
    const segments: Segment[] = [];
    let segment = this.#library.ps_seg_iter(this.#decoder);
    while (segment) {
      this.#library.ps_seg_frames(segment, this.#firstBytes, this.#lastBytes);
      const token = this.#library.ps_seg_word(segment);
      if (token) {
        segments.push([Deno.UnsafePointerView.getCString(token), this.#first[0]!, this.#last[0]!]);
      }
      segment = this.#library.ps_seg_next(segment);
    }
    return segments;
  }
}

/**
 * Noise of at most one step, the same in every run, to be added to samples: from digital silence the decoder would learn a noise floor of
 * nothing, and mishear the first words.
 */
class Noise {
  #state = 0x2545f491;

  add(samples: Int16Array): void {
    let state = this.#state;
    for (let index = 0; index < samples.length; index++) {
      // xorshift32 (Marsaglia, 2003)
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      const sample = samples[index]!;
      if (sample > -32768 && sample < 32767) samples[index] = sample + (state >> 31) + (state & 1);
    }
    this.#state = state;
  }
}
