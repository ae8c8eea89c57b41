import type { Clause } from "./clause.ts";
import { niceScale, type Scale } from "./nice_scale.ts";
import { type Stage, stageMs, stages } from "./stage.ts";

/** A stage's part of a bar, as shares of the axis. */
export interface WaterfallPart {
  readonly stage: Stage;
  readonly ms: number;
  readonly from: number;
  readonly to: number;
}

/** One clause: from the end of its speech to its first translated audio, stage by stage. */
export interface WaterfallBar {
  readonly segment: number;
  readonly ttfabMs: number;
  readonly parts: readonly WaterfallPart[];
}

/** The newest clauses, oldest first, on one axis in ms. */
export interface Waterfall {
  readonly scale: Scale;
  readonly bars: readonly WaterfallBar[];
}

/** An axis of at least this many ms: a bar of 20 ms shall look like one. */
const leastMs = 500;

/** Lays out the newest `limit` clauses that were spoken. */
export function layOutWaterfall(clauses: readonly Clause[], limit: number): Waterfall {
  const spoken = clauses.flatMap(({ segment, timing }) => timing ? [{ segment, timing }] : []).slice(-limit);
  const sums = spoken.map(({ timing }) => stages.reduce((sum, stage) => sum + stageMs(timing, stage), 0));
  const scale = niceScale(Math.max(0, ...sums), leastMs);
  const bars = spoken.map(({ segment, timing }, index) => {
    let at = 0;
    const parts = stages.map((stage) => {
      const ms = stageMs(timing, stage);
      const from = at / scale.full;
      at += ms;
      return { stage, ms, from, to: at / scale.full };
    });
    return { segment, ttfabMs: timing.ttfabMs ?? sums[index]!, parts };
  });
  return { scale, bars };
}
