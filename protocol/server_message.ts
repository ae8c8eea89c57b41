import type { WireCodec } from "./client_message.ts";
import { parseTagged } from "./json.ts";
import { boolean, finite, integer, kind, string, uint32 } from "./kind.ts";
import { list, object, type Reader } from "./reader.ts";

/** A lane and how its audio is encoded. Lane 0 is the source with the format the client sends. */
export interface Lane {
  readonly lane: number;
  readonly language: string;
  readonly codec: WireCodec;
  /** Samples a second; positions on the lane count them. */
  readonly rate: number;
  readonly voice?: string;
}

/** What a session may do. */
export interface SessionLimits {
  /** The largest binary message, in bytes. */
  readonly messageBytes: number;
  /** How many bytes of numbered messages may be in flight. */
  readonly windowBytes: number;
  /** How long a session waits for its client after a cut. */
  readonly resumeMs: number;
  /** How long a session may last. */
  readonly sessionMs?: number;
}

/** The session is open: the answer to `start`. */
export interface Ready {
  readonly type: "ready";
  readonly session: string;
  readonly token: string;
  readonly lanes: readonly Lane[];
  readonly limits: SessionLimits;
  /** The names of the engines that work for it. */
  readonly engines: { readonly stt: string; readonly mt: string; readonly tts: string };
  /** The optional features that are on, of those the client asked for. */
  readonly features?: readonly string[];
}

/** The session goes on: the answer to `resume`. The token is the next one to resume with. */
export interface Resumed {
  readonly type: "resumed";
  readonly token: string;
  /** The number of the last message that arrived. */
  readonly received: number;
}

/** Says what has arrived, what need not be kept any longer, and how much more may come. */
export interface ServerAck {
  readonly type: "ack";
  readonly received: number;
  /** The source position before which everything that was derived has been acknowledged. */
  readonly settled: number;
  /** How many bytes of numbered messages may be in flight beyond `received`. */
  readonly window: number;
}

/** The answer to `ping`: its t0, and when the service took it in and answered, on its own clock in ms. */
export interface Pong {
  readonly type: "pong";
  readonly t0: number;
  readonly t1: number;
  readonly t2: number;
}

/** The instance goes away: the socket will be closed with 4503 in so many ms. */
export interface GoAway {
  readonly type: "goaway";
  readonly deadlineMs: number;
}

/** The lanes from here on: the answer to `targets`. A lane keeps its number and format while its language stays. */
export interface Lanes {
  readonly type: "lanes";
  readonly seq: number;
  readonly lanes: readonly Lane[];
}

/** The whole text of one segment in one lane so far; the newest revision replaces the others. */
export interface Caption {
  readonly type: "caption";
  readonly seq: number;
  readonly lane: number;
  readonly segment: number;
  readonly revision: number;
  /** The beginning of the text, which stays in every later revision. */
  readonly stable: string;
  /** The rest, which may change. */
  readonly tentative: string;
  /** Whether this is the last revision. */
  readonly final: boolean;
}

/** A clause of the source was cut and goes into every lane. */
export interface Segment {
  readonly type: "segment";
  readonly seq: number;
  readonly segment: number;
  readonly utterance: number;
  /** Its first and one past its last sample, on the source clock. */
  readonly start: number;
  readonly end: number;
  readonly text: string;
  readonly language: string;
}

/** How long a segment took in a lane; what is unknown is absent. */
export interface Timing {
  readonly type: "timing";
  readonly seq: number;
  readonly segment: number;
  readonly lane: number;
  readonly sttMs?: number;
  readonly mtMs?: number;
  readonly ttsMs?: number;
  readonly queueMs?: number;
  readonly ttfabMs?: number;
  /** How long its speech is. */
  readonly audioMs: number;
  /** Playout start minus the end of its source. */
  readonly lagMs?: number;
  /** How fast it is spoken; 1 is natural. */
  readonly speed: number;
}

/** A `cancel` was carried out. */
export interface Cancelled {
  readonly type: "cancelled";
  readonly seq: number;
  readonly lane: number;
  readonly through: number;
}

/** A segment is not spoken in a lane: `late`, `failed`, `muted`, `empty`, `cancelled`, or another word from a newer service. */
export interface Skipped {
  readonly type: "skipped";
  readonly seq: number;
  readonly lane: number;
  readonly segment: number;
  readonly reason: string;
}

/** Everything before the `flush` of this id has been sent. */
export interface Flushed {
  readonly type: "flushed";
  readonly seq: number;
  readonly id: number;
}

