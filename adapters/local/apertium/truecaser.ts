import { capitalize, capitalizeNames, wordsOf } from "./letter_case.ts";
import type { SharedProcess } from "./shared_process.ts";
import { encodeText } from "./stream_format.ts";

/** How many words are remembered before all are forgotten. */
const memoryLimit = 20_000;

/**
 * Gives names their capitals, in text that has none: a word is a name when the dictionary of the pair knows it with a capital only.
 */
export class Truecaser {
  #analyser: SharedProcess;
  #names = new Map<string, boolean>();

  /** @param analyser the first program of the pair's pipeline by itself: it says of each word what it knows of it. */
  constructor(analyser: SharedProcess) {
    this.#analyser = analyser;
  }

  /** The text with capitals on its names; rejects as the analyser does. */
  async capitalize(text: string, signal: AbortSignal): Promise<string> {
    const words = wordsOf(text);
    const unseen = words.filter((word) => !this.#names.has(word));
    if (unseen.length > 0) await this.#learn(unseen, signal);
    return capitalizeNames(text, (word) => this.#names.get(word) === true);
  }

  async #learn(words: readonly string[], signal: AbortSignal): Promise<void> {
    // The commas keep the analyser from reading two neighbours as one expression.
    const forms = words.flatMap((word) => [word, capitalize(word)]).join(" , ");
    const analysis = await this.#analyser.exchange(encodeText(forms), signal);
    const unknown = new Set<string>();
    const known = new Set<string>();
    for (const [, form, mark] of analysis.matchAll(/\^([^/$^]+)\/(\*?)/g)) {
      (mark ? unknown : known).add(form!);
    }
    if (this.#names.size + words.length > memoryLimit) this.#names.clear();
    for (const word of words) this.#names.set(word, unknown.has(word) && known.has(capitalize(word)));
  }
}
