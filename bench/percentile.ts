import { percentile as known } from "../cli/percentile.ts";

/** The value below which a share of the values lies, as the command line has it; `NaN` of none, so that it can be printed. */
export function percentile(values: readonly number[], share: number): number {
  return known(values, share) ?? NaN;
}
