import type { LanguageTag } from "../language.ts";
import { endsSentence, endsWithComma } from "./clause_rules.ts";

/** What a piece of text ends with: a mark that ends a sentence, one that ends a clause, or neither. */
export type Mark = "sentence" | "comma" | undefined;

/** A piece of text up to a mark, as it was written. */
export interface MarkedText {
  readonly text: string;
  readonly mark: Mark;
}

/** A word with the space before it; marks of scripts without spaces end one, too. */
const word = /\s*(?:[^\s、，；：。！？｡]+[、，；：。！？｡]*|[、，；：。！？｡]+)/gu;

/** Cuts text that comes in pieces of any length after its punctuation marks. Nothing is held back: what has no mark yet comes without one. */
export class MarkReader {
  readonly #language: LanguageTag;
  /** The word that the next piece may go on with. */
  #word = "";

  constructor(language: LanguageTag) {
    this.#language = language;
  }

  /** The parts of the next piece; together they are the piece. */
  read(text: string): readonly MarkedText[] {
    const parts: MarkedText[] = [];
    let from = 0;
    for (const { 0: found, index } of text.matchAll(word)) {
      const bare = found.trimStart();
      this.#word = found === bare ? this.#word + bare : bare;
      const mark = markOf(this.#word, this.#language);
      if (!mark) continue;
      parts.push({ text: text.slice(from, index + found.length), mark });
      from = index + found.length;
    }
    if (/\s$/.test(text)) this.#word = "";
    if (from < text.length) parts.push({ text: text.slice(from), mark: undefined });
    return parts;
  }
}

/** What a word ends with. */
export function markOf(word: string, language: LanguageTag): Mark {
  if (endsSentence(word, language)) return "sentence";
  return endsWithComma(word) ? "comma" : undefined;
}
