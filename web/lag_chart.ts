import type { Clause } from "./clause.ts";
import { niceScale, type Scale } from "./nice_scale.ts";

/** A clause on the chart: when its speech ended, how long after that it was heard, and where that is, as shares of the axes. */
export interface LagPoint {
  readonly segment: number;
  readonly atMs: number;
  readonly lagMs: number;
  readonly x: number;
  readonly y: number;
}

/** The lag over the last minutes of a talk; y grows upwards. */
export interface LagChart {
  readonly scale: Scale;
  readonly fromMs: number;
  readonly toMs: number;
  readonly points: readonly LagPoint[];
  /** The middle of what is shown; absent without points. */
  readonly medianMs?: number;
}

/** An axis of at least so many ms up, and so many along. */
const leastLagMs = 2_000;
const leastSpanMs = 30_000;

/** Lays out the clauses whose lag is known, of the last `windowMs` of the talk. */
export function layOutLag(clauses: readonly Clause[], windowMs: number): LagChart {
  const known = clauses.flatMap(({ segment, place, timing }) =>
    place && timing?.lagMs !== undefined
      ? [{ segment, atMs: place.endMs, lagMs: Math.max(0, timing.lagMs) }]
      : []
  );
  const toMs = Math.max(leastSpanMs, known.at(-1)?.atMs ?? 0);
  const fromMs = Math.max(0, toMs - windowMs);
  const shown = known.filter(({ atMs }) => atMs >= fromMs);
  const scale = niceScale(Math.max(0, ...shown.map(({ lagMs }) => lagMs)), leastLagMs);
  const points = shown.map((point) => ({
    ...point,
    x: (point.atMs - fromMs) / (toMs - fromMs),
    y: point.lagMs / scale.full,
  }));
  const lags = shown.map(({ lagMs }) => lagMs).sort((one, other) => one - other);
  const medianMs = lags[lags.length >> 1];
  return { scale, fromMs, toMs, points, ...(medianMs === undefined ? {} : { medianMs }) };
}
