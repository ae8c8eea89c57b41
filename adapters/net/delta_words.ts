import type { LanguageTag } from "../../pipeline/language.ts";
import type { Word } from "../../pipeline/ports.ts";
import { markOf } from "../../pipeline/stages/mark_reader.ts";
import { isUnspaced } from "../../pipeline/stages/text.ts";
import { estimatedWords } from "./transcript_words.ts";

/** About how long it takes to say a letter, in ms, where only the end of a text is known. */
const letterMs = 65;

/** Words out of a text that comes in fragments: the last one may go on with the next fragment, unless a mark ends it. */
export class DeltaWords {
  readonly #language: LanguageTag;
  readonly #unspaced: boolean;
  #begun: Word | undefined;
  #saidMs = -Infinity;

  constructor(language: LanguageTag) {
    this.#language = language;
    this.#unspaced = isUnspaced(language);
  }

  /** The words that are complete with a fragment that was said up to `toMs`, and the one that is begun. */
  push(fragment: string, toMs: number): { readonly words: readonly Word[]; readonly begun: readonly Word[] } {
    const startMs = Math.min(toMs, Math.max(this.#saidMs, toMs - letterMs * fragment.length));
    this.#saidMs = Math.max(this.#saidMs, toMs);
    const words = estimatedWords(fragment, { startMs, endMs: toMs });
    if (this.#unspaced) return { words, begun: [] };
    const before = this.#begun;
    const [first] = words;
    if (before && first && !/^\s/.test(fragment)) {
      words[0] = { ...first, text: before.text + first.text, startMs: before.startMs };
    } else if (before) {
      words.unshift(before);
    }
    this.#begun = /\s$/.test(fragment) || this.#isWhole(words.at(-1)?.text ?? "") ? undefined : words.pop();
    return { words, begun: this.#begun ? [this.#begun] : [] };
  }

  /** Whether a mark ends it; one after a digit may belong to a number. */
  #isWhole(word: string): boolean {
    return markOf(word, this.#language) !== undefined && !/\d[.,:]$/.test(word);
  }

  /** The word that is begun is complete: nothing more belongs to it. */
  end(): void {
    this.#begun = undefined;
  }
}
