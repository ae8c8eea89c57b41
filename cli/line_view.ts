import { outcomeLine, textSpans } from "./captions_view.ts";
import { clockTime } from "./duration.ts";
import { type Line, paint } from "./line.ts";
import type { TalkProgress, TalkView } from "./talk_view.ts";
import type { Terminal } from "./terminal.ts";
import type { Clause, GrowingText } from "./transcript.ts";

/** A text that still changes is shown again this often, in ms of the talk. */
const everyMs = 1000;

/** Shows a talk line by line, where nothing can be replaced: each line with its time, what may still change in brackets. */
export class LineView implements TalkView {
  readonly #terminal: Terminal;
  readonly #source: string;
  readonly #bars: boolean;
  /** What was shown of the clauses that grow, by clause and language. */
  readonly #shown = new Map<string, { readonly text: string; readonly atMs: number }>();

  constructor(terminal: Terminal, style: { readonly source: string; readonly bars: boolean }) {
    this.#terminal = terminal;
    this.#source = style.source;
    this.#bars = style.bars;
  }

  update({ growing, spokenMs }: TalkProgress): void {
    for (const clause of growing) this.#showTexts(clause, spokenMs);
  }

  complete(clause: Clause, { spokenMs }: TalkProgress): void {
    this.#showTexts(clause, spokenMs);
    for (const translated of clause.translations) {
      const outcome = outcomeLine(translated, this.#bars, this.#terminal.size().columns - 20);
      if (outcome.length > 0) this.#write(spokenMs, clause.segment, translated.language, outcome);
    }
    for (const key of this.#shown.keys()) {
      if (Number.parseInt(key) <= clause.segment) this.#shown.delete(key);
    }
  }

  note(line: Line): void {
    this.#terminal.write(`${paint(line, false)}\n`);
  }

  [Symbol.dispose](): void {
    this.#shown.clear();
  }

  #showTexts(clause: Clause, atMs: number): void {
    this.#showText(clause.segment, this.#source, clause.text, atMs);
    for (const { language, text } of clause.translations) {
      this.#showText(clause.segment, language, text, atMs);
    }
  }

  #showText(segment: number, language: string, growing: GrowingText, atMs: number): void {
    const line = textSpans(growing, false);
    const text = paint(line, false);
    const key = `${segment} ${language}`;
    const shown = this.#shown.get(key) ?? { text: "", atMs };
    if (text !== "" && !this.#shown.has(key)) this.#shown.set(key, shown);
    if (text === shown.text || (!growing.final && atMs - shown.atMs < everyMs)) return;
    this.#shown.set(key, { text, atMs });
    this.#write(atMs, segment, language, growing.final ? line : [...line, { text: " …" }]);
  }

  #write(atMs: number, segment: number, language: string, line: Line): void {
    const head = `${clockTime(atMs).padStart(9)}  ${String(segment).padStart(4)}  ${language}  `;
    this.#terminal.write(`${head}${paint(line, false).trimEnd()}\n`);
  }
}
