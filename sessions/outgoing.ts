import type { SessionOptions } from "../pipeline/interpret.ts";
import type { LaneDescription, SessionEvent, SpeechPiece } from "../pipeline/session_event.ts";
import type { SegmentTiming } from "../pipeline/timing.ts";
import { encodeOpus, encodePcm, Flag } from "../protocol/codec.ts";
import type { Unnumbered } from "../protocol/link.ts";
import type { Lane as WireLane, NumberedServerMessage } from "../protocol/server_message.ts";

/** The events of an interpretation that become JSON messages. */
export type ReportedEvent = Exclude<SessionEvent, SpeechPiece | { type: "ready" | "settled" | "guessed" }>;

/** The lanes of a session as the wire has them: the source, then the targets. */
export function wireLanes(
  lanes: readonly LaneDescription[],
  { source, input, voices }: SessionOptions,
): WireLane[] {
  const targets = lanes.map(({ lane, language, format }) => {
    const voice = voices?.[language];
    return { lane, language, ...format, ...(voice === undefined ? {} : { voice }) };
  });
  return [{ lane: 0, language: source, ...input }, ...targets];
}

/** The message that tells a client of an event. */
export function messageOf(event: ReportedEvent, options: SessionOptions): Unnumbered<NumberedServerMessage> {
  const { rate } = options.input;
  switch (event.type) {
    case "lanes":
      return { type: "lanes", lanes: wireLanes(event.lanes, options) };
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
        ...known("sttMs", timing),
        ...known("mtMs", timing),
        ...known("ttsMs", timing),
        ...known("queueMs", timing),
        ...known("ttfabMs", timing),
        audioMs: tenths(audioMs),
        lagMs: tenths(lagMs),
        speed,
      };
    }
    case "failed": {
      const { type: _, error: { kind, message, retryAfterMs }, ...where } = event;
      const retry = retryAfterMs === undefined ? {} : { retryAfterMs };
      return { type: "error", kind, message, ...where, ...retry };
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

/** What is known of a time. */
function known<Name extends keyof SegmentTiming>(
  name: Name,
  timing: SegmentTiming,
): { readonly [N in Name]?: number } {
  const ms = timing[name];
  return Number.isNaN(ms) ? {} : { [name]: tenths(ms) } as { readonly [N in Name]: number };
}

function tenths(ms: number): number {
  return Math.round(ms * 10) / 10;
}
