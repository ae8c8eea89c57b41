import { MediaError } from "./error.ts";
import { frameBytes } from "./sample_reader.ts";
import { FORMAT_BYTES, parseWavFormat, type WavFormat } from "./wav_format.ts";

/** How far into a WAV file its audio may begin, in bytes. */
export const MAX_HEADER_BYTES = 65_536;

/** Data sizes from here on stand for "unknown": sox, espeak-ng, arecord and ffmpeg write one of these when they cannot go back. */
const PLACEHOLDER_BYTES = 0x7fff_f000;

/** What comes before the samples of a WAV file. */
export interface WavHeader {
  readonly format: WavFormat;
  /** The size of the audio, a multiple of the frame; `undefined` when the writer did not know it and the audio runs to the end. */
  readonly dataBytes: number | undefined;
}

/**
 * Finds the audio of a WAV file, given the file piece by piece. Chunks that it does not know are passed over, not kept. The size of the
 * whole file, which streaming writers cannot know, matters only where the audio has none either.
 */
export class WavHeaderReader {
  #step: "riff" | "chunk" | "format" | "skip" = "riff";
  /** What was collected of the 12 bytes of the file's head, the 8 of a chunk's, or the body of `fmt `. */
  readonly #held = new Uint8Array(FORMAT_BYTES);
  #heldBytes = 0;
  #wantedBytes = 12;
  #skipBytes = 0;
  #readBytes = 0;
  /** Where the file says that it ends. */
  #endByte = 0;
  #format: WavFormat | undefined;
  #header: WavHeader | undefined;

  /** The header, once it is complete. */
  get header(): WavHeader | undefined {
    return this.#header;
  }

  /** How much of the file was read, in bytes. */
  get readBytes(): number {
    return this.#readBytes;
  }

  /**
   * Reads on; returns how many of the bytes belong to the header: all of them, or those before the first sample.
   *
   * @throws {MediaError} `malformed` or `unsupported`; the reader is of no use afterwards.
   */
  push(bytes: Uint8Array): number {
    let offset = 0;
    while (offset < bytes.length && !this.#header) {
      const room = this.#step === "skip" ? this.#skipBytes : this.#wantedBytes - this.#heldBytes;
      const count = Math.min(room, bytes.length - offset);
      if (this.#step === "skip") {
        this.#skipBytes -= count;
      } else {
        this.#held.set(bytes.subarray(offset, offset + count), this.#heldBytes);
        this.#heldBytes += count;
      }
      offset += count;
      this.#readBytes += count;
      if (count === room) this.#advance();
    }
    return offset;
  }

  #advance(): void {
    const held = this.#held.subarray(0, this.#heldBytes);
    if (this.#step === "riff") {
      checkFileHead(held);
      this.#endByte = 8 + sizeAt(held, 4);
    } else if (this.#step === "chunk") {
      return this.#enter(tagAt(held, 0), sizeAt(held, 4));
    } else if (this.#step === "format") {
      this.#format = parseWavFormat(held);
      if (this.#skipBytes > 0) return this.#skip(this.#skipBytes);
    }
    this.#collect("chunk", 8);
  }

  #enter(tag: string, size: number): void {
    if (tag === "data") {
      this.#header = { format: this.#requireFormat(), dataBytes: this.#dataBytes(size) };
      return;
    }
    const paddedBytes = size + size % 2;
    if (this.#readBytes + paddedBytes > MAX_HEADER_BYTES) {
      throw new MediaError(
        "malformed",
        `Cannot find the audio of the WAV file: its chunk ${tag} ends at byte ${
          this.#readBytes + paddedBytes
        }, expected the audio within ${MAX_HEADER_BYTES}`,
      );
    }
    if (tag !== "fmt ") {
      if (paddedBytes > 0) this.#skip(paddedBytes);
      else this.#collect("chunk", 8);
      return;
    }
    if (size === 0) parseWavFormat(this.#held.subarray(0, 0));
    this.#skipBytes = paddedBytes - Math.min(size, FORMAT_BYTES);
    this.#collect("format", Math.min(size, FORMAT_BYTES));
  }

  #collect(step: "chunk" | "format", wantedBytes: number): void {
    this.#step = step;
    this.#heldBytes = 0;
    this.#wantedBytes = wantedBytes;
  }

  #skip(bytes: number): void {
    this.#step = "skip";
    this.#heldBytes = 0;
    this.#skipBytes = bytes;
  }

  #requireFormat(): WavFormat {
    if (this.#format) return this.#format;
    throw new MediaError(
      "malformed",
      "Cannot read the WAV file: its chunk data comes first, expected chunk fmt before it",
    );
  }

  #dataBytes(size: number): number | undefined {
    if (size >= PLACEHOLDER_BYTES) return undefined;
    // Writers that stream may leave a 0. It is meant where the file goes on with other chunks.
    const goesOn = this.#endByte > this.#readBytes && this.#endByte < PLACEHOLDER_BYTES;
    if (size === 0 && !goesOn) return undefined;
    const frame = frameBytes(this.#requireFormat());
    if (size % frame === 0) return size;
    throw new MediaError(
      "malformed",
      `Cannot read the WAV file: its audio is ${size} bytes long, expected a multiple of ${frame}`,
    );
  }
}

function checkFileHead(head: Uint8Array): void {
  const riff = tagAt(head, 0);
  if (riff === "RF64" || riff === "BW64" || riff === "RIFX") {
    throw new MediaError("unsupported", `Cannot read the WAV file: it is of the kind ${riff}, expected RIFF`);
  }
  if (riff !== "RIFF") {
    throw new MediaError("malformed", `Cannot read the WAV file: it begins with ${riff}, expected RIFF`);
  }
  const form = tagAt(head, 8);
  if (form !== "WAVE") {
    throw new MediaError("malformed", `Cannot read the WAV file: its RIFF form is ${form}, expected WAVE`);
  }
}

function sizeAt(bytes: Uint8Array, offset: number): number {
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(offset, true);
}

/** Four bytes as text where they are printable ASCII, else as hexadecimal digits. */
function tagAt(bytes: Uint8Array, offset: number): string {
  const tag = Array.from(bytes.subarray(offset, offset + 4));
  if (tag.every((byte) => byte >= 0x20 && byte < 0x7f)) return String.fromCharCode(...tag);
  return "0x" + tag.map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
