/** The parts of the speex-resampler WebAssembly module that are used; it ships without types. Addresses point into its memory. */
export interface SpeexModule {
  /** Views of the memory; they are replaced when it grows. */
  readonly HEAPF32: Float32Array;
  readonly HEAPU32: Uint32Array;
  _malloc(bytes: number): number;
  _free(address: number): void;
  /** Returns the state's address, or 0; `error` is the address of an error code or 0. */
  _speex_resampler_init(
    channels: number,
    inputRate: number,
    outputRate: number,
    quality: number,
    error: number,
  ): number;
  _speex_resampler_destroy(state: number): void;
  _speex_resampler_skip_zeros(state: number): number;
  /** `inputCount` and `outputCount` are addresses of sample counts: room before the call, samples used after it. Returns 0 or an error code. */
  _speex_resampler_process_float(
    state: number,
    channel: number,
    input: number,
    inputCount: number,
    output: number,
    outputCount: number,
  ): number;
}

/** Loads the module with a memory of its own. */
export default function load(): Promise<SpeexModule>;
