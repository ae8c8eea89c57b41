import { bar, chartWidth, niceSteps, rule, svgDocument, textAt, type Tone, wrap } from "./svg.ts";

/** One bar with its figure. */
export interface Bar {
  readonly label: string;
  readonly value: number;
  /** The figure as it is to be read: `0.53 s`. */
  readonly shown: string;
  readonly tone: Tone;
}

/** Bars that are compared with each other. */
export interface BarGroup {
  readonly heading: string;
  readonly bars: readonly Bar[];
  /** A bound to be kept, drawn across the bars of the group. */
  readonly bound?: { readonly value: number; readonly label: string };
}

/** What {@linkcode barChart} draws: every group has a scale of its own, from 0. */
export interface BarChart {
  readonly title: string;
  /** The profile and the machine. */
  readonly notes: readonly string[];
  readonly groups: readonly BarGroup[];
}

const left = 24;
/** The least and the most that labels take, and what a character of them does. */
const labelRoom = { least: 216, most: 420, character: 6.6 };
const valueWidth = 96;
const barHeight = 18;
const rowHeight = 26;

/** Draws horizontal bars, group under group, as SVG. */
export function barChart({ title, notes, groups }: BarChart): string {
  const body = [textAt(left, 34, "title", title)];
  let y = 54;
  for (const line of notes.flatMap((note) => wrap(note, 112))) {
    body.push(textAt(left, y, "note", line));
    y += 16;
  }
  const longest = Math.max(0, ...groups.flatMap(({ bars }) => bars.map(({ label }) => label.length)));
  const labelWidth = 10 + longest * labelRoom.character;
  const from = left + Math.min(labelRoom.most, Math.max(labelRoom.least, labelWidth));
  const room = chartWidth - from - valueWidth - left;
  for (const { heading, bars, bound } of groups) {
    y += 20;
    body.push(textAt(left, y, "label", heading));
    y += 10;
    const most = Math.max(...bars.map(({ value }) => value), bound?.value ?? 0) || 1;
    const top = y;
    const bottom = y + bars.length * rowHeight;
    for (const step of niceSteps(most, 6)) body.push(rule(from + room * step / most, top, bottom));
    for (const { label, value, shown, tone } of bars) {
      const width = room * value / most;
      body.push(textAt(from - 10, y + 15.5, "value", label, "end"));
      body.push(bar({ x: from, y: y + 2, width, height: barHeight }, tone, `${label}: ${shown}`));
      body.push(textAt(from + width + 8, y + 15.5, "value", shown));
      y += rowHeight;
    }
    if (bound) {
      const x = from + room * bound.value / most;
      body.push(
        `<line x1="${x}" y1="${top}" x2="${x}" y2="${bottom}" stroke="var(--ink)" stroke-dasharray="3 3"/>`,
        textAt(x, bottom + 12, "note", bound.label, x > chartWidth - 200 ? "end" : "middle"),
      );
      y += 14;
    }
  }
  const alt = groups.map(({ heading, bars }) =>
    `${heading}: ${bars.map(({ label, shown }) => `${label} ${shown}`).join(", ")}`
  ).join(". ");
  return svgDocument(y + 22, `${title}. ${alt}`, body);
}
