const atOnceMs = 50;
const firstMs = 250;
const longestMs = 5_000;

/**
 * How long to wait before an attempt, in ms: anything up to 50 ms before the first, which repairs most cuts, then up to a span that doubles from 250 ms to
 * 5 s, so that clients that were cut off together do not come back together.
 *
 * @param attempt counts from 0.
 * @param random gives a number from 0 up to 1.
 */
export function backoffMs(attempt: number, random: () => number): number {
  return random() * (attempt === 0 ? atOnceMs : Math.min(longestMs, firstMs * 2 ** (attempt - 1)));
}
