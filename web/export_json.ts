import { type Clause, wholeText } from "./clause.ts";
import { stageMs, stages } from "./stage.ts";

/** What a talk was: the heading of its transcript. */
export interface Talk {
  readonly source: string;
  readonly target: string;
  /** Names of the engines, by stage. */
  readonly engines: { readonly stt: string; readonly mt: string; readonly tts: string };
  /** When it began. */
  readonly startedAt: Date;
  /** How many clauses at its beginning were not kept. */
  readonly forgotten: number;
}

/** The talk for programs: everything that is known of every clause, times in ms. */
export function exportJson(talk: Talk, clauses: readonly Clause[]): string {
  return JSON.stringify(
    {
      format: "parley.transcript.v1",
      ...talk,
      clauses: clauses.map(({ segment, place, source, target, targetLanguage, timing, skipped }) => ({
        segment,
        ...place,
        source: wholeText(source),
        target: wholeText(target),
        targetLanguage,
        final: source.final,
        ...(skipped === undefined ? {} : { skipped }),
        ...(timing
          ? {
            timing: {
              ...Object.fromEntries(stages.map((stage) => [`${stage}Ms`, stageMs(timing, stage)])),
              ttfabMs: timing.ttfabMs,
              audioMs: timing.audioMs,
              lagMs: timing.lagMs,
            },
          }
          : {}),
      })),
    },
    undefined,
    2,
  ) + "\n";
}
