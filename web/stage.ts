import type { ClauseTiming } from "./clause.ts";

/** What a clause goes through, in the order in which it is drawn. */
export const stages = ["stt", "queue", "mt", "tts"] as const;

/** One of the {@linkcode stages}. */
export type Stage = (typeof stages)[number];

/** How long a stage of a clause took, in ms; 0 when unknown. */
export function stageMs(timing: ClauseTiming, stage: Stage): number {
  return Math.max(0, timing[`${stage}Ms`] ?? 0);
}
