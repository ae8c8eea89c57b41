import { charactersOf, characterWidth, textWidth } from "./text_width.ts";

/** How a stretch of text looks. */
export type Style = "strong" | "faint" | "tentative" | "good" | "bad" | "stt" | "mt" | "tts" | "queue";

/** A stretch of text in one style; without control characters. */
export interface Span {
  readonly text: string;
  readonly style?: Style;
}

/** One line of a terminal. */
export type Line = readonly Span[];

/** Select Graphic Rendition codes (ECMA-48, 8.3.117) that are readable on dark and on light ground. */
const codes: Readonly<Record<Style, string>> = {
  strong: "1",
  faint: "2",
  tentative: "2;3",
  good: "32",
  bad: "31",
  stt: "34",
  mt: "35",
  tts: "32",
  queue: "33",
};

/** A line as it is written: with colours, or as plain text. */
export function paint(line: Line, color: boolean): string {
  return line.map(({ text, style }) =>
    color && style !== undefined && text !== "" ? `\x1b[${codes[style]}m${text}\x1b[0m` : text
  ).join("");
}

/** How many columns a line takes. */
export function lineWidth(line: Line): number {
  return line.reduce((sum, { text }) => sum + textWidth(text), 0);
}

/** Takes the control characters out of a text that somebody else wrote, so that it cannot move the cursor. */
export function printable(text: string): string {
  return text.replaceAll(/\p{Cc}+/gu, " ");
}

interface Cell {
  readonly text: string;
  readonly style: Style | undefined;
  readonly width: number;
}

/** Breaks a line at spaces, or anywhere where it has none, so that no part is wider than `width` columns. */
export function wrap(line: Line, width: number): Line[] {
  const lines: Line[] = [];
  let cells: Cell[] = [];
  let columns = 0;
  /** How many of the cells come before the last place where the line may be broken. */
  let breakable = 0;
  for (const cell of line.flatMap(cellsOf)) {
    while (columns + cell.width > width && cells.length > 0) {
      const cut = cell.text === " " || breakable === 0 ? cells.length : breakable;
      const part = join(cells.slice(0, cut));
      if (part.length > 0) lines.push(part);
      cells = cells.slice(cut);
      columns = cells.reduce((sum, { width }) => sum + width, 0);
      breakable = 0;
    }
    if (cell.text === " " && cells.length === 0 && lines.length > 0) continue;
    cells.push(cell);
    columns += cell.width;
    if (cell.text === " " || cell.width === 2) breakable = cells.length;
  }
  if (cells.length > 0 || lines.length === 0) lines.push(join(cells));
  return lines;
}

/** Wraps a text behind a head, and indents what does not fit so that it stands under the text. */
export function hang(head: Span, text: Line, width: number): Line[] {
  const columns = textWidth(head.text);
  return wrap(text, Math.max(10, width - columns)).map((line, index) => [
    index === 0 ? head : { ...head, text: " ".repeat(columns) },
    ...line,
  ]);
}

/** The beginning of a line that fits into `width` columns; what is cut off shows as `…`. */
export function clip(line: Line, width: number): Line {
  if (lineWidth(line) <= width) return line;
  const cells: Cell[] = [];
  let columns = 0;
  for (const cell of line.flatMap(cellsOf)) {
    if (columns + cell.width > width - 1) break;
    cells.push(cell);
    columns += cell.width;
  }
  return [...join(cells), { text: "…" }];
}

function cellsOf({ text, style }: Span): Cell[] {
  return charactersOf(text).map((character) => ({
    text: character,
    style,
    width: characterWidth(character),
  }));
}

/** Cells of one style become one span; a space at the end goes. */
function join(cells: readonly Cell[]): Line {
  const spans: { text: string; style?: Style }[] = [];
  const last = cells.findLastIndex(({ text }) => text !== " ");
  let style: Style | undefined;
  for (const cell of cells.slice(0, last + 1)) {
    const span = spans.at(-1);
    if (span && cell.style === style) span.text += cell.text;
    else spans.push(cell.style === undefined ? { text: cell.text } : { text: cell.text, style: cell.style });
    style = cell.style;
  }
  return spans;
}
