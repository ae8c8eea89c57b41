/** The colours that charts are drawn in, by what they stand for; each has a light and a dark shade. */
export const tones = ["ours", "other", "third", "fourth", "fifth", "sixth", "quiet"] as const;

/** A colour of {@linkcode tones}. */
export type Tone = typeof tones[number];

const light = "--paper:#fcfbf8;--ink:#1f2328;--faint:#6b7280;--line:#e5e2da;" +
  "--ours:#0d9488;--other:#d97757;--third:#5b7fd6;--fourth:#a974c9;--fifth:#c99a1e;--sixth:#c75b8a;--quiet:#c9c6bd";
const dark = "--paper:#15181d;--ink:#e8e6e1;--faint:#9aa3ad;--line:#2b3038;" +
  "--ours:#3fd0bf;--other:#f0936f;--third:#86a5f2;--fourth:#c79be3;--fifth:#e6bf52;--sixth:#ea8fb5;--quiet:#4a505a";

/** The text of an SVG picture of a width of 760 that follows the reader's light or dark theme. `alt` tells what it shows to those who do not see it. */
export function svgDocument(heightPx: number, alt: string, body: readonly string[]): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${chartWidth} ${
      round(heightPx)
    }" role="img" aria-label="${
      escapeXml(alt)
    }" font-family="system-ui, -apple-system, 'Segoe UI', sans-serif">`,
    "<style>",
    `:root{${light}}`,
    `@media (prefers-color-scheme: dark){:root{${dark}}}`,
    ".title{font-size:17px;font-weight:600;fill:var(--ink)}.note{font-size:12px;fill:var(--faint);paint-order:stroke;stroke:var(--paper);stroke-width:4px}" +
    ".label{font-size:13px;fill:var(--ink)}.value{font-size:12.5px;fill:var(--ink);font-variant-numeric:tabular-nums}" +
    ".axis{stroke:var(--line);stroke-width:1}",
    "</style>",
    `<rect width="${chartWidth}" height="${round(heightPx)}" rx="12" fill="var(--paper)"/>`,
    ...body,
    "</svg>",
    "",
  ].join("\n");
}

/** How wide every chart is, in its own units. */
export const chartWidth = 760;

/** A line of text; `anchor` says which of its ends stands at `x`. */
export function textAt(
  x: number,
  y: number,
  kind: "title" | "note" | "label" | "value",
  text: string,
  anchor: "start" | "middle" | "end" = "start",
): string {
  return `<text class="${kind}" x="${round(x)}" y="${round(y)}" text-anchor="${anchor}">${
    escapeXml(text)
  }</text>`;
}

/** A bar with round corners; `about` is shown where the pointer rests. */
export function bar(
  { x, y, width, height }: {
    readonly x: number;
    readonly y: number;
    readonly width: number;
    readonly height: number;
  },
  tone: Tone,
  about: string,
  opacity = 1,
): string {
  return `<rect x="${round(x)}" y="${round(y)}" width="${round(Math.max(1.5, width))}" height="${
    round(height)
  }" rx="3" fill="var(--${tone})"${opacity === 1 ? "" : ` opacity="${opacity}"`}><title>${
    escapeXml(about)
  }</title></rect>`;
}

/** A thin line down the chart. */
export function rule(x: number, fromY: number, toY: number): string {
  return `<line class="axis" x1="${round(x)}" y1="${round(fromY)}" x2="${round(x)}" y2="${round(toY)}"/>`;
}

/** Cuts a sentence into lines of at most so many characters, between words. */
export function wrap(text: string, characters: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > characters) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return line === "" ? lines : [...lines, line];
}

/** Text as XML holds it. */
export function escapeXml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll(
    '"',
    "&quot;",
  );
}

/** Steps of 1, 2 or 5 times a power of ten, at most about `count` of them, from 0 to `most`. */
export function niceSteps(most: number, count: number): number[] {
  if (!(most > 0)) return [0];
  const rough = most / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5, 10].find((factor) => factor * power >= rough) ?? 10);
  return Array.from({ length: Math.floor(most / step + 1e-9) + 1 }, (_, index) => index * step);
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
