/**
 * How long each stage of one segment took, in ms. What no stage accounts for is `queueMs`, so that the parts add up to `ttfabMs`; where one of the
 * stages did not happen by itself, its time and `queueMs` are `NaN`: nobody knows them.
 */
export interface SegmentTiming {
  /** From the arrival of the last sample of the segment's speech to the complete clause. */
  readonly sttMs: number;
  /** From the request for the translation to its first text. */
  readonly mtMs: number;
  /** From the first text at the synthesizer to its first audio. */
  readonly ttsMs: number;
  /** Waiting: for the translator, for the voice, for room on the way to the client. */
  readonly queueMs: number;
  /** Time to first audio byte: from the arrival of the last sample of the segment's speech to its first translated audio handed to the socket. */
  readonly ttfabMs: number;
}

/** The moments of a segment's life in one lane. */
export type Moment = "translating" | "translated" | "speaking" | "audible" | "sent";

/** A stage that one engine does together with another, so that it has no time of its own. */
export type MergedStage = "stt" | "mt" | "tts";

/** Which stage's time has a moment for its beginning or end that means nothing where the stage is merged. */
const momentsOf: Readonly<Record<MergedStage, readonly (Moment | "segmented")[]>> = {
  stt: ["segmented"],
  mt: ["translating", "translated"],
  tts: ["speaking"],
};

/** Remembers when source audio arrived, so that "the end of the segment's speech" has a time. Bounded: the oldest arrivals are forgotten. */
export class Arrivals {
  readonly #limit: number;
  readonly #positions: Float64Array;
  readonly #times: Float64Array;
  #count = 0;

  /** `limit` is how many messages are remembered: 2,048 at 20 ms are 41 s. */
  constructor(limit = 2048) {
    this.#limit = limit;
    this.#positions = new Float64Array(limit);
    this.#times = new Float64Array(limit);
  }

  /** Notes that all samples before `position` have arrived at `atMs`. */
  record(position: number, atMs: number): void {
    this.#positions[this.#count % this.#limit] = position;
    this.#times[this.#count % this.#limit] = atMs;
    this.#count += 1;
  }

  /**
   * When the sample before `position` arrived; the oldest or newest time known when it is outside of what is remembered, `undefined`
   * before the first arrival.
   */
  at(position: number): number | undefined {
    let low = Math.max(0, this.#count - this.#limit);
    let high = this.#count - 1;
    if (high < low) return undefined;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#positions[middle % this.#limit]! >= position) high = middle;
      else low = middle + 1;
    }
    return this.#times[low % this.#limit];
  }
}

/** How a provider was got hold of: how long that took, in ms, and whether its connection was open before. */
export interface Acquisition {
  readonly waitedMs: number;
  readonly reused: boolean;
}

/** The ledger of one segment in one lane: what happened to it, when. Moments are noted once; later notes of the same moment do nothing. */
export class Ledger {
  readonly #heardAtMs: number;
  readonly #segmentedAtMs: number;
  readonly #merged: readonly MergedStage[];
  readonly #moments: Partial<Record<Moment, number>> = {};
  readonly #acquisitions: { mt?: Acquisition; tts?: Acquisition } = {};

  /** `heardAtMs` is when the last sample of the segment's speech arrived, `segmentedAtMs` when the clause was complete. */
  constructor(heardAtMs: number, segmentedAtMs: number, merged: readonly MergedStage[] = []) {
    this.#heardAtMs = heardAtMs;
    this.#segmentedAtMs = segmentedAtMs;
    this.#merged = merged;
  }

  /** Notes that a moment has come. */
  note(moment: Moment, atMs: number): void {
    this.#moments[moment] ??= atMs;
  }

  /** Whether the moment has come. */
  has(moment: Moment): boolean {
    return this.#moments[moment] !== undefined;
  }

  /** When a moment came, on the clock of its notes; `undefined` when it has not, or belongs to a stage that did not happen by itself. */
  at(moment: Moment | "heard" | "segmented"): number | undefined {
    if (this.#merged.some((stage) => momentsOf[stage].some((one) => one === moment))) return undefined;
    if (moment === "heard") return this.#heardAtMs;
    return moment === "segmented" ? this.#segmentedAtMs : this.#moments[moment];
  }

  /** Notes how the provider of a stage was got hold of; of several that were tried, the last. */
  acquired(stage: "mt" | "tts", { waitedMs, reused }: Acquisition): void {
    this.#acquisitions[stage] = { waitedMs, reused };
  }

  /** How the provider of a stage was got hold of; `undefined` where it does not tell. */
  acquisition(stage: "mt" | "tts"): Acquisition | undefined {
    return this.#acquisitions[stage];
  }

  /** The stage times so far; a stage that has not ended counts 0. */
  timing(): SegmentTiming {
    const { translating, translated, speaking, audible, sent } = this.#moments;
    const span = (from: number | undefined, to: number | undefined) =>
      from === undefined || to === undefined ? 0 : Math.max(0, to - from);
    const sttMs = span(this.#heardAtMs, this.#segmentedAtMs);
    const mtMs = span(translating, translated);
    const ttsMs = span(speaking, audible);
    const ttfabMs = span(this.#heardAtMs, sent ?? audible);
    if (this.#merged.length > 0) {
      const known = (stage: MergedStage, ms: number) => this.#merged.includes(stage) ? NaN : ms;
      return {
        sttMs: known("stt", sttMs),
        mtMs: known("mt", mtMs),
        ttsMs: known("tts", ttsMs),
        queueMs: NaN,
        ttfabMs,
      };
    }
    return { sttMs, mtMs, ttsMs, queueMs: Math.max(0, ttfabMs - sttMs - mtMs - ttsMs), ttfabMs };
  }
}
