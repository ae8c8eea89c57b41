import type { SessionEvent, SpeechPiece } from "../pipeline/session_event.ts";
import { encodeOpus, encodePcm, Flag } from "../protocol/codec.ts";
import type { Unnumbered } from "../protocol/link.ts";
import type { NumberedServerMessage } from "../protocol/server_message.ts";

/** The events of an interpretation that become JSON messages. */
export type ReportedEvent = Exclude<SessionEvent, SpeechPiece | { type: "ready" } | { type: "settled" }>;

/** The message that tells a client of an event. `rate` is the source's, in samples a second. */
export function messageOf(event: ReportedEvent, rate: number): Unnumbered<NumberedServerMessage> {
  switch (event.type) {
    case "segment": {
      const { segment, utterance, startMs, endMs, text, language } = event.segment;
      return {
        type: "segment",
        segment,
        utterance,
        start: samplesAt(startMs, rate),
        end: samplesAt(endMs, rate),
        text,
        language,
      };
    }
    case "spoken": {
      const { lane, segment, timing, audioMs, lagMs, speed } = event;
      return {
        type: "timing",
        segment,
        lane,
        sttMs: tenths(timing.sttMs),
        mtMs: tenths(timing.mtMs),
        ttsMs: tenths(timing.ttsMs),
        queueMs: tenths(timing.queueMs),
        ttfabMs: tenths(timing.ttfabMs),
        audioMs: tenths(audioMs),
        lagMs: tenths(lagMs),
        speed,
      };
    }
    case "failed": {
      const { lane, segment, stage, error } = event;
      const retry = error.retryAfterMs === undefined ? {} : { retryAfterMs: error.retryAfterMs };
      return { type: "error", kind: error.kind, message: error.message, stage, segment, lane, ...retry };
    }
    default:
      return event;
  }
}

/** Encodes a piece of speech; the number is the link's to give. `nowMs` is the service's clock. */
export function encodeSpeech(piece: SpeechPiece, rate: number, nowMs: number): Uint8Array<ArrayBuffer> {
  const { audio, lane, first, last, segment, ledger } = piece;
  const header = {
    lane,
    seq: 0,
    position: audio.position >>> 0,
    flags: (first ? Flag.segmentStart : 0) | (last ? Flag.segmentEnd : 0),
    timing: first
      ? {
        ...ledger.timing(),
        segment: segment.segment,
        start: samplesAt(segment.startMs, rate),
        end: samplesAt(segment.endMs, rate),
        clockMs: nowMs,
      }
      : undefined,
  };
  return audio.type === "frame" ? encodePcm(header, audio.samples) : encodeOpus(header, audio.packets);
}

function samplesAt(ms: number, rate: number): number {
  return Math.round(ms * rate / 1000) >>> 0;
}

function tenths(ms: number): number {
  return Math.round(ms * 10) / 10;
}
