import { encodeWaveFromBuffer, SampleFormat } from "wave-codec";

/** The size of the header that {@linkcode wavHeader} writes, in bytes. */
export const WAV_HEADER_BYTES = 44;

const UNKNOWN = 0xffff_ffff;
const RIFF_SIZE_AT = 4;
const DATA_SIZE_AT = 40;

/**
 * The header of a WAV file of so many samples of 16-bit mono audio at `rate` Hz. More samples than the format can count make it a
 * {@linkcode streamingWavHeader}.
 *
 * @throws {RangeError} when the number of samples is not a whole number.
 */
export function wavHeader(rate: number, samples: number): Uint8Array<ArrayBuffer> {
  if (!(Number.isSafeInteger(samples) && samples >= 0)) {
    throw new RangeError(
      `Cannot write a WAV header: the number of samples is ${samples}, expected a whole number`,
    );
  }
  const header = new Uint8Array(encodeWaveFromBuffer(new Uint8Array(0), rate, 1, 16, SampleFormat.PCM));
  setSizes(header, 2 * samples);
  return header;
}

/** The header of a WAV file whose length is not known yet: its sizes are 0xFFFFFFFF, which readers take for "up to the end". */
export function streamingWavHeader(rate: number): Uint8Array<ArrayBuffer> {
  return wavHeader(rate, UNKNOWN);
}

/**
 * Puts the true sizes into a file that begins with a {@linkcode streamingWavHeader} and is now complete: for streams of unknown length that
 * were collected.
 *
 * @throws {RangeError} when there is less than a header.
 */
export function finalizeHeader(file: Uint8Array): void {
  if (file.length < WAV_HEADER_BYTES) {
    throw new RangeError(
      `Cannot complete the WAV header: the file has ${file.length} bytes, expected at least ${WAV_HEADER_BYTES}`,
    );
  }
  setSizes(file, file.length - WAV_HEADER_BYTES);
}

function setSizes(file: Uint8Array, dataBytes: number): void {
  const view = new DataView(file.buffer, file.byteOffset, WAV_HEADER_BYTES);
  const riffBytes = WAV_HEADER_BYTES - 8 + dataBytes;
  view.setUint32(RIFF_SIZE_AT, riffBytes < UNKNOWN ? riffBytes : UNKNOWN, true);
  view.setUint32(DATA_SIZE_AT, riffBytes < UNKNOWN ? dataBytes : UNKNOWN, true);
}
