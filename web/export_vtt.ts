import type { Cue } from "./cue.ts";
import { timestamp } from "./timestamp.ts";

/** A WebVTT file ({@link https://www.w3.org/TR/webvtt1/}); its cues hold no markup. */
export function exportVtt(cues: readonly Cue[]): string {
  const blocks = cues.map(({ id, startMs, endMs, text }) =>
    `${id}\n${timestamp(startMs, ".")} --> ${timestamp(endMs, ".")}\n${escape(text)}\n`
  );
  return ["WEBVTT\n", ...blocks].join("\n");
}

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
