/** An axis from 0 to a round number, with marks at round numbers. */
export interface Scale {
  readonly full: number;
  readonly marks: readonly number[];
}

/**
 * The axis that holds `value`: up to the next of 1, 2 or 5 times a power of ten, in two to five steps.
 *
 * @param least no axis is shorter than this, so that small differences are not blown up.
 */
export function niceScale(value: number, least: number): Scale {
  const wanted = Math.max(value, least);
  const power = 10 ** Math.floor(Math.log10(wanted));
  const factor = [1, 2, 5, 10].find((factor) => factor * power >= wanted * (1 - 1e-9)) ?? 10;
  const full = factor * power;
  const step = full / (factor === 5 ? 5 : factor === 2 ? 4 : 2);
  const marks = Array.from({ length: Math.round(full / step) + 1 }, (_, index) => index * step);
  return { full, marks };
}
