/** How many latencies are remembered, and how many there have to be before they say anything. */
const size = 128;
const enough = 20;
/** The 95th percentile is found anew after so many latencies. */
const refreshEvery = 4;

/** The last 128 latencies of one engine, and their 95th percentile. */
export class LatencyWindow {
  readonly #latencies = new Float64Array(size);
  #count = 0;
  #p95: number | undefined;
  #foundAt = 0;

  /** Notes a latency, in ms. */
  add(ms: number): void {
    this.#latencies[this.#count % size] = ms;
    this.#count += 1;
  }

  /** The latency that 19 of 20 stay below, in ms; `undefined` until there are 20. */
  get p95(): number | undefined {
    if (this.#count < enough) return undefined;
    if (this.#p95 === undefined || this.#count - this.#foundAt >= refreshEvery) {
      const sorted = this.#latencies.slice(0, Math.min(this.#count, size)).sort();
      this.#p95 = sorted[Math.ceil(sorted.length * 0.95) - 1]!;
      this.#foundAt = this.#count;
    }
    return this.#p95;
  }
}

/** How a deadline follows from what an engine usually takes; all in ms. */
export interface DeadlineRule {
  /** While little is known. */
  readonly coldMs: number;
  readonly floorMs: number;
  readonly ceilingMs: number;
  /** The deadline is `factor` times the 95th percentile, and `marginMs` more. */
  readonly factor: number;
  readonly marginMs: number;
}

/** How long to wait for an engine with these latencies, in ms. */
export function deadlineOf(latencies: LatencyWindow, rule: DeadlineRule): number {
  const { p95 } = latencies;
  if (p95 === undefined) return rule.coldMs;
  return Math.min(rule.ceilingMs, Math.max(rule.floorMs, p95 * rule.factor + rule.marginMs));
}
