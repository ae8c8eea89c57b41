/** How many calls are remembered, and how many there have to be before they say anything. */
const size = 256;
const enough = 20;
/** The 95th percentile is found anew after so many calls. */
const refreshEvery = 4;
/** Up to this share of the calls may be given up without saying anything of the engine's speed. */
const isolatedShare = 0.05;
/** So many calls given up one after the other are no coincidence. */
const runLength = 3;

/** The last 256 calls of one engine: how long each took, or how long it was waited for in vain; and the 95th percentile of that. */
export class LatencyWindow {
  /** Below 0 is what was given up. */
  readonly #latencies = new Float64Array(size);
  #count = 0;
  #p95: number | undefined;
  #foundAt = 0;
  #run = 0;
  #raisedMs = 0;

  /** Notes a latency, in ms. */
  add(ms: number): void {
    this.#put(ms);
    this.#run = 0;
    if (this.#raisedMs > 0 && ms <= (this.p95 ?? Infinity)) this.#raisedMs = 0;
  }

  /**
   * Notes that a call was given up after so many ms: it would have taken longer, nobody knows how long. One now and then moves nothing, where more than one in
   * twenty are given up those are latencies like others, and three in a row double the time to be waited.
   */
  giveUp(afterMs: number): void {
    this.#put(-afterMs);
    // A call that was begun before the time was raised does not say that it was not enough.
    if (afterMs < this.#raisedMs) return;
    this.#run += 1;
    if (this.#run < runLength) return;
    this.#run = 0;
    this.#raisedMs = 2 * afterMs;
  }

  /** The latency that 19 of 20 stay below, in ms; `undefined` until there are 20. */
  get p95(): number | undefined {
    if (this.#count < enough) return undefined;
    if (this.#p95 === undefined || this.#count - this.#foundAt >= refreshEvery) {
      this.#p95 = percentile95(this.#latencies.slice(0, Math.min(this.#count, size)));
      this.#foundAt = this.#count;
    }
    return this.#p95;
  }

  /** What is to be waited at least, in ms, because several in a row were given up; 0 once a call was as fast as usual again. */
  get raisedMs(): number {
    return this.#raisedMs;
  }

  #put(ms: number): void {
    this.#latencies[this.#count % size] = ms;
    this.#count += 1;
  }
}

/** The 95th percentile, isolated calls that were given up left out: those of the shortest waits, which say least. */
function percentile95(latencies: Float64Array): number {
  latencies.sort();
  const firstAnswered = latencies.findIndex((ms) => ms >= 0);
  const givenUp = firstAnswered < 0 ? latencies.length : firstAnswered;
  const isolated = Math.min(givenUp, Math.floor(latencies.length * isolatedShare));
  latencies.copyWithin(givenUp - isolated, givenUp);
  const counted = latencies.subarray(0, latencies.length - isolated).map(Math.abs).sort();
  return counted[Math.ceil(counted.length * 0.95) - 1]!;
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
  const { p95, raisedMs } = latencies;
  const usualMs = p95 === undefined
    ? rule.coldMs
    : Math.min(rule.ceilingMs, Math.max(rule.floorMs, p95 * rule.factor + rule.marginMs));
  return Math.max(usualMs, Math.min(rule.ceilingMs, raisedMs));
}
