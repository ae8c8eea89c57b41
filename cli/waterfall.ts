import type { Timing } from "../protocol/server_message.ts";
import type { Line } from "./line.ts";
import { legend, stageBar, stages } from "./stage_bar.ts";

/** A segment in one language, and how long it took. */
export interface WaterfallRow {
  readonly segment: number;
  readonly language: string;
  readonly timing: Timing;
}

/** Options of {@linkcode waterfall}. */
export interface WaterfallOptions {
  /** The columns that it may take. */
  readonly width: number;
  /** How many rows it may have; of more, the slowest are shown. */
  readonly rows: number;
}

const narrowestBar = 12;
const widestBar = 60;

/** A bar for each segment: from the end of its speech to its first translated audio, stage by stage. */
export function waterfall(all: readonly WaterfallRow[], { width, rows }: WaterfallOptions): Line[] {
  if (all.length === 0) return [];
  const shown = slowest(all, rows);
  const fullMs = Math.max(1, ...shown.map(({ timing }) => timing.ttfabMs ?? 0));
  const several = new Set(all.map(({ language }) => language)).size > 1;
  const name = ({ segment, language }: WaterfallRow) => several ? `${segment} ${language}` : `${segment}`;
  const nameWidth = Math.max(...shown.map((row) => name(row).length));
  const columns = ["first audio", ...stages.map(({ name }) => name)];
  const values = ({ timing }: WaterfallRow) => [
    timing.ttfabMs === undefined ? "" : `${Math.round(timing.ttfabMs)} ms`,
    ...stages.map(({ of }) => `${Math.round(of(timing))}`),
  ];
  const table = [columns, ...shown.map(values)];
  const widths = columns.map((_, column) => Math.max(...table.map((row) => row[column]!.length)));
  const numbers = (row: readonly string[], count: number) =>
    row.slice(0, count).map((cell, column) => "  " + cell.padStart(widths[column]!)).join("");
  const room = width - 2 - nameWidth - 1;
  const count = numbers(columns, columns.length).length + narrowestBar <= room ? columns.length : 1;
  const cells = Math.max(narrowestBar, Math.min(widestBar, room - numbers(columns, count).length));
  const indent = " ".repeat(2 + nameWidth + 1);
  const lines: Line[] = [
    ...(legendFits(cells)
      ? [[
        { text: indent },
        ...legend,
        { text: " ".repeat(cells - legendWidth) + numbers(columns, count), style: "faint" as const },
      ]]
      : [[{ text: indent }, ...legend], [{
        text: indent + " ".repeat(cells) + numbers(columns, count),
        style: "faint" as const,
      }]]),
    ...shown.map((row): Line => {
      const bar = stageBar(row.timing, cells, fullMs);
      const drawn = bar.reduce((sum, { text }) => sum + text.length, 0);
      return [
        { text: `  ${name(row).padStart(nameWidth)} ` },
        ...bar,
        { text: " ".repeat(cells - drawn) + numbers(values(row), count) },
      ];
    }),
  ];
  if (shown.length < all.length) {
    lines.push([{ text: `  the slowest ${shown.length} of ${all.length} are shown`, style: "faint" }]);
  }
  return lines;
}

const legendWidth = legend.reduce((sum, { text }) => sum + text.length, 0);

function legendFits(cells: number): boolean {
  return legendWidth <= cells;
}

/** The slowest ones, in their own order. */
function slowest(rows: readonly WaterfallRow[], limit: number): WaterfallRow[] {
  const time = ({ timing }: WaterfallRow) => timing.ttfabMs ?? 0;
  const chosen = new Set(rows.toSorted((one, other) => time(other) - time(one)).slice(0, limit));
  return rows.filter((row) => chosen.has(row));
}
