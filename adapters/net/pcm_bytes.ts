/** Puts raw 16-bit little-endian audio together that comes in pieces of any length: a sample may be cut in two. */
export class PcmBytes {
  #odd: number | undefined;

  /** The whole samples that are there now, in a buffer of their own. */
  push(bytes: Uint8Array): Int16Array<ArrayBuffer> {
    const carried = this.#odd === undefined ? 0 : 1;
    const length = (carried + bytes.length) >> 1;
    const samples = new Int16Array(length);
    const target = new Uint8Array(samples.buffer);
    const taken = 2 * length - carried;
    if (taken < 0) return samples;
    if (carried && length > 0) target[0] = this.#odd!;
    target.set(bytes.subarray(0, taken), carried);
    if (taken < bytes.length) this.#odd = bytes[bytes.length - 1];
    else if (length > 0) this.#odd = undefined;
    return samples;
  }
}
