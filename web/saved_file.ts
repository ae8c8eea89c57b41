import { cuesOf, type Side } from "./cue.ts";
import { exportJson } from "./export_json.ts";
import { exportSrt } from "./export_srt.ts";
import { exportText } from "./export_text.ts";
import { exportVtt } from "./export_vtt.ts";
import { exportWav } from "./export_wav.ts";
import type { TalkRecord } from "./talk_record.ts";

/** A file to be saved. */
export interface SavedFile {
  readonly name: string;
  readonly type: string;
  readonly parts: BlobPart[];
}

/** What a talk is saved as: `save` is `vtt`, `srt`, `json`, `wav` or text, `side` whose captions are wanted. */
export function savedFile(
  talk: TalkRecord,
  { save, side }: { readonly save?: string | undefined; readonly side?: string | undefined },
): SavedFile {
  const clauses = talk.captions.clauses;
  const language = side === "source" ? talk.heading.source : talk.heading.target;
  const name = (ending: string, ...parts: string[]) =>
    ["parley", stamp(talk.heading.startedAt), ...parts].join("-") + ending;
  switch (save) {
    case "vtt":
      return {
        name: name(".vtt", language),
        type: "text/vtt",
        parts: [exportVtt(cuesOf(clauses, side as Side))],
      };
    case "srt":
      return {
        name: name(".srt", language),
        type: "application/x-subrip",
        parts: [exportSrt(cuesOf(clauses, side as Side))],
      };
    case "json":
      return {
        name: name(".json"),
        type: "application/json",
        parts: [exportJson({ ...talk.heading, forgotten: talk.captions.forgotten }, clauses)],
      };
    case "wav":
      return {
        name: name(".wav", talk.heading.target),
        type: "audio/wav",
        parts: exportWav(talk.recording),
      };
    default:
      return { name: name(".txt"), type: "text/plain", parts: [exportText(clauses)] };
  }
}

/** `2026-11-22-1605`, by the clock on the wall. */
function stamp(date: Date): string {
  const two = (value: number) => String(value).padStart(2, "0");
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}-${two(date.getHours())}${
    two(date.getMinutes())
  }`;
}
