import { type Clause, wholeText } from "../clause.ts";
import type { Preferences } from "../preferences.ts";
import { byId, make } from "./element.ts";

/** So many announcements are kept for a screen reader that comes late. */
const kept = 8;

/** Tells a screen reader the captions of one side, each once, when it is final. */
export class Announcer {
  readonly #log = byId("announcer", HTMLDivElement);
  #told = 0;

  /** Begins another talk. */
  begin(): void {
    this.#told = 0;
    this.#log.replaceChildren();
  }

  /** Announces a clause when it is final and was not announced yet. */
  update(clause: Clause, side: Preferences["announce"], sourceLanguage: string): void {
    if (side === "none" || clause.segment <= this.#told || !clause[side].final) return;
    this.#told = clause.segment;
    const line = make("p", "", wholeText(clause[side]));
    line.lang = side === "source" ? sourceLanguage : clause.targetLanguage;
    this.#log.append(line);
    while (this.#log.childElementCount > kept) this.#log.firstElementChild!.remove();
  }
}
