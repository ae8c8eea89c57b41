const headerBytes = 44;

/** A WAV file of 16-bit mono samples, and of silence after them where it would be shorter than `shortestSamples`. */
export function wavFile(samples: Int16Array, rate: number, shortestSamples = 0): Uint8Array<ArrayBuffer> {
  const dataBytes = 2 * Math.max(samples.length, shortestSamples);
  const file = new Uint8Array(headerBytes + dataBytes);
  const view = new DataView(file.buffer);
  // http://soundfile.sapp.org/doc/WaveFormat/
  writeTag(view, 0, "RIFF");
  view.setUint32(4, headerBytes - 8 + dataBytes, true);
  writeTag(view, 8, "WAVE");
  writeTag(view, 12, "fmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, rate, true);
  view.setUint32(28, 2 * rate, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  writeTag(view, 36, "data");
  view.setUint32(40, dataBytes, true);
  new Int16Array(file.buffer, headerBytes).set(samples);
  return file;
}

function writeTag(view: DataView, at: number, tag: string): void {
  for (let index = 0; index < tag.length; index += 1) view.setUint8(at + index, tag.charCodeAt(index));
}
