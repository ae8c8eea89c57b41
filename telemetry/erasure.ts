import { isUnspaced } from "../pipeline/stages/text.ts";
import type { LanguageTag } from "../pipeline/language.ts";

/** What one update of a caption took back, and how long the caption is when it is final. */
export interface Erased {
  readonly erased: number;
  /** Words of a final caption; 0 of others. */
  readonly words: number;
}

/**
 * Measures the flicker of one lane's captions: how many words at the end of a caption its next revision takes back. The sum of them over the sum
 * of the words of final captions is normalised erasure (arXiv 2004.03643). Where no spaces are written, characters count as words.
 */
export class Erasure {
  readonly #parts: (text: string) => string[];
  #segment = 0;
  #shown: string[] = [];

  constructor(language: LanguageTag) {
    this.#parts = isUnspaced(language)
      ? (text) => [...text]
      : (text) => text.split(" ").filter((word) => word !== "");
  }

  /** Takes the next revision of the caption of a segment, or the first of the next segment's. */
  show(segment: number, text: string, final: boolean): Erased {
    const words = this.#parts(text);
    const before = segment === this.#segment ? this.#shown : [];
    const changed = before.findIndex((word, index) => word !== words[index]);
    this.#segment = segment;
    this.#shown = words;
    return { erased: changed < 0 ? 0 : before.length - changed, words: final ? words.length : 0 };
  }
}
