import type { Clause } from "../clause.ts";
import type { Dictionary } from "../i18n/dictionary.ts";
import { layOutLag } from "../lag_chart.ts";
import { clockTime, type Quantities } from "../quantity.ts";
import { byId, makeSvg, setText } from "./element.ts";

/** The last minutes of the talk are drawn. */
const windowMs = 180_000;
const left = 34;
const right = 8;
const top = 8;
const bottom = 18;

/** Draws how far the voice was behind the speaker over the last minutes. */
export class LagView {
  readonly #chart = byId("lag", HTMLDivElement);
  readonly #note = byId("lag-note", HTMLSpanElement);
  #words: Dictionary;
  #quantities: Quantities;
  #clauses: readonly Clause[] = [];

  constructor(words: Dictionary, quantities: Quantities) {
    this.#words = words;
    this.#quantities = quantities;
    new ResizeObserver(() => this.draw(this.#clauses)).observe(this.#chart);
  }

  setWords(words: Dictionary, quantities: Quantities): void {
    this.#words = words;
    this.#quantities = quantities;
    this.draw(this.#clauses);
  }

  /** Draws the newest of these clauses. */
  draw(clauses: readonly Clause[]): void {
    this.#clauses = clauses;
    const { clientWidth: width, clientHeight: height } = this.#chart;
    const { points, scale, fromMs, toMs, medianMs } = layOutLag(clauses, windowMs);
    const seconds = (ms: number) => this.#words.seconds(this.#quantities.seconds(ms));
    const note = medianMs === undefined ? "" : this.#words.lagMedian(seconds(medianMs));
    setText(this.#note, note);
    if (width === 0) return;
    const mark = (ms: number) =>
      ms === scale.full ? this.#words.seconds(this.#quantities.short(ms)) : this.#quantities.short(ms);
    const xOf = (share: number) => round(left + (width - left - right) * share);
    const yOf = (share: number) => round(top + (height - top - bottom) * (1 - share));
    const marks = [0, scale.full / 2, scale.full].flatMap((ms) => [
      makeSvg("line", {
        class: "grid",
        x1: left,
        x2: width - right,
        y1: yOf(ms / scale.full),
        y2: yOf(ms / scale.full),
      }),
      makeSvg("text", { x: left - 6, y: yOf(ms / scale.full) + 4, "text-anchor": "end" }, mark(ms)),
    ]);
    const times = [
      makeSvg("text", { x: left, y: height - 3 }, clockTime(fromMs)),
      makeSvg("text", { x: width - right, y: height - 3, "text-anchor": "end" }, clockTime(toMs)),
    ];
    const line = points.map(({ x, y }, index) => `${index === 0 ? "M" : "L"}${xOf(x)} ${yOf(y)}`).join("");
    const first = points[0];
    const last = points.at(-1);
    const drawn = first && last
      ? [
        makeSvg("path", { class: "area", d: `${line}L${xOf(last.x)} ${yOf(0)}L${xOf(first.x)} ${yOf(0)}Z` }),
        ...marks,
        makeSvg("path", { class: "line", d: line }),
        makeSvg("circle", { class: "dot", cx: xOf(last.x), cy: yOf(last.y), r: 4.5 }),
      ]
      : marks;
    const label = note === "" ? this.#words.lagChart : `${this.#words.lagChart}: ${note}`;
    this.#chart.replaceChildren(makeSvg("svg", { role: "img", "aria-label": label }, ...drawn, ...times));
  }
}

function round(pixels: number): number {
  return Math.round(pixels * 10) / 10;
}
