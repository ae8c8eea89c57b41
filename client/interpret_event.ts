import type {
  Cancelled,
  Caption,
  Ended,
  Flushed,
  GoAway,
  Lane,
  Segment,
  Skipped,
  Timing,
} from "../protocol/server_message.ts";
import type { Level } from "./capture/level_meter.ts";
import type { AudioEvent } from "./event.ts";
import type { InterpretError } from "./interpret_error.ts";

/** Where the connection is in its life. */
export interface ConnectionState {
  readonly type: "state";
  readonly state: "connecting" | "live" | "reconnecting" | "ended";
  readonly error?: InterpretError;
}

/** The lanes from here on. */
export interface LanesEvent {
  readonly type: "lanes";
  readonly lanes: readonly Lane[];
}

/** Translated speech as raw samples at the lane's rate. */
export type SpeechEvent = Extract<AudioEvent, { codec: "pcm_s16le" }>;

/** Something failed: a segment, a microphone, or, where it is fatal, the session. */
export interface TroubleEvent {
  readonly type: "error";
  /** An `InterpretErrorCode`, or a kind of error from the service. */
  readonly code: string;
  readonly message: string;
  readonly fatal: boolean;
  readonly stage?: string;
  readonly segment?: number;
  readonly lane?: number;
}

/** How loud the source is, ten times a second. */
export type LevelEvent = { readonly type: "level" } & Level;

/** What is heard now. */
export interface PlayedEvent {
  readonly type: "played";
  readonly lane: number;
  readonly segment: number;
  /** Up to where the lane was heard. */
  readonly position: number;
  /** Whether the segment is over. */
  readonly done: boolean;
}

/** Speech that was not played. */
export interface DroppedEvent {
  readonly type: "dropped";
  readonly lane: number;
  readonly segment: number;
}

/** Whether the browser keeps the page from making sound until the user clicks or presses a key. */
export interface SoundEvent {
  readonly type: "sound";
  readonly blocked: boolean;
}

/** The microphone that is in use, or was lost. */
export interface DeviceEvent {
  readonly type: "device";
  readonly deviceId: string;
  readonly label: string;
  readonly reason: "opened" | "chosen" | "lost";
}

/** The source has given all it had: what was said is interpreted to its end. */
export interface SourceEndedEvent {
  readonly type: "source_ended";
}

/** What the page learns from a session. */
export type InterpretEvent =
  | ConnectionState
  | LanesEvent
  | Caption
  | Segment
  | SpeechEvent
  | Timing
  | Skipped
  | Cancelled
  | Flushed
  | GoAway
  | TroubleEvent
  | LevelEvent
  | PlayedEvent
  | DroppedEvent
  | SoundEvent
  | DeviceEvent
  | SourceEndedEvent
  | Ended;
