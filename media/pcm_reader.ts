import { MediaError } from "./error.ts";
import { frameBytes, type SampleLayout, SampleReader } from "./sample_reader.ts";

/** Reads raw 16-bit samples that come piece by piece: mono samples between -1 and 1, with the channels averaged. */
export class PcmReader {
  readonly #samples: SampleReader;
  readonly #frameBytes: number;

  constructor(options: { readonly channels: number; readonly endian: "little" | "big" }) {
    const layout: SampleLayout = { encoding: "integer", bits: 16, ...options };
    this.#samples = new SampleReader(layout);
    this.#frameBytes = frameBytes(layout);
  }

  /** Takes the next bytes and returns the samples that they complete, perhaps none. */
  push(bytes: Uint8Array): Float32Array {
    return this.#samples.push(bytes);
  }

  /**
   * Says that the audio has ended.
   *
   * @throws {MediaError} `truncated` when it ended within a sample, or within a sample of every channel.
   */
  finish(): void {
    const { carryBytes } = this.#samples;
    if (carryBytes === 0) return;
    throw new MediaError(
      "truncated",
      `Cannot read the raw audio: ${carryBytes} bytes are left at its end, expected a multiple of ${this.#frameBytes} bytes`,
    );
  }
}
