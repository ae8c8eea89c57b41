import { Resampler } from "../resampler.ts";
import { type Channels, scope, type WorkletOptions, type WorkletProcessor } from "../worklet_scope.ts";
import { CAPTURE_PROCESSOR, type CaptureMessage, type CaptureOptions } from "./capture_message.ts";
import { LevelMeter } from "./level_meter.ts";
import { toInt16 } from "./pcm.ts";

/** How much goes to the page at a time, and how often a level does. */
const pieceMs = 20;
const levelMs = 100;

/** Listens to a microphone: mixes its channels, brings them to the wanted rate, and hands them to the page as 16-bit samples. */
class CaptureProcessor extends scope.AudioWorkletProcessor implements WorkletProcessor {
  readonly #resampler: Resampler | undefined;
  readonly #meter = new LevelMeter(scope.sampleRate * levelMs / 1000);
  readonly #pieceSamples: number;
  #piece: Int16Array<ArrayBuffer>;
  #filled = 0;
  #mixed = new Float32Array(128);

  constructor({ processorOptions }: WorkletOptions) {
    super();
    const { rate } = processorOptions as CaptureOptions;
    this.#resampler = rate === scope.sampleRate ? undefined : new Resampler(scope.sampleRate, rate);
    this.#pieceSamples = rate * pieceMs / 1000;
    this.#piece = new Int16Array(this.#pieceSamples);
  }

  process([channels]: Channels): boolean {
    // Without a channel no microphone is connected at the moment.
    if (channels && channels.length > 0) this.#take(this.#mix(channels));
    return true;
  }

  #mix(channels: readonly Float32Array[]): Float32Array {
    const first = channels[0]!;
    if (channels.length === 1) return first;
    if (this.#mixed.length !== first.length) this.#mixed = new Float32Array(first.length);
    for (let index = 0; index < first.length; index++) {
      let sum = 0;
      for (const channel of channels) sum += channel[index]!;
      this.#mixed[index] = sum / channels.length;
    }
    return this.#mixed;
  }

  #take(samples: Float32Array): void {
    const level = this.#meter.push(samples);
    if (level) this.#tell({ type: "level", level });
    const wanted = this.#resampler ? this.#resampler.push(samples) : samples;
    for (let at = 0; at < wanted.length;) {
      const part = wanted.subarray(at, at + this.#pieceSamples - this.#filled);
      toInt16(part, this.#piece, this.#filled);
      this.#filled += part.length;
      at += part.length;
      if (this.#filled === this.#pieceSamples) this.#send();
    }
  }

  #send(): void {
    const samples = this.#piece;
    this.#piece = new Int16Array(this.#pieceSamples);
    this.#filled = 0;
    this.#tell({ type: "samples", samples }, [samples.buffer]);
  }

  #tell(message: CaptureMessage, transfer: readonly ArrayBuffer[] = []): void {
    this.port.postMessage(message, transfer);
  }
}

scope.registerProcessor(CAPTURE_PROCESSOR, CaptureProcessor);
