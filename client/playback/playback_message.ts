import type { SpeechPiece } from "./jitter_buffer.ts";

/** The name that the playback worklet registers. */
export const PLAYBACK_PROCESSOR = "parley-playback";

/** What the page tells the playback worklet. */
export type PlaybackCommand =
  /** Another lane is heard from here on; what waits of the one before is dropped. */
  | { readonly type: "lane"; readonly lane: number; readonly rate: number }
  | { readonly type: "piece"; readonly piece: SpeechPiece }
  /** Drop what waits. */
  | { readonly type: "clear" }
  /** Nothing more comes: play what waits, then say `drained`. */
  | { readonly type: "drain" };

/** What the playback worklet says. */
export type PlaybackMessage =
  /** What is heard: up to which position of the lane, and whether the segment is over. */
  | {
    readonly type: "played";
    readonly lane: number;
    readonly segment: number;
    readonly position: number;
    readonly done: boolean;
  }
  | { readonly type: "dropped"; readonly lane: number; readonly segment: number }
  /** Speech begins or pauses. */
  | { readonly type: "speaking"; readonly speaking: boolean }
  | { readonly type: "drained" };
