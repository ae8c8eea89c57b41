/** A caption and when it is shown. */
export interface Cue {
  /** Shown by no player; serves to find the cue again. */
  readonly id: number;
  readonly startMs: number;
  readonly endMs: number;
  readonly text: string;
}

/** How a WebVTT file begins ({@link https://www.w3.org/TR/webvtt1/#file-structure}). */
export const vttHead = "WEBVTT\n\n";

/** A cue as WebVTT, with the empty line after it. One without any duration is shown for a millisecond, as the format wants an end after the start. */
export function vttCue({ id, startMs, endMs, text }: Cue): string {
  const start = Math.max(0, Math.round(startMs));
  const end = Math.max(start + 1, Math.round(endMs));
  return `${id}\n${timestamp(start)} --> ${timestamp(end)}\n${escaped(text)}\n\n`;
}

function timestamp(ms: number): string {
  const two = (value: number) => String(value).padStart(2, "0");
  const seconds = Math.floor(ms / 1000);
  const hours = two(Math.floor(seconds / 3600));
  return `${hours}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}.${
    String(ms % 1000).padStart(3, "0")
  }`;
}

/** An empty line would end the cue, and markup would be taken for such. */
function escaped(text: string): string {
  return text.replaceAll(/\s+/g, " ").trim()
    .replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
