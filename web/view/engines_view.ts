import type { Dictionary } from "../i18n/dictionary.ts";
import { ports, type Readiness } from "../readiness.ts";
import { byId, make, setText } from "./element.ts";

/** Which engines work, in a word at the top of the page and one by one on a sheet. */
export class EnginesView {
  readonly #state = byId("engines-state", HTMLSpanElement);
  readonly #lamp = byId("engines-lamp", HTMLSpanElement);
  readonly #list = byId("engine-list", HTMLDListElement);

  /** Shows what is known. */
  show(readiness: Readiness, words: Dictionary): void {
    const { type } = readiness;
    const ready = type === "known" && readiness.ready;
    setText(
      this.#state,
      type === "unknown"
        ? words.enginesWaiting
        : type === "unreachable"
        ? words.enginesUnreachable
        : ready
        ? words.enginesReady
        : words.enginesNotReady,
    );
    this.#lamp.dataset["lit"] = type === "unknown" ? "" : ready ? "yes" : "no";
    if (type !== "known") return this.#list.replaceChildren();
    this.#list.replaceChildren(...ports.flatMap((port) => {
      const { engine, ready, detail } = readiness.engines[port];
      const told = make("dd", "", `${engine}, ${ready ? words.ready : words.notReady}`);
      if (detail !== undefined) told.append(make("span", "detail", detail));
      return [make("dt", "", words.port[port]), told];
    }));
  }
}
