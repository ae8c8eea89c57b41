import * as v from "valibot";
import { ProtocolError } from "./error.ts";
import { parseTagged } from "./json.ts";
import { MAX_TARGETS, MAX_TEXT_BYTES, MAX_TOLD_CHARACTERS, MAX_TOLD_SEGMENTS } from "./limits.ts";
import { boolean, check, field, finite, integer, string, uint32 } from "./schema.ts";

/** How audio is encoded on the wire. */
export type WireCodec = "pcm_s16le" | "opus";

/** An encoding at a rate in samples a second, 8,000 to 48,000; Opus always counts 48,000. */
export interface WireFormat {
  readonly codec: WireCodec;
  readonly rate: number;
}

/** A place on a lane's clock, modulo 2³². */
export interface LanePosition {
  readonly lane: number;
  readonly position: number;
}

/** Opens a session: the first message on a new socket. */
export interface Start {
  readonly type: "start";
  /** The language that is spoken, a BCP 47 tag. */
  readonly source: string;
  /** The languages to interpret into, 1 to 8 different tags; lane n is for the n-th. */
  readonly targets: readonly string[];
  readonly input: WireFormat;
  /** What the client can play; the service chooses the rate where none is given, and says it in `ready`. */
  readonly output?: { readonly codec: WireCodec; readonly rate?: number };
  /** Whether `caption` messages are wanted; they are unless this is false. */
  readonly captions?: boolean;
  /** Terms and their translations, at most 100 of at most 100 characters. */
  readonly glossary?: Readonly<Record<string, string>>;
  /** Names of optional features, at most 16; the ones that are on come back in `ready`. */
  readonly features?: readonly string[];
  /** Where a session that was lost with its instance goes on. */
  readonly continues?: Continues;
  /** Whether the service may keep what comes of the session, to use it again for others; it may unless this is false. */
  readonly retain?: boolean;
  /** The wanted voice of a target language. */
  readonly voice?: Readonly<Record<string, string>>;
}

/** What a client had of a session that another instance has to take over. */
export interface Continues {
  /** The first source sample that will be sent. */
  readonly position: number;
  /** The number of the last segment of which everything has arrived, in every lane. */
  readonly segment: number;
  /** The number of the last utterance that ended before `position`; 0 where absent. */
  readonly utterance?: number;
  /** The highest number that a lane has had: a lane that comes later gets a higher one; that of `lanes` where absent. */
  readonly lane?: number;
  /** What has arrived in the lanes, in the order of the targets; each keeps its number. */
  readonly lanes: readonly ContinuedLane[];
  /** The segments after `segment` that were told, in order, at most {@linkcode MAX_TOLD_SEGMENTS}; none where absent. */
  readonly told?: readonly ToldSegment[];
}

/** A segment that is not over in every lane, as it was told. */
export interface ToldSegment {
  readonly utterance: number;
  /** Its first and one past its last sample, on the source clock. */
  readonly start: number;
  readonly end: number;
  /** At most {@linkcode MAX_TOLD_CHARACTERS} characters. */
  readonly text: string;
  readonly language: string;
}

/** Where a lane goes on that has lost its instance. */
export interface ContinuedLane {
  readonly lane: number;
  /** Up to where its audio has arrived, modulo 2³². */
  readonly position: number;
  /** The end, on the source clock, of the last segment of which everything has arrived in this lane; nothing has where absent. */
  readonly heard?: number;
  /** How many samples of the next segment's speech have arrived; 0 where absent. */
  readonly begun?: number;
}

/** Takes a session up again: the first message on a new socket after a cut. */
export interface Resume {
  readonly type: "resume";
  readonly session: string;
  readonly token: string;
  /** The number of the last message that arrived. */
  readonly received: number;
}

/** Says what has arrived, how much more may come, and how far the listener has heard. */
export interface ClientAck {
  readonly type: "ack";
  readonly received: number;
  /** How many bytes of numbered messages may be in flight beyond `received`. */
  readonly window: number;
  readonly played?: readonly LanePosition[];
}

/** Measures the round trip and the service's clock. */
export interface Ping {
  readonly type: "ping";
  /** The client's clock, in ms. */
  readonly t0: number;
}

/** Asks that everything before it be interpreted now; answered by `flushed`. */
export interface Flush {
  readonly type: "flush";
  readonly seq: number;
  readonly id: number;
}

/** Drops what is not yet spoken in a lane, up to and with a segment. */
export interface Cancel {
  readonly type: "cancel";
  readonly seq: number;
  readonly lane: number;
  readonly through: number;
}

/** Turns the speech of a lane off or on; its captions go on. */
export interface Mute {
  readonly type: "mute";
  readonly seq: number;
  readonly lane: number;
  readonly muted: boolean;
}

/** Replaces the target languages; answered by `lanes`. */
export interface Targets {
  readonly type: "targets";
  readonly seq: number;
  readonly targets: readonly string[];
}

/** No more audio comes: interpret what is left, then `ended`. */
export interface End {
  readonly type: "end";
  readonly seq: number;
}

/** The JSON messages that count in the numbering. */
export type NumberedClientMessage = Flush | Cancel | Mute | Targets | End;

/** A JSON message from a client. */
export type ClientMessage = Start | Resume | ClientAck | Ping | NumberedClientMessage;

