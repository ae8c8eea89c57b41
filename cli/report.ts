import type { Timing } from "../protocol/server_message.ts";
import { summarize } from "./summary.ts";
import type { Talk } from "./talk.ts";

/** What `--json` prints about a talk: one object, all times in ms. */
export function reportOf(
  talk: Talk,
  { file, from, error }: { readonly file: string; readonly from: string; readonly error: string | undefined },
) {
  return {
    source: { file, language: from, durationMs: Math.round(talk.sourceMs) },
    engines: talk.engines,
    targets: talk.outputs.map(({ language, audio, captions }) => ({
      ...summarize(talk.clauses, language),
      audio: audio && { file: audio.path, durationMs: Math.round(audio.timeline.durationMs) },
      captions: captions && { file: captions.path, cues: captions.cues },
    })),
    segments: talk.clauses.map(({ segment, place, text, translations }) => ({
      segment,
      startMs: Math.round(place?.startMs ?? 0),
      endMs: Math.round(place?.endMs ?? 0),
      text: text.stable + text.tentative,
      translations: translations.map(({ language, text, timing, skipped }) => ({
        language,
        text: text.stable + text.tentative,
        ...(timing ? timesOf(timing) : {}),
        skipped,
      })),
    })),
    firstAudioMs: talk.firstAudioMs === undefined ? undefined : Math.round(talk.firstAudioMs),
    cuts: talk.cuts,
    interrupted: talk.interrupted,
    error,
  };
}

function timesOf({ sttMs, mtMs, ttsMs, queueMs, ttfabMs, audioMs, lagMs, speed }: Timing) {
  return { sttMs, mtMs, ttsMs, queueMs, ttfabMs, audioMs, lagMs, speed };
}