/** Something failed. It is numbered where it belongs to a session; before `ready` it explains the close that follows. */
export interface ErrorMessage {
  readonly type: "error";
  readonly seq?: number;
  /** One of the kinds in the specification, or another word from a newer service. */
  readonly kind: string;
  readonly message: string;
  readonly stage?: string;
  readonly segment?: number;
  readonly lane?: number;
  readonly retryAfterMs?: number;
}

/** What a session came to. */
export interface Totals {
  /** How much source audio was heard. */
  readonly sourceMs: number;
  readonly segments: number;
  /** How many segments were not spoken, counted in every lane. */
  readonly skipped: number;
  /** How much translated speech was sent, all lanes together. */
  readonly spokenMs: number;
}

/** The session is over; the last numbered message. */
export interface Ended {
  readonly type: "ended";
  readonly seq: number;
  readonly totals: Totals;
}

/** The JSON messages that count in the numbering. */
export type NumberedServerMessage =
  | Lanes
  | Caption
  | Segment
  | Timing
  | Cancelled
  | Skipped
  | Flushed
  | (ErrorMessage & { readonly seq: number })
  | Ended;

/** A JSON message from the service. */
export type ServerMessage =
  | Ready
  | Resumed
  | ServerAck
  | Pong
  | GoAway
  | ErrorMessage
  | NumberedServerMessage;

/** A message of a newer service; one with a number still counts in the numbering. */
export interface UnknownServerMessage {
  readonly type: "unknown";
  readonly seq?: number;
}

const lane = integer(0, 254);
const text = string(0, 65_536);
const codec = kind<WireCodec>((value) => value === "pcm_s16le" || value === "opus", "pcm_s16le or opus");
const lanes = list(
  object<Lane>({ lane, language: text, codec, rate: integer(1, 1_000_000), voice: text }, ["voice"]),
);

const readers: {
  readonly [T in ServerMessage["type"]]: Reader<Omit<Extract<ServerMessage, { type: T }>, "type">>;
} = {
  ready: object<Omit<Ready, "type">>({
    session: text,
    token: text,
    lanes,
    limits: object<SessionLimits>(
      { messageBytes: uint32, windowBytes: uint32, resumeMs: finite, sessionMs: finite },
      ["sessionMs"],
    ),
    engines: object({ stt: text, mt: text, tts: text }),
    features: list(text),
  }, ["features"]),
  resumed: object({ token: text, received: uint32 }),
  ack: object({ received: uint32, settled: uint32, window: uint32 }),
  pong: object({ t0: finite, t1: finite, t2: finite }),
  goaway: object({ deadlineMs: finite }),
  lanes: object({ seq: uint32, lanes }),
  caption: object({
    seq: uint32,
    lane,
    segment: uint32,
    revision: uint32,
    stable: text,
    tentative: text,
    final: boolean,
  }),
  segment: object({
    seq: uint32,
    segment: uint32,
    utterance: uint32,
    start: uint32,
    end: uint32,
    text,
    language: text,
  }),
  timing: object<Omit<Timing, "type">>({
    seq: uint32,
    segment: uint32,
    lane,
    sttMs: finite,
    mtMs: finite,
    ttsMs: finite,
    queueMs: finite,
    ttfabMs: finite,
    audioMs: finite,
    lagMs: finite,
    speed: finite,
  }, ["sttMs", "mtMs", "ttsMs", "queueMs", "ttfabMs", "lagMs"]),
  cancelled: object({ seq: uint32, lane, through: uint32 }),
  skipped: object({ seq: uint32, lane, segment: uint32, reason: text }),
  flushed: object({ seq: uint32, id: uint32 }),
  error: object<Omit<ErrorMessage, "type">>({
    seq: uint32,
    kind: text,
    message: text,
    stage: text,
    segment: uint32,
    lane,
    retryAfterMs: finite,
  }, ["seq", "stage", "segment", "lane", "retryAfterMs"]),
  ended: object({
    seq: uint32,
    totals: object({ sourceMs: finite, segments: uint32, skipped: uint32, spokenMs: finite }),
  }),
};

/**
 * Reads a text message from the service, leniently: unknown fields are left out, unknown types become `unknown`.
 *
 * @throws {ProtocolError} when it is above `limitBytes` of UTF-8 (1009), not an object with a type, or lacks what its type needs (4400).
 */
export function parseServerMessage(text: string, limitBytes?: number): ServerMessage | UnknownServerMessage {
  const message = parseTagged(text, limitBytes);
  const { type } = message;
  if (Object.hasOwn(readers, type)) {
    const read: Reader<object> = readers[type as ServerMessage["type"]];
    return { type, ...read(message, type) } as ServerMessage;
  }
  const { seq } = message as { readonly seq?: unknown };
  return uint32.test(seq) ? { type: "unknown", seq } : { type: "unknown" };
}
