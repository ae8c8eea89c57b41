import type { Word } from "../../pipeline/ports.ts";
import type { SpeechmaticsToken } from "./wire.ts";

/** The words of an utterance, out of final tokens that come a few at a time and an open tail that is replaced each time. Synchronous. */
export class TokenWords {
  readonly #final: SpeechmaticsToken[] = [];
  #open: readonly SpeechmaticsToken[] = [];
  #stable = 0;

  /** All words so far; a mark stands with the word that it belongs to. */
  get words(): Word[] {
    return joined([...this.#final, ...this.#open]);
  }

  /** How many of them stay: to the last final word a mark may still be added, unless it ends with one. */
  get stable(): number {
    return this.#stable;
  }

  /** More that is final; what was open before was about the same audio. */
  add(tokens: readonly SpeechmaticsToken[]): void {
    this.#open = [];
    for (const token of tokens) {
      const count = joined(this.#final).length;
      // It would change a word that was said to stay.
      if (token.joinsPrevious && count > 0 && count === this.#stable) continue;
      this.#final.push(token);
    }
    const last = this.#final.at(-1);
    const count = joined(this.#final).length;
    this.#stable = Math.max(this.#stable, last?.joinsPrevious && !last.joinsNext ? count : count - 1);
  }

  /** What follows that is final, as far as it is known. */
  open(tokens: readonly SpeechmaticsToken[]): void {
    const settled = joined(this.#final).length === this.#stable;
    const from = settled && this.#stable > 0 ? tokens.findIndex(({ joinsPrevious }) => !joinsPrevious) : 0;
    this.#open = from < 0 ? [] : tokens.slice(from);
  }

  /** Takes the words of an utterance that is over: what was final of it. */
  take(): Word[] {
    const words = joined(this.#final.splice(0));
    this.#open = [];
    this.#stable = 0;
    return words;
  }
}

function joined(tokens: readonly SpeechmaticsToken[]): Word[] {
  const words: { text: string; startMs: number; endMs: number; timing: "measured" }[] = [];
  let joinsNext = false;
  for (const token of tokens) {
    const last = words.at(-1);
    if (last && (joinsNext || token.joinsPrevious)) {
      last.text += token.text;
      last.endMs = Math.max(last.endMs, token.endMs);
    } else {
      words.push({ text: token.text, startMs: token.startMs, endMs: token.endMs, timing: "measured" });
    }
    joinsNext = token.joinsNext;
  }
  return words;
}