const language = field<string>(
  (value) => typeof value === "string" && /^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,7}$/.test(value),
  "a BCP 47 language tag",
);
const targetLane = integer(1, 254);
const codec = field<WireCodec>((value) => value === "pcm_s16le" || value === "opus", "pcm_s16le or opus");
const rate = integer(8_000, 48_000);
const format = v.strictObject({ codec, rate });
const targets = listOf<string>(language, 1, MAX_TARGETS, "different language tags", true);
const lanePositions = listOf<LanePosition>(
  v.strictObject({ lane: integer(0, 254), position: uint32 }),
  0,
  MAX_TARGETS + 1,
  "{lane, position}",
);
const continuedLane = v.strictObject({
  lane: targetLane,
  position: uint32,
  heard: v.exactOptional(uint32),
  begun: v.exactOptional(uint32),
});
const continuedLanes = field<readonly ContinuedLane[]>(
  (value) =>
    Array.isArray(value) && value.length <= MAX_TARGETS && value.every((entry) =>
      v.is(continuedLane, entry)
    ) &&
    new Set(value.map(({ lane }) => lane)).size === value.length,
  `an array of 0 to ${MAX_TARGETS} different lanes {lane, position, heard?, begun?}`,
);
const toldSegments = listOf<ToldSegment>(
  v.strictObject({
    utterance: uint32,
    start: uint32,
    end: uint32,
    text: string(0, MAX_TOLD_CHARACTERS),
    language,
  }),
  0,
  MAX_TOLD_SEGMENTS,
  `segments {utterance, start, end, text, language} with texts of at most ${MAX_TOLD_CHARACTERS} characters`,
);
const glossary = tableOf(string(1, 100), string(1, 100), 100, "entries of 1 to 100 characters each");
const voices = tableOf(
  language,
  string(1, 100),
  MAX_TARGETS,
  "voice names of 1 to 100 characters by language",
);

const schemas = {
  start: v.strictObject({
    type: v.literal("start"),
    source: language,
    targets,
    input: format,
    output: v.exactOptional(v.strictObject({ codec, rate: v.exactOptional(rate) })),
    captions: v.exactOptional(boolean),
    glossary: v.exactOptional(glossary),
    features: v.exactOptional(
      listOf<string>(string(1, 32), 0, 16, "names of 1 to 32 characters"),
    ),
    continues: v.exactOptional(
      v.strictObject({
        position: uint32,
        segment: uint32,
        utterance: v.exactOptional(uint32),
        lane: v.exactOptional(integer(0, 254)),
        lanes: continuedLanes,
        told: v.exactOptional(toldSegments),
      }),
    ),
    retain: v.exactOptional(boolean),
    voice: v.exactOptional(voices),
  }),
  resume: v.strictObject({
    type: v.literal("resume"),
    session: string(1, 64),
    token: string(1, 256),
    received: uint32,
  }),
  ack: v.strictObject({
    type: v.literal("ack"),
    received: uint32,
    window: uint32,
    played: v.exactOptional(lanePositions),
  }),
  ping: v.strictObject({ type: v.literal("ping"), t0: finite }),
  flush: v.strictObject({ type: v.literal("flush"), seq: uint32, id: uint32 }),
  cancel: v.strictObject({ type: v.literal("cancel"), seq: uint32, lane: targetLane, through: uint32 }),
  mute: v.strictObject({ type: v.literal("mute"), seq: uint32, lane: targetLane, muted: boolean }),
  targets: v.strictObject({ type: v.literal("targets"), seq: uint32, targets }),
  end: v.strictObject({ type: v.literal("end"), seq: uint32 }),
} satisfies { [T in ClientMessage["type"]]: v.GenericSchema<unknown, Extract<ClientMessage, { type: T }>> };

/**
 * Reads a text message from a client, strictly: unknown types and fields are refused.
 *
 * @throws {ProtocolError} when it is above `limitBytes` of UTF-8 (1009) or not a message of this protocol (4400).
 */
export function parseClientMessage(text: string, limitBytes: number = MAX_TEXT_BYTES): ClientMessage {
  const message = parseTagged(text, limitBytes);
  if (!Object.hasOwn(schemas, message.type)) {
    throw new ProtocolError(
      `Cannot read a text message: its type is unknown, expected one of ${Object.keys(schemas).join(", ")}`,
    );
  }
  const checked = check<ClientMessage>(schemas[message.type as ClientMessage["type"]], message);
  if (checked.type === "start") {
    demandOpusRate("input", checked.input);
    demandOpusRate("output", checked.output);
  }
  return checked;
}

function demandOpusRate(name: string, format: Start["output"]): void {
  if (format?.codec !== "opus" || (format.rate ?? 48_000) === 48_000) return;
  throw new ProtocolError(
    `Cannot read the message start: ${name}.rate is ${format.rate} for opus, expected 48000`,
  );
}

function listOf<T>(
  item: v.GenericSchema<unknown, T>,
  min: number,
  max: number,
  what: string,
  different = false,
): v.CustomSchema<readonly T[], string> {
  return field(
    (value) =>
      Array.isArray(value) && value.length >= min && value.length <= max &&
      value.every((entry) => v.is(item, entry)) &&
      (!different || new Set(value).size === value.length),
    `an array of ${min} to ${max} ${what}`,
  );
}

function tableOf(
  key: v.GenericSchema<unknown, string>,
  entry: v.GenericSchema<unknown, string>,
  max: number,
  what: string,
): v.CustomSchema<Readonly<Record<string, string>>, string> {
  return field((value) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
    const entries = Object.entries(value);
    return entries.length <= max && entries.every(([name, text]) => v.is(key, name) && v.is(entry, text));
  }, `an object of at most ${max} ${what}`);
}
