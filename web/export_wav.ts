import type { Recording } from "./recording.ts";

const headerBytes = 44;
/** Silence is written from one piece of this many samples. */
const silence = new Int16Array(65_536);

/** A WAV file in pieces, 16 bits mono, for a `Blob` ({@link http://soundfile.sapp.org/doc/WaveFormat/}). */
export function exportWav(recording: Recording): BlobPart[] {
  const parts: BlobPart[] = [header(recording.rate, recording.length)];
  for (const stretch of recording.stretches) {
    for (let left = stretch.silence; left > 0; left -= silence.length) {
      parts.push(silence.slice(0, Math.min(left, silence.length)));
    }
    parts.push(stretch.samples.slice());
  }
  return parts;
}

function header(rate: number, samples: number): ArrayBuffer {
  const bytes = new ArrayBuffer(headerBytes);
  const view = new DataView(bytes);
  const name = (offset: number, text: string) =>
    [...text].forEach((letter, index) => view.setUint8(offset + index, letter.charCodeAt(0)));
  name(0, "RIFF");
  view.setUint32(4, headerBytes - 8 + 2 * samples, true);
  name(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, rate, true);
  view.setUint32(28, 2 * rate, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  name(36, "data");
  view.setUint32(40, 2 * samples, true);
  return bytes;
}
