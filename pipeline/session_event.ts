import type { Audio, Format } from "./audio.ts";
import type { PipelineError, Stage } from "./error.ts";
import type { GuessOutcome } from "./guesses.ts";
import type { LanguageTag } from "./language.ts";
import type { Segment } from "./stages/segment.ts";
import type { Ledger, SegmentTiming } from "./timing.ts";

/** One target language of a session, and what its audio is like. Lane 0 is the source. */
export interface LaneDescription {
  readonly lane: number;
  readonly language: LanguageTag;
  readonly format: Format;
}

/** What an interpretation reports, in the order in which it has to reach the listener. */
export type SessionEvent =
  | { readonly type: "ready"; readonly lanes: readonly LaneDescription[] }
  | { readonly type: "lanes"; readonly lanes: readonly LaneDescription[] }
  | {
    /** The text of one segment in one language; a newer revision replaces the one before. Stable text only grows. */
    readonly type: "caption";
    readonly lane: number;
    readonly segment: number;
    readonly revision: number;
    readonly stable: string;
    readonly tentative: string;
    readonly final: boolean;
  }
  | { readonly type: "segment"; readonly segment: Segment }
  | SpeechPiece
  | {
    /** A segment was spoken to its end in a lane. */
    readonly type: "spoken";
    readonly lane: number;
    readonly segment: number;
    readonly timing: SegmentTiming;
    readonly audioMs: number;
    readonly lagMs: number;
    readonly speed: number;
  }
  | {
    /** A piece of work failed and was given up, a segment in a lane or a change of the targets; the session goes on. */
    readonly type: "failed";
    readonly lane?: number;
    readonly segment?: number;
    readonly stage?: Stage;
    readonly error: PipelineError;
  }
  | {
    /** A segment is not spoken in a lane: the lane was muted, or its translation has nothing to say. */
    readonly type: "skipped";
    readonly lane: number;
    readonly segment: number;
    readonly reason: "muted" | "empty";
  }
  | {
    /** A segment was translated before it was certain, and became what was guessed or something else; for whoever counts. */
    readonly type: "guessed";
    readonly lane: number;
    readonly segment: number;
    readonly outcome: GuessOutcome;
  }
  | { readonly type: "cancelled"; readonly lane: number; readonly through: number }
  | { readonly type: "flushed"; readonly id: number }
  | {
    /** Everything that was derived from the source before this sample, segments up to `through`, has been reported by earlier events. */
    readonly type: "settled";
    readonly position: number;
    readonly through: number;
  };

/** A piece of translated speech. The last piece of a segment may hold no samples. */
export interface SpeechPiece {
  readonly type: "speech";
  readonly lane: number;
  readonly segment: Segment;
  /** Positions count the lane's samples from the start of the session. */
  readonly audio: Audio;
  readonly first: boolean;
  readonly last: boolean;
  readonly ledger: Ledger;
}
