import { durationMs, samplesOf } from "../../pipeline/audio.ts";
import type { SpeechEvent } from "../../pipeline/ports.ts";
import type { JoinedAnswer } from "./answering.ts";
import type { Speeches, SpeechRequest } from "./speaking.ts";
import type { SpeakingRates } from "./speaking_rates.ts";
import { placeAfter, saysSomething, spokenLength, wordBeginning } from "./spoken_length.ts";

type Mark = Extract<SpeechEvent, { type: "mark" }>;

/**
 * Speech that another voice can go on with, from the beginning of the word that was being spoken: by the marks of the voice that broke off where it gives
 * some, else by how much it gave and how fast it usually speaks. The text may still be coming; positions go on.
 */
export class JoinedSpeech implements JoinedAnswer<Speeches> {
  readonly #whole: SpeechRequest;
  readonly #rates: SpeakingRates;
  /** The text so far, as it can be known: what comes later was not spoken yet. */
  #text = "";
  #textEnded = false;
  #voice = "";
  /** Where the part of the voice at work begins, in the text and in the audio; and where the audio ends so far. */
  #from = 0;
  #base = 0;
  #end = 0;
  #rate = 0;
  /** Those of words that are not over, the word being spoken first. */
  #marks: Mark[] = [];

  /** @param rates what is known of the voices; learns from this speech. */
  constructor(whole: SpeechRequest, rates: SpeakingRates) {
    this.#whole = whole;
    this.#rates = rates;
    this.#read().catch(() => {});
  }

  get request(): SpeechRequest {
    return this.#from === 0 ? this.#whole : { ...this.#whole, text: textFrom(this.#whole.text, this.#from) };
  }

  get complete(): boolean {
    return this.#base === 0 || this.#end > this.#base || !saysSomething(this.#text.slice(this.#from));
  }

  begin(voice: string): void {
    this.#voice = voice;
  }

  take(event: SpeechEvent): SpeechEvent | undefined {
    switch (event.type) {
      case "frame":
      case "packets": {
        const joined = this.#base === 0 ? event : { ...event, position: this.#base + event.position };
        this.#end = joined.position + samplesOf(joined);
        this.#rate = joined.rate;
        while (this.#marks[1] && this.#marks[1].position < this.#end) this.#marks.shift();
        return joined;
      }
      case "mark": {
        const { character, position } = event;
        const joined = { ...event, character: this.#from + character, position: this.#base + position };
        this.#marks.push(joined);
        return joined;
      }
      default:
        return event;
    }
  }

  end(): undefined {
    if (this.#textEnded) {
      this.#rates.learn(this.#voice, spokenLength(this.#text.slice(this.#from)), this.#spokenMs());
    }
  }

  breakOff(): boolean {
    const [mark] = this.#marks;
    this.#from = mark && mark.position < this.#end
      ? Math.max(this.#from, wordBeginning(this.#text, mark.character))
      : this.#estimate();
    this.#base = this.#end;
    this.#marks = [];
    return !this.#textEnded || saysSomething(this.#text.slice(this.#from));
  }

  #estimate(): number {
    const letters = this.#spokenMs() / this.#rates.letterMs(this.#voice);
    return this.#from + placeAfter(this.#text.slice(this.#from), letters);
  }

  /** How long the voice at work has spoken, at its natural speed. */
  #spokenMs(): number {
    return this.#rate === 0 ? 0 : durationMs(this.#end - this.#base, this.#rate) * this.#whole.speed;
  }

  async #read(): Promise<void> {
    for await (const piece of this.#whole.text) this.#text += piece;
    this.#textEnded = true;
  }
}

/** A text from one of its characters on; can be read as often as the text itself. */
function textFrom(text: AsyncIterable<string>, from: number): AsyncIterable<string> {
  return {
    async *[Symbol.asyncIterator]() {
      let left = from;
      for await (const piece of text) {
        if (piece.length > left) yield piece.slice(left);
        left = Math.max(0, left - piece.length);
      }
    },
  };
}
