import { Condition } from "../../flow/condition.ts";
import { PipelineError } from "../../pipeline/error.ts";
import { abortable } from "../../flow/abortable.ts";

/** The longest text, in UTF-16 units. */
const textLimit = 20_000;

/** A text that comes in pieces and can be read several times, also at once: every reader gets it from its beginning, as it comes. */
export class ReplayedText implements AsyncIterable<string> {
  readonly #pieces: string[] = [];
  readonly #changed = new Condition();
  readonly #signal: AbortSignal;
  #length = 0;
  #ended = false;

  /** @param signal ends every reading, with its reason. */
  constructor(signal: AbortSignal) {
    this.#signal = signal;
  }

  /**
   * Takes the text in until it ends.
   *
   * @throws what the text throws, or a {@linkcode PipelineError} of kind `invalid_request` when it is too long.
   */
  async record(text: AsyncIterable<string>): Promise<void> {
    for await (const piece of abortable(text, this.#signal)) {
      this.#length += piece.length;
      if (this.#length > textLimit) {
        throw new PipelineError(
          "invalid_request",
          `Cannot speak a text: it has ${this.#length} characters or more, at most ${textLimit} are allowed`,
        );
      }
      this.#pieces.push(piece);
      this.#changed.notify();
    }
    this.#ended = true;
    this.#changed.notify();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<string, void> {
    for (let index = 0;; index += 1) {
      while (index >= this.#pieces.length) {
        if (this.#ended) return;
        await this.#changed.wait(this.#signal);
      }
      yield this.#pieces[index]!;
    }
  }
}
