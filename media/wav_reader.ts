import { MediaError } from "./error.ts";
import { frameBytes, SampleReader } from "./sample_reader.ts";
import { type WavHeader, WavHeaderReader } from "./wav_header.ts";

const NOTHING = new Float32Array(0);

/**
 * Reads a WAV file that comes piece by piece: mono samples between -1 and 1, with the channels averaged. Time is linear in the size of
 * the file however it is cut, and at most one incomplete frame is kept between two calls. What follows the audio is ignored.
 */
export class WavReader {
  readonly #headerReader = new WavHeaderReader();
  #samples: SampleReader | undefined;
  #dataBytes = 0;

  /** What the file says about its audio; `undefined` until that was read. */
  get header(): WavHeader | undefined {
    return this.#headerReader.header;
  }

  /**
   * Takes the next bytes of the file and returns the samples that they complete, perhaps none.
   *
   * @throws {MediaError} `malformed` or `unsupported`; the reader is of no use afterwards.
   */
  push(bytes: Uint8Array): Float32Array {
    const body = bytes.subarray(this.#headerReader.push(bytes));
    const header = this.header;
    if (!header || body.length === 0) return NOTHING;
    this.#samples ??= new SampleReader(header.format);
    const room = (header.dataBytes ?? Infinity) - this.#dataBytes;
    const data = body.subarray(0, Math.min(body.length, room));
    this.#dataBytes += data.length;
    return this.#samples.push(data);
  }

  /**
   * Says that the file has ended.
   *
   * @throws {MediaError} `truncated` when it ended before its audio did.
   */
  finish(): void {
    const header = this.header;
    if (!header) {
      throw new MediaError(
        "truncated",
        `Cannot read the WAV file: it ended after ${this.#headerReader.readBytes} bytes, expected a header with the audio after it`,
      );
    }
    if (header.dataBytes !== undefined && this.#dataBytes < header.dataBytes) {
      throw new MediaError(
        "truncated",
        `Cannot read the WAV file: its audio ended after ${this.#dataBytes} bytes, expected ${header.dataBytes}`,
      );
    }
    const carryBytes = this.#samples?.carryBytes ?? 0;
    if (carryBytes === 0) return;
    throw new MediaError(
      "truncated",
      `Cannot read the WAV file: ${carryBytes} bytes are left at its end, expected a multiple of ${
        frameBytes(header.format)
      } bytes of audio`,
    );
  }
}
