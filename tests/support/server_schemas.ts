import * as v from "valibot";
import type { WireCodec } from "../../protocol/client_message.ts";
import { boolean, field, finite, integer, string, uint32 } from "../../protocol/schema.ts";

const optionalFinite = v.exactOptional(finite);
const optionalUint32 = v.exactOptional(uint32);
const lane = integer(0, 254);
const text = string(0, 65_536);
const codec = field<WireCodec>((value) => value === "pcm_s16le" || value === "opus", "pcm_s16le or opus");
const lanes = v.array(
  v.object({ lane, language: text, codec, rate: integer(1, 1_000_000), voice: v.exactOptional(text) }),
);

/** What the messages of the service are, said with a schema library: a second opinion on how they are read. */
export const serverSchemas = {
  ready: v.object({
    type: v.literal("ready"),
    session: text,
    token: text,
    lanes,
    limits: v.object({
      messageBytes: uint32,
      windowBytes: uint32,
      resumeMs: finite,
      sessionMs: optionalFinite,
    }),
    engines: v.object({ stt: text, mt: text, tts: text }),
    features: v.exactOptional(v.array(text)),
  }),
  resumed: v.object({ type: v.literal("resumed"), token: text, received: uint32 }),
  ack: v.object({ type: v.literal("ack"), received: uint32, settled: uint32, window: uint32 }),
  pong: v.object({ type: v.literal("pong"), t0: finite, t1: finite, t2: finite }),
  goaway: v.object({ type: v.literal("goaway"), deadlineMs: finite }),
  lanes: v.object({ type: v.literal("lanes"), seq: uint32, lanes }),
  caption: v.object({
    type: v.literal("caption"),
    seq: uint32,
    lane,
    segment: uint32,
    revision: uint32,
    stable: text,
    tentative: text,
    final: boolean,
  }),
  segment: v.object({
    type: v.literal("segment"),
    seq: uint32,
    segment: uint32,
    utterance: uint32,
    start: uint32,
    end: uint32,
    text,
    language: text,
  }),
  timing: v.object({
    type: v.literal("timing"),
    seq: uint32,
    segment: uint32,
    lane,
    sttMs: optionalFinite,
    mtMs: optionalFinite,
    ttsMs: optionalFinite,
    queueMs: optionalFinite,
    ttfabMs: optionalFinite,
    audioMs: finite,
    lagMs: optionalFinite,
    speed: finite,
  }),
  cancelled: v.object({ type: v.literal("cancelled"), seq: uint32, lane, through: uint32 }),
  skipped: v.object({ type: v.literal("skipped"), seq: uint32, lane, segment: uint32, reason: text }),
  flushed: v.object({ type: v.literal("flushed"), seq: uint32, id: uint32 }),
  error: v.object({
    type: v.literal("error"),
    seq: optionalUint32,
    kind: text,
    message: text,
    stage: v.exactOptional(text),
    segment: optionalUint32,
    lane: v.exactOptional(lane),
    retryAfterMs: optionalFinite,
  }),
  ended: v.object({
    type: v.literal("ended"),
    seq: uint32,
    totals: v.object({ sourceMs: finite, segments: uint32, skipped: uint32, spokenMs: finite }),
  }),
};
