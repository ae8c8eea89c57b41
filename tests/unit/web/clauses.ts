import type { Clause, ClauseTiming } from "../../../web/clause.ts";

/** A clause from `startMs` to `endMs` with both of its texts. */
export function clause(
  segment: number,
  [startMs, endMs]: readonly [number, number],
  source: string,
  target: string,
  timing?: ClauseTiming,
): Clause {
  return {
    segment,
    place: { startMs, endMs },
    source: { stable: source, tentative: "", final: true },
    target: { stable: target, tentative: "", final: true },
    targetLanguage: "es",
    ...(timing ? { timing } : {}),
  };
}
