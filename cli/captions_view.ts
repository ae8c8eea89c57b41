import { hang, type Line, lineWidth, printable, type Span } from "./line.ts";
import { stageBar, stageNumbers } from "./stage_bar.ts";
import type { Clause, GrowingText, Translated } from "./transcript.ts";
import { spokenDuration } from "./duration.ts";

/** How captions are shown. */
export interface CaptionStyle {
  /** The columns there are. */
  readonly width: number;
  /** Whether colours tell what may still change; otherwise brackets do. */
  readonly color: boolean;
  /** The language that is spoken. */
  readonly source: string;
  /** Whether each clause that is complete shows its stage times. */
  readonly bars: boolean;
}

/** What the bar of a clause stands for when it is as long as it gets, in ms: the same for all, so that they can be compared. */
export const fullBarMs = 1500;
const barCells = 30;

/** The columns before a text: a clause's number and a language. */
const numberWidth = 4;

/** A clause in all its languages; a language of which nothing is known yet has no line. */
export function clauseLines(clause: Clause, style: CaptionStyle): Line[] {
  const languages = [style.source, ...clause.translations.map(({ language }) => language)];
  const languageWidth = Math.max(...languages.map((language) => language.length));
  const lines = textLines(clause.text, {
    head: `${String(clause.segment).padStart(numberWidth)}  ${style.source.padEnd(languageWidth)}  `,
    style,
  });
  for (const translated of clause.translations) {
    const indent = " ".repeat(numberWidth + 2);
    lines.push(
      ...textLines(translated.text, {
        head: `${indent}${translated.language.padEnd(languageWidth)}  `,
        style,
        strong: true,
      }),
    );
    const outcome = outcomeLine(translated, style.bars, style.width - indent.length - languageWidth - 2);
    if (outcome.length > 0) lines.push([{ text: indent + " ".repeat(languageWidth + 2) }, ...outcome]);
  }
  return lines;
}

/** A text with what may still change set apart. */
export function textSpans({ stable, tentative }: GrowingText, color: boolean, strong = false): Line {
  const open = tentative.trim();
  const spans: Span[] = [
    strong && color ? { text: printable(stable), style: "strong" } : { text: printable(stable) },
  ];
  if (open === "") return spans;
  if (stable !== "" && !stable.endsWith(" ")) spans.push({ text: " " });
  return [...spans, color ? { text: printable(open), style: "tentative" } : { text: `[${printable(open)}]` }];
}

/** How a translation ended, within so many columns: its stage times, with all numbers where there is room for them, or why it is not spoken. */
export function outcomeLine({ timing, skipped, text }: Translated, bars: boolean, width: number): Line {
  if (skipped !== undefined) return [{ text: `not spoken: ${printable(skipped)}`, style: "bad" }];
  if (!timing || !bars || !text.final) return [];
  const cells = Math.max(8, Math.min(barCells, Math.floor(width / 3)));
  const line: Line = [
    ...stageBar(timing, cells, fullBarMs),
    { text: ` ${spokenDuration(timing.ttfabMs ?? 0)}` },
  ];
  const detailed: Line = [...line, { text: ` = ${stageNumbers(timing)}`, style: "faint" }];
  return lineWidth(detailed) <= width ? detailed : line;
}

function textLines(
  text: GrowingText,
  { head, style, strong = false }: { head: string; style: CaptionStyle; strong?: boolean },
): Line[] {
  if (text.stable === "" && text.tentative === "") return [];
  return hang({ text: head, style: "faint" }, textSpans(text, style.color, strong), style.width);
}
