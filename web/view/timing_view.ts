import type { Clause } from "../clause.ts";
import type { Dictionary } from "../i18n/dictionary.ts";
import type { Quantities } from "../quantity.ts";
import { byId, setText } from "./element.ts";
import { LagView } from "./lag_view.ts";
import { WaterfallView } from "./waterfall_view.ts";

/** From this width on the charts are open at first, in rem. */
const openFrom = "(min-width: 42.01rem) and (min-height: 40rem)";

/** How long the clauses take and how far the voice is behind: in a line, and as charts where the reader opens them. */
export class TimingView {
  readonly #timing = byId("timing", HTMLDetailsElement);
  readonly #summary = byId("timing-summary", HTMLSpanElement);
  readonly #waterfall: WaterfallView;
  readonly #lag: LagView;
  #words: Dictionary;
  #quantities: Quantities;
  #clauses: readonly Clause[] = [];

  constructor(words: Dictionary, quantities: Quantities) {
    this.#words = words;
    this.#quantities = quantities;
    this.#waterfall = new WaterfallView(words, quantities);
    this.#lag = new LagView(words, quantities);
    this.#timing.open = matchMedia(openFrom).matches;
  }

  /** Appears with the first talk. */
  show(): void {
    this.#timing.hidden = false;
  }

  setWords(words: Dictionary, quantities: Quantities): void {
    this.#words = words;
    this.#quantities = quantities;
    this.#waterfall.setWords(words, quantities);
    this.#lag.setWords(words, quantities);
    this.draw(this.#clauses);
  }

  /** Draws these clauses. */
  draw(clauses: readonly Clause[]): void {
    this.#clauses = clauses;
    this.#waterfall.draw(clauses);
    this.#lag.draw(clauses);
    const timing = clauses.findLast(({ timing }) => timing?.ttfabMs !== undefined)?.timing;
    const seconds = (ms: number) => this.#words.seconds(this.#quantities.seconds(ms));
    setText(
      this.#summary,
      timing?.ttfabMs === undefined ? this.#words.timingEmpty : this.#words.timingSummary(
        seconds(timing.ttfabMs),
        seconds(Math.max(0, timing.lagMs ?? timing.ttfabMs)),
      ),
    );
  }
}
