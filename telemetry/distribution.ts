/** How many values are remembered for percentiles. */
const memory = 1024;

/** What a {@linkcode Distribution} comes to. Count and mean are of all values, percentiles of the last 1,024. */
export interface Summary {
  readonly count: number;
  readonly mean: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
}

/** Many values in little room: a count, a sum, the greatest, and the last 1,024 as they were. */
export class Distribution {
  #recent = new Float64Array(16);
  #count = 0;
  #sum = 0;
  #max = 0;

  /** Takes a value that is not negative. */
  add(value: number): void {
    if (this.#count === this.#recent.length && this.#count < memory) {
      const larger = new Float64Array(2 * this.#count);
      larger.set(this.#recent);
      this.#recent = larger;
    }
    this.#recent[this.#count % memory] = value;
    this.#count += 1;
    this.#sum += value;
    this.#max = Math.max(this.#max, value);
  }

  /** How many values there were. */
  get count(): number {
    return this.#count;
  }

  /** What several come to together: percentiles by nearest rank, each a value that occurred; all 0 when there are no values. */
  static summaryOf(distributions: readonly Distribution[]): Summary {
    const sorted = Float64Array.from(distributions.flatMap((one) => [...one.#remembered()])).sort();
    const at = (part: number) => sorted[Math.max(0, Math.ceil(sorted.length * part) - 1)] ?? 0;
    const count = distributions.reduce((sum, one) => sum + one.#count, 0);
    return {
      count,
      mean: count === 0 ? 0 : distributions.reduce((sum, one) => sum + one.#sum, 0) / count,
      p50: at(0.5),
      p95: at(0.95),
      p99: at(0.99),
      max: Math.max(0, ...distributions.map((one) => one.#max)),
    };
  }

  #remembered(): Float64Array {
    return this.#recent.subarray(0, Math.min(this.#count, memory));
  }
}
