import type { Random } from "./random.ts";

/**
 * How long something takes, in ms, as it is published: the quantiles of a run, or the median with the interquartile range. Where only a median
 * was published, the spread of a profile is an assumption, and its source says so.
 */
export type Latency =
  | { readonly p50: number; readonly p95: number; readonly p99?: number }
  | { readonly p50: number; readonly iqr: number };

/** Quantiles of the standard normal distribution: of 0.75, 0.95 and 0.99. */
const z75 = 0.6745;
const z95 = 1.6449;
const z99 = 2.3263;
/** Chance goes no further than this many standard deviations, one in 16,000 to either side: a rare draw must not last for minutes. */
const furthest = 4;

/**
 * Draws a time from a distribution that has exactly the published quantiles: log-normal between them, a log-normal with another spread from the
 * 95th percentile on where the 99th is known.
 */
export function drawMs(latency: Latency, random: Random): number {
  return quantileMs(latency, Math.min(furthest, Math.max(-furthest, random.normal())));
}

/** The time at so many standard deviations from the median. */
export function quantileMs(latency: Latency, z: number): number {
  if (latency.p50 <= 0) return 0;
  if ("iqr" in latency) {
    // The quartiles of a log-normal are p50 · e^±s: their difference is p50 · 2 sinh s.
    const sigma = Math.asinh(latency.iqr / (2 * latency.p50)) / z75;
    return latency.p50 * Math.exp(sigma * z);
  }
  const { p50, p95, p99 } = latency;
  const sigma = Math.log(p95 / p50) / z95;
  if (z <= z95 || p99 === undefined) return p50 * Math.exp(sigma * z);
  return p95 * Math.exp(Math.log(p99 / p95) / (z99 - z95) * (z - z95));
}
