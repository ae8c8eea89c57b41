import { type Capabilities, languageName, languageTitle, sourcesOf, targetsOf } from "../choices.ts";
import type { Dictionary } from "../i18n/dictionary.ts";
import { dictionaries } from "../i18n/mod.ts";
import type { Preferences } from "../preferences.ts";
import { byId, make, setText } from "./element.ts";

/** A pair of languages. */
export interface Pair {
  readonly source: string;
  readonly target: string;
}

/** The headings of the two pages, which choose their languages, and the headline between them while nothing is said. */
export class LanguagesView {
  readonly #source = byId("source-language", HTMLSelectElement);
  readonly #target = byId("target-language", HTMLSelectElement);
  readonly #here = byId("headline-here", HTMLParagraphElement);
  readonly #there = byId("headline-there", HTMLParagraphElement);
  readonly #introduction = byId("introduction-there", HTMLParagraphElement);
  readonly #headphones = byId("headphones-there", HTMLParagraphElement);

  constructor(changed: (pair: Pair) => void) {
    const tell = () => changed({ source: this.#source.value, target: this.#target.value });
    this.#source.addEventListener("change", tell);
    this.#target.addEventListener("change", tell);
  }

  /**
   * Shows what can be chosen and what is.
   *
   * @param locked whether the talk has begun, so that its source stays.
   */
  show(
    can: Capabilities,
    pair: Pair,
    locked: boolean,
    words: Dictionary,
    language: Preferences["interface"],
  ): void {
    fill(this.#source, sourcesOf(can), pair.source, language);
    fill(this.#target, targetsOf(can, pair.source), pair.target, language);
    this.#source.disabled = locked;
    setText(this.#here, headline(words, pair, language));
    const there = pair.target.split("-")[0]!;
    const other = there === "en" || there === "es" ? dictionaries[there] : undefined;
    const shown = other !== undefined && there !== language;
    this.#there.parentElement!.hidden = !shown;
    if (!shown) return;
    this.#there.parentElement!.lang = there;
    setText(this.#there, headline(other, pair, there));
    setText(this.#introduction, other.introduction);
    setText(this.#headphones, other.headphones);
  }
}

function headline(words: Dictionary, { source, target }: Pair, language: string): string {
  return words.headline(languageName(source, language), languageName(target, language));
}

function fill(select: HTMLSelectElement, tags: readonly string[], chosen: string, language: string): void {
  const wanted = tags.map((tag) => [tag, languageTitle(tag, language)] as const);
  const same = select.options.length === wanted.length &&
    wanted.every(([tag, title], index) =>
      select.options[index]!.value === tag && select.options[index]!.text === title
    );
  if (!same) {
    select.replaceChildren(...wanted.map(([tag, title]) => {
      const option = make("option", "", title);
      option.value = tag;
      return option;
    }));
  }
  select.value = chosen;
}
