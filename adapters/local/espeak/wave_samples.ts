/** How much may come before the samples, in bytes. */
const headerLimit = 4096;

/**
 * Takes the 16-bit mono samples out of a WAV file that comes in chunks of any size. The sizes in the header are not to be trusted: they
 * were written before there was anything to measure.
 */
export class WaveSamples {
  #rate: number;
  #header: Uint8Array | undefined = new Uint8Array(0);
  #odd: number | undefined;

  /** @param rate what the file has to have, in samples a second. */
  constructor(rate: number) {
    this.#rate = rate;
  }

  /**
   * The samples that a chunk completes.
   *
   * @throws {TypeError} when the bytes are not a WAV file of the wanted kind.
   */
  push(chunk: Uint8Array): Int16Array {
    if (!this.#header) return this.#samples(chunk);
    const bytes = concat(this.#header, chunk);
    const start = this.#findSamples(bytes);
    if (start === undefined) {
      if (bytes.length > headerLimit) {
        throw new TypeError("Cannot read the WAV file: its header does not end");
      }
      this.#header = bytes;
      return new Int16Array(0);
    }
    this.#header = undefined;
    return this.#samples(bytes.subarray(start));
  }

  /** Where the samples begin; `undefined` when that has not come yet. */
  #findSamples(bytes: Uint8Array): number | undefined {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (bytes.length < 12) return undefined;
    if (ascii(bytes, 0) !== "RIFF" || ascii(bytes, 8) !== "WAVE") {
      throw new TypeError("Cannot read the WAV file: it does not begin with RIFF and WAVE");
    }
    for (let at = 12; at + 8 <= bytes.length;) {
      const id = ascii(bytes, at);
      if (id === "data") return at + 8;
      const size = view.getUint32(at + 4, true);
      if (id === "fmt " && at + 24 <= bytes.length) this.#checkFormat(view, at + 8);
      at += 8 + size + size % 2;
    }
    return undefined;
  }

  #checkFormat(view: DataView, at: number): void {
    const [channels, rate, bits] = [
      view.getUint16(at + 2, true),
      view.getUint32(at + 4, true),
      view.getUint16(at + 14, true),
    ];
    if (channels !== 1 || rate !== this.#rate || bits !== 16) {
      throw new TypeError(
        `Cannot read the WAV file: it has ${channels} channels of ${bits} bits at ${rate} Hz, expected 1 of 16 at ${this.#rate}`,
      );
    }
  }

  #samples(chunk: Uint8Array): Int16Array {
    const bytes = this.#odd === undefined ? chunk : concat(Uint8Array.of(this.#odd), chunk);
    const even = bytes.length - bytes.length % 2;
    this.#odd = even < bytes.length ? bytes[even] : undefined;
    // A copy: the view needs an even offset, which a chunk of a pipe does not promise.
    return new Int16Array(bytes.slice(0, even).buffer);
  }
}

function ascii(bytes: Uint8Array, at: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + 4));
}

function concat(one: Uint8Array, other: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(one.length + other.length);
  bytes.set(one);
  bytes.set(other, one.length);
  return bytes;
}
