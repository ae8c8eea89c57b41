import type {
  Cancelled,
  Caption,
  Ended,
  ErrorMessage,
  Flushed,
  GoAway,
  Lanes,
  Segment,
  Skipped,
  Timing,
} from "../protocol/server_message.ts";
import type { TimingHeader } from "../protocol/timing_header.ts";
import type { SessionError } from "./error.ts";

/** Where a session is in its life. After `ended`, with its error if it failed, nothing more comes. */
export interface StateEvent {
  readonly type: "state";
  readonly state: "connecting" | "live" | "reconnecting" | "ended";
  readonly error?: SessionError;
}

/** A piece of translated speech. */
export type AudioEvent =
  & {
    readonly type: "audio";
    readonly lane: number;
    /** The first sample's place on the lane's clock, modulo 2³². */
    readonly position: number;
    /** Whether a segment begins or ends with this piece. The last piece may be empty. */
    readonly start: boolean;
    readonly end: boolean;
    /** Whether the position jumps here on purpose. */
    readonly jump: boolean;
    /** Comes with the first piece of a segment. */
    readonly timing: TimingHeader | undefined;
  }
  & (
    | { readonly codec: "pcm_s16le"; readonly samples: Int16Array }
    | { readonly codec: "opus"; readonly packets: readonly Uint8Array[] }
  );

/** What a session tells its user: its own state, speech, and the service's messages as they are. */
export type ClientEvent =
  | StateEvent
  | AudioEvent
  | Lanes
  | Caption
  | Segment
  | Timing
  | Cancelled
  | Skipped
  | Flushed
  | ErrorMessage
  | GoAway
  | Ended;
