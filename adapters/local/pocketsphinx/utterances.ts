import type { LanguageTag } from "../../../pipeline/language.ts";
import type { HearingEvent, Word } from "../../../pipeline/ports.ts";
import type { Answer } from "./exchange.ts";
import { heardWords } from "./heard_words.ts";

/** Samples in a millisecond. */
const msSamples = 16;
/** The decoder takes this much speech before it says that there is some. */
const speechStartSamples = 100 * msSamples;

/** Where an answer of the decoder belongs on the source clock, in samples. */
export interface AnswerPlace {
  /** The source position of the first sample that the decoder was given. */
  readonly offset: number;
  /** The chunk that it answers; `from` equals `to` for the end of an utterance that was asked for. */
  readonly from: number;
  readonly to: number;
}

/**
 * Turns the decoder's answers into a report on utterances. Audio may be heard again, by another decoder or from the place of a cut: what
 * was reported of it is not reported again.
 */
export class Utterances {
  #language: LanguageTag;
  #utterance = 0;
  #open = false;
  #words: readonly Word[] = [];
  #startedAt = 0;
  #begun = false;
  #heardTo = 0;
  #settledTo = 0;

  constructor(language: LanguageTag) {
    this.#language = language;
  }

  /** How far it has listened, in source samples. */
  get heardTo(): number {
    return this.#heardTo;
  }

  /** Whether an utterance is being heard. */
  get speaking(): boolean {
    return this.#open;
  }

  /** Everything before this source position is final. */
  get settledTo(): number {
    return this.#settledTo;
  }

  /** Where the utterance that is being heard began; `undefined` in silence. */
  get startedAt(): number | undefined {
    return this.#open ? this.#startedAt : undefined;
  }

  /** The words of the utterance that is being heard, with their latest times. */
  get words(): readonly Word[] {
    return this.#words;
  }

  /** What there is to report after an answer. */
  take(answer: Answer, place: AnswerPlace): HearingEvent[] {
    if (!this.#begun) this.#begin(place.from);
    const events: HearingEvent[] = [];
    const isNew = place.to > this.#heardTo;
    this.#heardTo = Math.max(this.#heardTo, place.to);
    const words = answer.segments && this.#place(heardWords(answer.segments, place.offset), place.to);
    if (!this.#open && (answer.speech || words && words.length > 0)) {
      const firstWordAt = words?.[0] ? words[0].startMs * msSamples : place.from - speechStartSamples;
      events.push(this.#start(Math.round(Math.max(this.#settledTo, Math.min(place.to, firstWordAt)))));
    }
    if (answer.ended) {
      if (this.#open) events.push(...this.#end(words ?? [], place.to));
      else this.#settledTo = Math.max(this.#settledTo, place.to);
    } else if (words && isNew && words.length > 0) {
      const isSame = sameTexts(words, this.#words);
      this.#words = words;
      if (!isSame) events.push(this.#hypothesis(false));
    }
    return events;
  }

  /** Ends the utterance behind the first `count` words of its last hypothesis; the source has to be heard again from `position`. */
  cut(count: number, position: number): HearingEvent[] {
    return this.#end(this.#words.slice(0, count), position);
  }

  /** Silence up to here need not be heard again; does nothing within an utterance. */
  settle(position: number): void {
    if (!this.#open) this.#settledTo = Math.max(this.#settledTo, Math.min(position, this.#heardTo));
  }

  /** The source may begin anywhere; what lies before is of no interest. */
  #begin(position: number): void {
    this.#begun = true;
    this.#heardTo = position;
    this.#settledTo = position;
  }

  #start(position: number): HearingEvent {
    this.#open = true;
    this.#utterance += 1;
    this.#startedAt = position;
    this.#words = [];
    return { type: "speech_started", utterance: this.#utterance, position };
  }

  #end(words: readonly Word[], position: number): HearingEvent[] {
    const saidTo = Math.round((words.at(-1)?.endMs ?? 0) * msSamples);
    this.#words = words;
    this.#settledTo = Math.max(this.#settledTo, position);
    const events: HearingEvent[] = [
      this.#hypothesis(true),
      { type: "endpoint", utterance: this.#utterance, position: Math.max(this.#startedAt, saidTo) },
    ];
    this.#open = false;
    this.#words = [];
    return events;
  }

  #hypothesis(final: boolean): HearingEvent {
    const words = this.#words;
    return {
      type: "hypothesis",
      utterance: this.#utterance,
      words,
      stable: final ? words.length : 0,
      final,
      language: this.#language,
      heardTo: this.#heardTo,
      settledTo: this.#settledTo,
    };
  }

  /** The words within what is not final yet: the edges of the first and the last may lie a frame or two outside. */
  #place(words: readonly Word[], to: number): Word[] {
    const firstMs = this.#settledTo / msSamples;
    const lastMs = to / msSamples;
    const within = (ms: number) => Math.max(firstMs, Math.min(lastMs, ms));
    return words.map((word) => ({ ...word, startMs: within(word.startMs), endMs: within(word.endMs) }));
  }
}

function sameTexts(words: readonly Word[], others: readonly Word[]): boolean {
  return words.length === others.length && words.every((word, index) => word.text === others[index]!.text);
}
