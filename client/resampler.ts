/** The filter reaches over so many zero crossings of its sinc on either side. */
const CROSSINGS = 32;
/** Where the filter has fallen by half, as a part of the lower rate's Nyquist frequency: from there to that frequency it falls to nothing. */
const CUTOFF = 0.92;
/** Kaiser's window parameter for 80 dB (Kaiser, 1974; Oppenheim and Schafer, section 7.6). */
const BETA = 7.86;
/** The largest filter table, in values; all the usual pairs of audio rates stay far below it. */
const TABLE_VALUES = 1 << 20;

/**
 * Changes the sample rate of mono audio that comes piece by piece: a windowed sinc, one row of it for each place that an output sample can have
 * between two input samples. The output starts at the same moment as the input; 32 samples at the lower rate, 2 ms at 16 kHz, are held back.
 */
export class Resampler {
  /** Output samples for every `#down` input samples. */
  readonly #up: number;
  readonly #down: number;
  readonly #taps: number;
  /** Row by row, `#taps` values for each of `#up` places. */
  readonly #table: Float32Array;
  /** The input that is still needed, then the piece that came last. */
  #input: Float32Array;
  #length: number;
  /** Where the next output sample reads: the first tap's index in `#input`, and the place between two samples. */
  #index = 0;
  #place = 0;
  #output = new Float32Array(0);

  /** @throws {RangeError} when a rate is not a positive integer, or the two have so little in common that the filter's table would be too large. */
  constructor(from: number, to: number) {
    const common = greatestCommonDivisor(from, to);
    this.#up = to / common;
    this.#down = from / common;
    const half = Math.ceil(CROSSINGS * Math.max(1, from / to));
    this.#taps = 2 * half;
    if (!(this.#up * this.#taps <= TABLE_VALUES && from > 0 && to > 0)) {
      throw new RangeError(`Cannot resample: the rates are ${from} and ${to} Hz, expected two audio rates`);
    }
    this.#table = filterTable(this.#up, half, Math.min(1, to / from));
    this.#input = new Float32Array(4 * this.#taps);
    // What came before the beginning is silence.
    this.#length = half - 1;
  }

  /** Takes the next samples and returns those that they complete: a view that is good until the next call. */
  push(samples: Float32Array): Float32Array {
    this.#take(samples);
    const taps = this.#taps;
    const count = Math.max(
      0,
      Math.ceil(((this.#length - taps + 1 - this.#index) * this.#up - this.#place) / this.#down),
    );
    if (count > this.#output.length) this.#output = new Float32Array(count);
    const output = this.#output;
    const input = this.#input;
    const table = this.#table;
    for (let written = 0; written < count; written++) {
      const row = this.#place * taps;
      let sum = 0;
      for (let tap = 0; tap < taps; tap++) sum += input[this.#index + tap]! * table[row + tap]!;
      output[written] = sum;
      this.#place += this.#down;
      const steps = Math.floor(this.#place / this.#up);
      this.#index += steps;
      this.#place -= steps * this.#up;
    }
    return output.subarray(0, count);
  }

  #take(samples: Float32Array): void {
    // An index beyond what is there waits for input that is yet to come.
    const used = Math.min(this.#index, this.#length);
    const kept = this.#length - used;
    if (kept + samples.length > this.#input.length) {
      const larger = new Float32Array(2 * (kept + samples.length));
      larger.set(this.#input.subarray(used, this.#length));
      this.#input = larger;
    } else {
      this.#input.copyWithin(0, used, this.#length);
    }
    this.#input.set(samples, kept);
    this.#length = kept + samples.length;
    this.#index -= used;
  }
}

/** @param scale the lower rate as a part of the input's. */
function filterTable(up: number, half: number, scale: number): Float32Array {
  const taps = 2 * half;
  const cutoff = CUTOFF * scale;
  const table = new Float32Array(up * taps);
  for (let place = 0; place < up; place++) {
    let sum = 0;
    for (let tap = 0; tap < taps; tap++) {
      const distance = tap - (half - 1) - place / up;
      const value = cutoff * sinc(cutoff * distance) * kaiser(distance / half);
      table[place * taps + tap] = value;
      sum += value;
    }
    // Every place lets a constant through unchanged.
    for (let tap = 0; tap < taps; tap++) table[place * taps + tap]! /= sum;
  }
  return table;
}

function sinc(x: number): number {
  return x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
}

function kaiser(x: number): number {
  return Math.abs(x) > 1 ? 0 : bessel(BETA * Math.sqrt(1 - x * x)) / bessel(BETA);
}

/** The modified Bessel function of the first kind and order 0. */
function bessel(x: number): number {
  let sum = 1;
  for (let term = 1, k = 1; term > 1e-9 * sum; k++) sum += term *= (x / (2 * k)) ** 2;
  return sum;
}

function greatestCommonDivisor(one: number, other: number): number {
  return other > 0 ? greatestCommonDivisor(other, one % other) : one;
}
