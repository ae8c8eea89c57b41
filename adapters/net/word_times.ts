import type { Word } from "../../pipeline/ports.ts";
import type { WireWord } from "./recognizer_wire.ts";
import { estimatedWords, growingWords } from "./transcript_words.ts";

/** How long a letter takes, in ms, where all that is known of a word is that it was said just now. */
const letterMs = 65;

/** Gives times to the words of a connection that have none, utterance by utterance; all of them in ms of the connection. */
export class WordTimes {
  /** Where the utterance begins, as far as that is known. */
  #fromMs: number | undefined;
  /** Where the words that were appended end. */
  #toMs = 0;

  /** Somebody has spoken since then. */
  started(atMs: number): void {
    this.#fromMs ??= Math.max(this.#toMs, atMs);
  }

  /** The utterance is over. */
  ended(): void {
    this.#fromMs = undefined;
  }

  /**
   * The words with their times.
   *
   * @param toMs how far the provider has listened.
   */
  place(
    append: readonly WireWord[],
    tentative: readonly WireWord[],
    toMs: number,
  ): { readonly append: readonly Word[]; readonly tentative: readonly Word[] } {
    if (append.every(isPlaced) && tentative.every(isPlaced)) {
      this.#fromMs ??= (append[0] ?? tentative[0])?.startMs;
      this.#toMs = append.at(-1)?.endMs ?? this.#toMs;
      return { append, tentative };
    }
    const firmWords = append.flatMap(split);
    const all = [...firmWords, ...tentative.flatMap(split)];
    const [first] = all;
    if (!first) return { append: [], tentative: [] };
    const letters = all.reduce((sum, { text }) => sum + text.length + 1, -1);
    this.#fromMs ??= first.startMs ?? Math.max(this.#toMs, toMs - letterMs * letters);
    const placed: Word[] = [];
    let endMs = Math.max(this.#toMs, this.#fromMs);
    while (placed.length < all.length) {
      const next = all[placed.length]!;
      placed.push(...isTimed(next) ? [measured(next)] : untimed(all.slice(placed.length), endMs, toMs));
      endMs = placed.at(-1)!.endMs;
    }
    const firm = placed.slice(0, firmWords.length);
    this.#toMs = firm.at(-1)?.endMs ?? this.#toMs;
    return { append: firm, tentative: placed.slice(firmWords.length) };
  }
}

type TimedWord = WireWord & { readonly startMs: number; readonly endMs: number };

function isTimed(word: WireWord): word is TimedWord {
  return word.startMs !== undefined && word.endMs !== undefined;
}

/** Whether it is one word, and there is nothing to add to it. */
function isPlaced(word: WireWord): word is Word {
  return isTimed(word) && word.timing !== undefined && /^\S+$/.test(word.text);
}

/** The words of a text in which there may be spaces. */
function split(word: WireWord): readonly WireWord[] {
  const { text, speaker } = word;
  if (/^\S+$/.test(text)) return [word];
  if (isTimed(word)) return estimatedWords(text, word).map((part) => named(part, speaker));
  return text.split(/\s+/).filter((part) => part !== "").map((part) => named({ text: part }, speaker));
}

function named<W extends WireWord>(word: W, speaker: string | undefined): W {
  return speaker === undefined ? word : { ...word, speaker };
}

function measured({ timing = "measured", ...word }: TimedWord): Word {
  return { ...word, timing };
}

/** The words up to the next that has times. */
function untimed(words: readonly WireWord[], fromMs: number, toMs: number): Word[] {
  const next = words.findIndex(isTimed);
  const run = next < 0 ? words : words.slice(0, next);
  const endMs = words[next]?.startMs ?? toMs;
  const text = run.map((word) => word.text).join(" ");
  const placed = growingWords(text, { startMs: fromMs, endMs: Math.max(fromMs, endMs) });
  return placed.map((word, index) => named(word, run[index]?.speaker));
}
