import type { Dictionary } from "../i18n/dictionary.ts";
import { remedyFor, type Trouble } from "../trouble.ts";
import { byId, setText } from "./element.ts";

/** Says what went wrong and what to do, with a button where the page can do it. */
export class TroubleView {
  readonly #box = byId("trouble", HTMLDivElement);
  readonly #title = byId("trouble-title", HTMLParagraphElement);
  readonly #advice = byId("trouble-advice", HTMLParagraphElement);
  readonly #detail = byId("trouble-detail", HTMLParagraphElement);
  readonly #remedy = byId("trouble-remedy", HTMLButtonElement);
  #shown: Trouble | undefined;

  constructor(actions: { readonly retry: () => void; readonly key: () => void }) {
    this.#remedy.addEventListener("click", () => {
      const remedy = this.#shown && remedyFor(this.#shown.kind);
      if (remedy === "retry" || remedy === "key") actions[remedy]();
    });
  }

  /** Shows a trouble, or none. */
  show(trouble: Trouble | undefined, words: Dictionary): void {
    this.#shown = trouble;
    this.#box.hidden = !trouble;
    if (!trouble) return;
    const { title, advice } = words.trouble[trouble.kind];
    const remedy = remedyFor(trouble.kind);
    setText(this.#title, title);
    setText(this.#advice, advice);
    setText(this.#detail, trouble.detail ?? "");
    this.#remedy.hidden = remedy === "none";
    if (remedy !== "none") setText(this.#remedy, words.remedy[remedy]);
  }
}
