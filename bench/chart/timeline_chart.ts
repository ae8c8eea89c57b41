import { bar, chartWidth, niceSteps, rule, svgDocument, textAt, type Tone, wrap } from "./svg.ts";

/** Something that lasted, on the common time scale. */
export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
  readonly tone: Tone;
  readonly about: string;
}

/** A row of spans. */
export interface TimelineRow {
  readonly label: string;
  readonly spans: readonly Span[];
  /** Said after its last span. */
  readonly remark?: string;
}

/** What {@linkcode timelineChart} draws. */
export interface TimelineChart {
  readonly title: string;
  readonly notes: readonly string[];
  readonly rows: readonly TimelineRow[];
  /** Moments that go through all rows. */
  readonly moments: readonly { readonly atMs: number; readonly label: string }[];
}

const left = 24;
const labelWidth = 150;
const rowHeight = 40;

/** Draws what happened when, row under row on one scale of seconds, as SVG. */
export function timelineChart({ title, notes, rows, moments }: TimelineChart): string {
  const body = [textAt(left, 34, "title", title)];
  let y = 54;
  for (const line of notes.flatMap((note) => wrap(note, 112))) {
    body.push(textAt(left, y, "note", line));
    y += 16;
  }
  y += 16;
  const from = left + labelWidth;
  const ends = rows.flatMap(({ spans }) => spans.map(({ toMs }) => toMs));
  const most = Math.max(...ends, ...moments.map(({ atMs }) => atMs), 1);
  const room = chartWidth - from - left;
  const x = (ms: number) => from + room * ms / most;
  const top = y;
  const bottom = y + rows.length * rowHeight;
  for (const seconds of niceSteps(most / 1000, 10)) {
    body.push(
      rule(x(seconds * 1000), top, bottom),
      textAt(x(seconds * 1000), bottom + 16, "note", `${seconds} s`, "middle"),
    );
  }
  for (const { atMs, label } of moments) {
    body.push(
      `<line x1="${x(atMs).toFixed(1)}" y1="${top - 4}" x2="${
        x(atMs).toFixed(1)
      }" y2="${bottom}" stroke="var(--ink)" stroke-dasharray="3 3"/>`,
      textAt(x(atMs), top - 8, "note", label, "middle"),
    );
  }
  for (const { label, spans, remark } of rows) {
    body.push(textAt(from - 10, y + 21, "label", label, "end"));
    for (const { fromMs, toMs, tone, about } of spans) {
      body.push(bar({ x: x(fromMs), y: y + 7, width: x(toMs) - x(fromMs), height: 16 }, tone, about));
    }
    if (remark !== undefined) body.push(textAt(from, y + 36, "note", remark));
    y += rowHeight;
  }
  const alt = rows.map(({ label, remark }) => remark === undefined ? label : `${label}: ${remark}`).join(
    ". ",
  );
  return svgDocument(bottom + 34, `${title}. ${alt}`, body);
}
