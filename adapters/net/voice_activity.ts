import { PipelineError } from "../../pipeline/error.ts";
import type { FvadModule } from "./fvad.d.ts";

/** How much is judged at a time, in ms. */
export const voiceFrameMs = 20;

/** In which rates speech can be detected, in samples a second. */
export const voiceRates: readonly number[] = [8000, 16_000, 32_000, 48_000];
/** Of four modes the one that takes least for speech: noise does not keep an utterance open. */
const mode = 3;

let loading: Promise<FvadModule> | undefined;

/**
 * Tells speech from other sound, by the voice activity detection of WebRTC: 20 ms at a time, with a memory of its own for what came before. It
 * holds memory that no garbage collector sees: dispose of it.
 */
export class VoiceActivity implements Disposable {
  /** How many samples are judged at a time. */
  readonly frameSamples: number;
  readonly #rate: number;
  readonly #fvad: FvadModule;
  /** The address of the detector; 0 once disposed of. */
  #detector: number;
  readonly #frame: number;

  private constructor(rate: number, fvad: FvadModule, detector: number, frame: number) {
    this.#rate = rate;
    this.frameSamples = frameSamples(rate);
    this.#fvad = fvad;
    this.#detector = detector;
    this.#frame = frame;
    this.reset();
  }

  /**
   * Creates one; the first loads the module.
   *
   * @param rate samples a second.
   * @throws {RangeError} when the rate is not 8, 16, 32 or 48 kHz.
   * @throws {PipelineError} `internal` when the module cannot be loaded, `overloaded` when there is no memory.
   */
  static async create(rate: number): Promise<VoiceActivity> {
    if (!voiceRates.includes(rate)) {
      throw new RangeError(
        `Cannot detect speech: the rate is ${rate} Hz, expected one of ${voiceRates.join(", ")}`,
      );
    }
    const fvad = await (loading ??= load());
    const detector = fvad._fvad_new();
    const frame = fvad._malloc(2 * frameSamples(rate));
    if (detector === 0 || frame === 0) {
      throw new PipelineError("overloaded", "Cannot detect speech: there is no memory for another detector");
    }
    return new VoiceActivity(rate, fvad, detector, frame);
  }

  /**
   * Whether there is speech in the next 20 ms.
   *
   * @throws {RangeError} when they are not as many samples as `frameSamples` says.
   * @throws {TypeError} after the disposal.
   */
  isSpeech(samples: Int16Array): boolean {
    if (this.#detector === 0) throw new TypeError("Cannot detect speech: the detector was disposed");
    if (samples.length !== this.frameSamples) {
      throw new RangeError(
        `Cannot detect speech: there are ${samples.length} samples, expected ${this.frameSamples}`,
      );
    }
    this.#fvad.HEAP16.set(samples, this.#frame / 2);
    return this.#fvad._fvad_process(this.#detector, this.#frame, samples.length) === 1;
  }

  /** Forgets what was heard: what comes next is something else. */
  reset(): void {
    this.#fvad._fvad_reset(this.#detector);
    this.#fvad._fvad_set_mode(this.#detector, mode);
    this.#fvad._fvad_set_sample_rate(this.#detector, this.#rate);
  }

  /** Gives the memory back; calling it again does nothing. */
  [Symbol.dispose](): void {
    if (this.#detector === 0) return;
    this.#fvad._fvad_free(this.#detector);
    this.#fvad._free(this.#frame);
    this.#detector = 0;
  }
}

function frameSamples(rate: number): number {
  return voiceFrameMs * rate / 1000;
}

async function load(): Promise<FvadModule> {
  try {
    // @ts-types="./fvad.d.ts"
    const { default: loadFvad } = await import("fvad-wasm");
    return await loadFvad();
  } catch (cause) {
    loading = undefined;
    throw new PipelineError("internal", "Cannot detect speech: its module cannot be loaded", { cause });
  }
}
