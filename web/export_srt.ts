import type { Cue } from "./cue.ts";
import { timestamp } from "./timestamp.ts";

/** A SubRip file: cues counted from 1, lines ended as the players of the format expect. */
export function exportSrt(cues: readonly Cue[]): string {
  return cues.map(({ startMs, endMs, text }, index) =>
    [String(index + 1), `${timestamp(startMs, ",")} --> ${timestamp(endMs, ",")}`, text, ""].join("\r\n")
  ).join("\r\n");
}
