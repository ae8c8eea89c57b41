import type { TranslationEvent, TranslationRequest } from "../../pipeline/ports.ts";
import type { JoinedAnswer } from "./answering.ts";
import { TextRemainder } from "./text_remainder.ts";
import type { Translations } from "./translating.ts";

/** A translation that another translator can go on with: it is asked for the whole, and of what it gives only that counts which follows the text given before. */
export class JoinedTranslation implements JoinedAnswer<Translations> {
  readonly request: TranslationRequest;
  #given = "";
  #remainder: TextRemainder | undefined;
  #answered = false;

  constructor(request: TranslationRequest) {
    this.request = request;
  }

  /** Text was given of this source: an empty answer to it is none. */
  get complete(): boolean {
    return this.#answered || this.#remainder === undefined;
  }

  begin(): void {
    if (this.#given !== "") this.#remainder = new TextRemainder(this.#given);
    this.#answered = false;
  }

  take(event: TranslationEvent): TranslationEvent | undefined {
    if (event.type !== "append") return event;
    this.#answered ||= event.text !== "";
    if (!this.#remainder) {
      this.#given += event.text;
      return event;
    }
    return this.#give(this.#remainder.push(event.text), event.tentative);
  }

  end(): TranslationEvent | undefined {
    return this.#remainder && this.#give(this.#remainder.end());
  }

  breakOff(): boolean {
    return true;
  }

  /** What may follow is shown only together with what it follows. */
  #give(text: string, tentative?: string): TranslationEvent | undefined {
    if (text === "") return undefined;
    this.#given += text;
    return { type: "append", text, ...(tentative === undefined ? {} : { tentative }) };
  }
}
