import type { Timing } from "../protocol/server_message.ts";
import type { Line, Span } from "./line.ts";

/** The stages of a segment, in the order in which its bar shows them, each with its own shade so that no colour is needed. */
export const stages = [
  { name: "stt", of: (timing: Timing) => timing.sttMs ?? 0, shade: "█" },
  { name: "mt", of: (timing: Timing) => timing.mtMs ?? 0, shade: "▓" },
  { name: "tts", of: (timing: Timing) => timing.ttsMs ?? 0, shade: "▒" },
  { name: "queue", of: (timing: Timing) => timing.queueMs ?? 0, shade: "░" },
] as const;

/** Says which shade is which stage. */
export const legend: Line = stages.flatMap(({ name, shade }, index): Span[] => [
  { text: index === 0 ? "" : "  " },
  { text: shade, style: name },
  { text: ` ${name}` },
]);

/**
 * The stage times of a segment as a bar, one after the other as they add up to the time to its first audio. A bar that would be longer than `cells`
 * ends in an arrow.
 *
 * @param fullMs what a bar of `cells` columns stands for.
 */
export function stageBar(timing: Timing, cells: number, fullMs: number): Line {
  const cellsOf = (ms: number) => Math.round(ms * cells / fullMs);
  const spans: Span[] = [];
  let ms = 0;
  let drawn = 0;
  for (const { name, of, shade } of stages) {
    ms += of(timing);
    const length = Math.min(cells, cellsOf(ms)) - drawn;
    if (length > 0) spans.push({ text: shade.repeat(length), style: name });
    drawn += Math.max(0, length);
  }
  if (cellsOf(ms) <= cells) return spans;
  const last = spans.pop()!;
  return [...spans, { ...last, text: `${last.text.slice(0, -1)}▶` }];
}

/** The numbers that belong to a bar: `stt 540 + mt 4 + tts 11 + queue 57 ms`. */
export function stageNumbers(timing: Timing): string {
  return `${stages.map(({ name, of }) => `${name} ${Math.round(of(timing))}`).join(" + ")} ms`;
}
