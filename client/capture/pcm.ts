/** Samples between -1 and 1 to 16 bits; louder ones are cut off. */
export function toInt16(samples: Float32Array, target: Int16Array<ArrayBuffer>, offset: number): void {
  for (let index = 0; index < samples.length; index++) {
    target[offset + index] = Math.max(-32768, Math.min(32767, Math.round(samples[index]! * 32768)));
  }
}

/** 16-bit samples to the range from -1 to 1. */
export function toFloat32(samples: Int16Array): Float32Array<ArrayBuffer> {
  return Float32Array.from(samples, (sample) => sample / 32768);
}
