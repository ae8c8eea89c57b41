import { type BitDepth, bufferToFloat32Channels, SampleFormat } from "wave-codec";

/** How samples are stored. */
export interface SampleLayout {
  readonly encoding: "integer" | "float" | "alaw" | "mulaw";
  /** Bits of one sample; 8-bit integers are unsigned. */
  readonly bits: 8 | 16 | 24 | 32 | 64;
  readonly channels: number;
  /** The order of the bytes; big-endian is read for 16 bits only. */
  readonly endian: "little" | "big";
}

const sampleFormats = {
  integer: SampleFormat.PCM,
  float: SampleFormat.Float,
  alaw: SampleFormat.Alaw,
  mulaw: SampleFormat.Mulaw,
} as const;

const NOTHING = new Float32Array(0);

/** The size of one sample of every channel, in bytes. */
export function frameBytes(layout: SampleLayout): number {
  return layout.channels * layout.bits / 8;
}

/**
 * Turns stored samples that come piece by piece into mono samples between -1 and 1: the mean of the channels, with silence for what is
 * not a number. At most one incomplete frame is kept between two calls.
 */
export class SampleReader {
  readonly #layout: SampleLayout;
  readonly #carry: Uint8Array;
  #carryBytes = 0;

  constructor(layout: SampleLayout) {
    this.#layout = layout;
    this.#carry = new Uint8Array(frameBytes(layout));
  }

  /** How many bytes of an incomplete frame are kept. */
  get carryBytes(): number {
    return this.#carryBytes;
  }

  /** Takes the next bytes and returns the samples that they complete, perhaps none. */
  push(bytes: Uint8Array): Float32Array {
    const available = this.#carryBytes + bytes.length;
    const whole = available - available % this.#carry.length;
    if (whole === 0) {
      this.#keep(bytes);
      return NOTHING;
    }
    // A block of its own: the decoder views it as wider numbers, and the caller's bytes may begin anywhere.
    const block = new Uint8Array(whole);
    block.set(this.#carry.subarray(0, this.#carryBytes));
    const taken = whole - this.#carryBytes;
    block.set(bytes.subarray(0, taken), this.#carryBytes);
    this.#carryBytes = 0;
    this.#keep(bytes.subarray(taken));
    return decode(block, this.#layout);
  }

  #keep(bytes: Uint8Array): void {
    this.#carry.set(bytes, this.#carryBytes);
    this.#carryBytes += bytes.length;
  }
}

function decode(block: Uint8Array, layout: SampleLayout): Float32Array {
  if (layout.endian === "big") swapPairs(block);
  const bits: BitDepth = layout.bits;
  return mixDown(bufferToFloat32Channels(block, layout.channels, bits, sampleFormats[layout.encoding]));
}

function swapPairs(bytes: Uint8Array): void {
  for (let index = 0; index < bytes.length; index += 2) {
    const first = bytes[index]!;
    bytes[index] = bytes[index + 1]!;
    bytes[index + 1] = first;
  }
}

/** The mean of several channels, in the array of the first. */
function mixDown(channels: readonly Float32Array[]): Float32Array {
  const mono = channels[0]!;
  for (let index = 0; index < mono.length; index += 1) {
    let sum = 0;
    for (const channel of channels) sum += channel[index]!;
    const mean = sum / channels.length;
    mono[index] = Number.isNaN(mean) ? 0 : Math.max(-1, Math.min(1, mean));
  }
  return mono;
}
