import type { Line } from "./line.ts";
import type { Clause } from "./transcript.ts";

/** How far a talk is. */
export interface TalkProgress {
  /** How much of the talk was spoken, in ms. */
  readonly spokenMs: number;
  /** How long it is; `undefined` where nobody knows. */
  readonly totalMs: number | undefined;
  readonly state: "speaking" | "cut" | "finishing";
  /** The clauses that are not complete, the last ones still being heard. */
  readonly growing: readonly Clause[];
}

/** Shows a talk as it is interpreted. */
export interface TalkView extends Disposable {
  /** Something may have changed. */
  update(progress: TalkProgress): void;
  /** A clause is complete in every language. */
  complete(clause: Clause, progress: TalkProgress): void;
  /** Something else that is worth a line. */
  note(line: Line, progress: TalkProgress): void;
}
