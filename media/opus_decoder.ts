import type { OpusDecoder as Decoder } from "opus-decoder";
import { MediaError } from "./error.ts";

/** The rates that Opus can be decoded to: libopus limits the band itself. */
export const opusRates = [16_000, 24_000, 48_000, 12_000, 8_000] as const;

/** A rate that Opus can be decoded to. */
export type OpusRate = typeof opusRates[number];

/** Turns Opus packets into samples. It holds memory that no garbage collector sees: dispose of it. */
export class OpusDecoder implements Disposable {
  readonly #decoder: Decoder<OpusRate>;
  #freed = false;

  private constructor(decoder: Decoder<OpusRate>) {
    this.#decoder = decoder;
  }

  /** Creates a decoder of mono sound; the first one loads the library. */
  static async create(rate: OpusRate): Promise<OpusDecoder> {
    const { OpusDecoder: Library } = await import("opus-decoder");
    const decoder = new Library({ channels: 1, sampleRate: rate });
    await decoder.ready;
    return new OpusDecoder(decoder);
  }

  /**
   * Decodes packets of 1 to 1,275 bytes that follow on.
   *
   * @throws {MediaError} `malformed` when one of them is no Opus.
   */
  decode(packets: readonly Uint8Array[]): Int16Array {
    const { channelData, samplesDecoded, errors } = this.#decoder.decodeFrames([...packets]);
    if (errors.length > 0) {
      throw new MediaError(
        "malformed",
        `Cannot decode the audio: ${errors.length} of ${packets.length} packets are no Opus`,
      );
    }
    const decoded = channelData[0]!;
    const samples = new Int16Array(samplesDecoded);
    for (let index = 0; index < samplesDecoded; index++) {
      samples[index] = Math.max(-32_768, Math.min(32_767, Math.round(decoded[index]! * 32_768)));
    }
    return samples;
  }

  /** Gives the memory back; calling it again does nothing. */
  [Symbol.dispose](): void {
    if (this.#freed) return;
    this.#freed = true;
    this.#decoder.free();
  }
}
