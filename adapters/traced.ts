import type { Traced } from "../pipeline/ports.ts";

/** The trace of a piece of work alone, if it has one. */
export function traced({ traceParent }: Traced): Traced {
  return traceParent === undefined ? {} : { traceParent };
}
