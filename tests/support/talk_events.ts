import type { ClientEvent } from "../../client/event.ts";
import type { Lane, Timing } from "../../protocol/server_message.ts";

/** A source and two targets. */
export const lanes: readonly Lane[] = [
  { lane: 0, language: "en", codec: "pcm_s16le", rate: 16_000 },
  { lane: 1, language: "es", codec: "pcm_s16le", rate: 22_050 },
  { lane: 2, language: "ca", codec: "pcm_s16le", rate: 22_050 },
];

/** A caption; lane 0 unless said otherwise. */
export function caption(
  segment: number,
  stable: string,
  tentative = "",
  lane = 0,
  final = false,
): ClientEvent {
  return { type: "caption", seq: 1, lane, segment, revision: 1, stable, tentative, final };
}

/** A clause of one second that begins at its number in seconds. */
export function segment(number: number, text: string): ClientEvent {
  const [start, end] = [number * 16_000, (number + 1) * 16_000];
  return { type: "segment", seq: 1, segment: number, utterance: 1, start, end, text, language: "en" };
}

/** Stage times. */
export function timing(segment: number, lane = 1, fields: Partial<Timing> = {}): Timing {
  return {
    type: "timing",
    seq: 1,
    segment,
    lane,
    sttMs: 300,
    mtMs: 20,
    ttsMs: 60,
    queueMs: 20,
    ttfabMs: 400,
    audioMs: 900,
    lagMs: 500,
    speed: 1,
    ...fields,
  };
}

/** The first audio of a segment. */
export function audio(segment: number, lane = 1): ClientEvent {
  return {
    type: "audio",
    lane,
    position: 0,
    start: true,
    end: false,
    jump: false,
    codec: "pcm_s16le",
    samples: new Int16Array(1),
    timing: {
      segment,
      start: 0,
      end: 0,
      sttMs: 1,
      mtMs: 1,
      ttsMs: 1,
      queueMs: 1,
      ttfabMs: 4,
      clockMs: 0,
    },
  };
}
