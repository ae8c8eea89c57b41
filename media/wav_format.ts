import { MediaError } from "./error.ts";
import { checkLayout } from "./limits.ts";
import { frameBytes, type SampleLayout } from "./sample_reader.ts";

/** How the samples of a WAV file are stored: the content of its `fmt ` chunk. */
export interface WavFormat extends SampleLayout {
  /** Samples a second and channel. */
  readonly rate: number;
}

/** How much of a `fmt ` chunk is ever needed, in bytes: the size of WAVEFORMATEXTENSIBLE. */
export const FORMAT_BYTES = 40;

const EXTENSIBLE = 0xfffe;
const SUBFORMAT_TAIL = [0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xaa, 0, 0x38, 0x9b, 0x71];
const encodings: ReadonlyMap<number, { encoding: WavFormat["encoding"]; bits: readonly number[] }> = new Map([
  [1, { encoding: "integer", bits: [8, 16, 24, 32] }],
  [3, { encoding: "float", bits: [32, 64] }],
  [6, { encoding: "alaw", bits: [8] }],
  [7, { encoding: "mulaw", bits: [8] }],
]);

/**
 * Parses the body of a `fmt ` chunk, at least its first {@linkcode FORMAT_BYTES} bytes where it is that long.
 * Source: Multiple Channel Audio Data and WAVE Files, Microsoft 2007; RFC 2361.
 *
 * @throws {MediaError} `malformed` or `unsupported`.
 */
export function parseWavFormat(body: Uint8Array): WavFormat {
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  const tag = view.byteLength >= 16 ? view.getUint16(0, true) : 0;
  const expected = tag === EXTENSIBLE ? FORMAT_BYTES : 16;
  if (view.byteLength < expected) {
    throw new MediaError(
      "malformed",
      `Cannot read the WAV format: its chunk is ${view.byteLength} bytes long, expected at least ${expected}`,
    );
  }
  const code = tag === EXTENSIBLE ? subformat(view) : tag;
  const known = encodings.get(code);
  if (!known) {
    throw new MediaError(
      "unsupported",
      `Cannot read the WAV data: its format code is ${code}, expected ${[...encodings.keys()].join(", ")}`,
    );
  }
  const channels = view.getUint16(2, true);
  const rate = view.getUint32(4, true);
  const blockAlign = view.getUint16(12, true);
  const bits = view.getUint16(14, true);
  if (!known.bits.includes(bits)) {
    throw new MediaError(
      "unsupported",
      `Cannot read the WAV data: ${known.encoding} samples have ${bits} bits, expected ${
        known.bits.join(", ")
      }`,
    );
  }
  checkLayout(rate, channels);
  const format: WavFormat = {
    encoding: known.encoding,
    bits: bits as WavFormat["bits"],
    channels,
    rate,
    endian: "little",
  };
  if (blockAlign !== frameBytes(format)) {
    throw new MediaError(
      "malformed",
      `Cannot read the WAV format: its block is ${blockAlign} bytes long, expected ${frameBytes(format)}`,
    );
  }
  return format;
}

function subformat(view: DataView): number {
  if (SUBFORMAT_TAIL.some((byte, index) => view.getUint8(26 + index) !== byte)) {
    throw new MediaError(
      "unsupported",
      "Cannot read the WAV data: its subformat is not a wave format code, expected one of RFC 2361",
    );
  }
  return view.getUint16(24, true);
}
