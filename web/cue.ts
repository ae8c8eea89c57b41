import { type Clause, wholeText } from "./clause.ts";

/** A caption and when it is shown, in ms of the talk. */
export interface Cue {
  readonly id: number;
  readonly startMs: number;
  readonly endMs: number;
  readonly text: string;
}

/** Which text of a clause is meant: what was said, or its translation. */
export type Side = "source" | "target";

/**
 * The clauses of one side as cues, in order. Both sides have the times of the speech, so that the files fit the recording; a cue lasts until its
 * clause's end, and at least a second where the next one leaves it room.
 */
export function cuesOf(clauses: readonly Clause[], side: Side): Cue[] {
  const told = clauses.flatMap((clause) => {
    const text = wholeText(clause[side]).replaceAll(/\s+/g, " ").trim();
    return clause.place && text !== "" ? [{ id: clause.segment, ...clause.place, text }] : [];
  });
  return told.map((cue, index) => {
    const nextMs = told[index + 1]?.startMs ?? Infinity;
    const endMs = Math.max(cue.endMs, Math.min(cue.startMs + leastMs, nextMs), cue.startMs + 1);
    return { ...cue, endMs };
  });
}

const leastMs = 1_000;
