import type { Clause } from "../clause.ts";
import type { Dictionary } from "../i18n/dictionary.ts";
import type { Quantities } from "../quantity.ts";
import { stages } from "../stage.ts";
import { layOutWaterfall, type WaterfallBar } from "../waterfall.ts";
import { byId, make, makeSvg } from "./element.ts";

/** So many clauses are drawn. */
const barLimit = 7;
/** Room for the numbers of the clauses, for the times behind the bars, and below for the axis, in pixels. */
const left = 28;
const right = 64;
const bottom = 18;

/** Draws how long the newest clauses took, a bar for each; a bar that has the pointer or the focus tells its numbers. */
export class WaterfallView {
  readonly #chart = byId("waterfall", HTMLDivElement);
  readonly #legend = byId("legend", HTMLSpanElement);
  readonly #tip = make("div", "tip");
  #words: Dictionary;
  #quantities: Quantities;
  #clauses: readonly Clause[] = [];
  #bars: readonly WaterfallBar[] = [];
  #focused: number | undefined;

  constructor(words: Dictionary, quantities: Quantities) {
    this.#words = words;
    this.#quantities = quantities;
    this.#tip.hidden = true;
    this.#tip.ariaHidden = "true";
    this.#chart.addEventListener("keydown", (event) => this.#onKey(event));
    this.#chart.addEventListener("focusout", () => this.#hideTip());
    this.#chart.addEventListener("pointerleave", () => this.#hideTip());
    new ResizeObserver(() => this.draw(this.#clauses)).observe(this.#chart);
    this.setWords(words, quantities);
  }

  setWords(words: Dictionary, quantities: Quantities): void {
    this.#words = words;
    this.#quantities = quantities;
    this.#legend.replaceChildren(...stages.map((stage) => make("span", `key ${stage}`, words.stage[stage])));
    this.draw(this.#clauses);
  }

  /** Draws the newest of these clauses. */
  draw(clauses: readonly Clause[]): void {
    this.#clauses = clauses;
    const { clientWidth: width, clientHeight: height } = this.#chart;
    if (width === 0) return;
    const { bars, scale } = layOutWaterfall(clauses, barLimit);
    this.#bars = bars;
    if (bars.length === 0) {
      this.#chart.replaceChildren(make("p", "empty-chart", this.#words.waterfallEmpty));
      return;
    }
    const hadFocus = this.#chart.contains(document.activeElement);
    const plot = width - left - right;
    const marks = scale.marks.flatMap((ms) => {
      const x = left + plot * ms / scale.full;
      const label = ms === scale.full
        ? this.#words.milliseconds(this.#quantities.whole(ms))
        : this.#quantities.whole(ms);
      return [
        makeSvg("line", { class: "grid", x1: x, x2: x, y1: 0, y2: height - bottom }),
        makeSvg("text", { x, y: height - 3, "text-anchor": "middle" }, label),
      ];
    });
    const step = (height - bottom) / barLimit;
    const rows = bars.map((bar, index) => this.#makeRow(bar, index * step, step, plot));
    this.#chart.replaceChildren(
      makeSvg("svg", { role: "group", "aria-label": this.#words.waterfall }, ...marks, ...rows),
      this.#tip,
    );
    if (hadFocus) (this.#rowOf(this.#focused) ?? this.#rowOf(bars[0]!.segment))?.focus();
  }

  #makeRow(bar: WaterfallBar, y: number, step: number, plot: number): SVGGElement {
    const { segment, parts, ttfabMs } = bar;
    const thickness = Math.min(9, step - 4);
    const middle = y + step / 2;
    const newest = this.#bars.at(-1)!.segment;
    const focusable =
      segment === (this.#bars.some((one) => one.segment === this.#focused) ? this.#focused : newest);
    const drawn = parts.filter(({ ms }) => ms > 0).map(({ stage, from, to }) =>
      makeSvg("rect", {
        class: stage,
        x: left + plot * from,
        y: middle - thickness / 2,
        // The thinnest stage is a hair, so that it is seen at all.
        width: Math.max(1.5, plot * (to - from)),
        height: thickness,
      })
    );
    const end = left + plot * (parts.at(-1)?.to ?? 0);
    const row = makeSvg(
      "g",
      {
        class: "bar",
        role: "img",
        tabindex: focusable ? 0 : -1,
        "aria-label": this.#describe(bar),
        "data-segment": segment,
      },
      makeSvg("rect", { class: "halo", x: 0, y: y + 1, width: left + plot + right, height: step - 2, rx: 3 }),
      makeSvg("text", { x: left - 8, y: middle + 4, "text-anchor": "end" }, String(segment)),
      ...drawn,
      makeSvg("text", { x: end + 7, y: middle + 4 }, this.#ms(ttfabMs)),
    );
    row.addEventListener("pointerenter", () => this.#showTip(bar));
    row.addEventListener("focus", () => {
      this.#focused = segment;
      this.#showTip(bar);
    });
    return row;
  }

  #describe({ segment, parts, ttfabMs }: WaterfallBar): string {
    const { clause, firstSound, stage: names } = this.#words;
    const told = parts.map(({ stage, ms }) => `${names[stage]} ${this.#ms(ms)}`);
    return `${clause(segment)}: ${firstSound} ${this.#ms(ttfabMs)}, ${told.join(", ")}`;
  }

  #ms(ms: number): string {
    return this.#words.milliseconds(this.#quantities.whole(ms));
  }

  #showTip({ segment, parts, ttfabMs }: WaterfallBar): void {
    const row = (className: string, name: string, ms: number) =>
      make("div", "tip-row", make("span", className, name), make("span", "", this.#ms(ms)));
    this.#tip.replaceChildren(
      make("div", "", this.#words.clause(segment)),
      ...parts.map(({ stage, ms }) => row(`key ${stage}`, this.#words.stage[stage], ms)),
      row("", this.#words.firstSound, ttfabMs),
    );
    this.#tip.hidden = false;
  }

  #hideTip(): void {
    this.#tip.hidden = true;
  }

  #onKey(event: KeyboardEvent): void {
    if (event.key === "Escape") return this.#hideTip();
    const at = this.#bars.findIndex(({ segment }) => segment === this.#focused);
    const next = { ArrowUp: at - 1, ArrowDown: at + 1, Home: 0, End: this.#bars.length - 1 }[event.key];
    const bar = next === undefined ? undefined : this.#bars[next];
    if (!bar) return;
    event.preventDefault();
    for (const row of this.#chart.querySelectorAll(".bar")) row.setAttribute("tabindex", "-1");
    const row = this.#rowOf(bar.segment);
    row?.setAttribute("tabindex", "0");
    row?.focus();
  }

  #rowOf(segment: number | undefined): SVGGElement | null {
    return this.#chart.querySelector<SVGGElement>(`.bar[data-segment="${segment}"]`);
  }
}
