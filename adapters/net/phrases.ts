/** The end of a clause: a mark with white space after it, so that numbers stay whole, or a mark of a script without spaces. */
const clauseEnd = /[.!?;:,…][)\]"'”’»]*\s|[。！？、，；：]/gu;

/**
 * Cuts a text that is still coming in where a voice can make a pause, for providers that speak each message as it comes. Every phrase keeps
 * the white space around it: joined, they are the text.
 */
export class Phrases {
  readonly #least: number;
  #waiting = "";

  /** @param least a phrase has at least so many UTF-16 units, but for the last; 20 by default. */
  constructor(least = 20) {
    this.#least = least;
  }

  /** The phrase that is complete now; empty when there is none. */
  push(text: string): string {
    this.#waiting += text;
    let end = 0;
    for (const match of this.#waiting.matchAll(clauseEnd)) {
      const to = match.index + match[0].length;
      if (to >= this.#least) end = to;
    }
    const phrase = this.#waiting.slice(0, end);
    this.#waiting = this.#waiting.slice(end);
    return phrase;
  }

  /** What is left. */
  end(): string {
    const rest = this.#waiting;
    this.#waiting = "";
    return rest;
  }
}
