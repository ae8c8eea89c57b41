import { type LanguageTag, matchTag } from "../../pipeline/language.ts";
import type { HearingEvent, Hypothesis, Word } from "../../pipeline/ports.ts";
import { ProgressMeter } from "../progress_meter.ts";

/** Speech that is not recognised yet may reach back so far, in ms, where nothing else is known. */
const unheardMs = 500;
/** An utterance in which no word is heard for so long is over, in ms, unless it is said otherwise: it was no speech, or its words went with a connection. */
const usualWordlessMs = 3000;
/** Words that follow so soon on a new connection, in ms, belong to the utterance that was open. */
const joinMs = 1000;
/** How much two accounts of where a word ends may differ, in ms. */
const toleranceMs = 100;

/** What was heard of the source; positions in samples, words on the source's clock. */
export interface HeardOfSource {
  /** Words that follow those before and stay, and those that may change. */
  readonly append: readonly Word[];
  readonly tentative: readonly Word[];
  readonly heardTo: number;
  /** Everything before is final, where that is known. */
  readonly settledTo?: number | undefined;
  readonly language?: LanguageTag | undefined;
}

interface Utterance {
  readonly number: number;
  readonly position: number;
  words: readonly Word[];
  tentative: readonly Word[];
  language: LanguageTag | undefined;
  /** Where it is over if nothing is heard before. */
  overAt: number;
  /** Whether the connection that it began on is gone, and nothing has been heard of it since. */
  carried: boolean;
}

/** Options of a {@linkcode HeardReport}. */
export interface HeardReportOptions {
  /** Samples a second of the source. */
  readonly rate: number;
  /** What may be spoken; the first where nothing is known. */
  readonly languages: readonly LanguageTag[];
  /** As in `RecognizerWire`. */
  readonly wordlessMs?: number | undefined;
}

/**
 * Makes the report of the port of what a provider tells over one or several connections: numbers the utterances, keeps what does not change, one final for
 * each, positions that never go back. What returns events wants them reported at once. Synchronous, on media time.
 */
export class HeardReport {
  readonly #options: HeardReportOptions;
  readonly #meter: ProgressMeter;
  #open: Utterance | undefined;
  #count = 0;
  #begun = false;
  #resuming = false;
  #position = 0;
  #heardTo = 0;
  #settledTo = 0;
  /** What is to be heard again by another connection begins here. */
  #resumeFrom = 0;
  /** Where the last final word ends, and up to where what comes was said already, in ms of the source. */
  #saidToMs = 0;
  #closedToMs = -Infinity;

  constructor(options: HeardReportOptions) {
    this.#options = options;
    this.#meter = new ProgressMeter(options.rate);
  }

  /** Whether an utterance is open. */
  get speaking(): boolean {
    return this.#open !== undefined;
  }

  /** What was told of the source before will not change: another connection would have to hear what follows. */
  get resumeFrom(): number {
    return this.#resumeFrom;
  }

  /** The source, or what another connection hears of it, begins here; only the first position counts. */
  begin(position: number): void {
    if (this.#resuming) this.#loseBefore(position);
    if (this.#begun) return;
    this.#begun = true;
    this.#position =
      this.#heardTo =
      this.#settledTo =
      this.#resumeFrom =
        position;
    this.#saidToMs = this.#ms(position);
    this.#meter.due({ heardTo: position, settledTo: position, speaking: false });
  }

  /** Somebody speaks; `position` where that is known. */
  started(position = this.#heardTo): HearingEvent[] {
    if (this.#open) return [];
    const begins = Math.max(this.#position, Math.round(position));
    this.#position = begins;
    this.#count += 1;
    this.#open = {
      number: this.#count,
      position: begins,
      words: [],
      tentative: [],
      language: undefined,
      overAt: begins + this.#samples(this.#options.wordlessMs ?? usualWordlessMs),
      carried: false,
    };
    this.#heardTo = Math.max(this.#heardTo, begins);
    this.#settle(begins - this.#samples(unheardMs));
    return [{ type: "speech_started", utterance: this.#count, position: begins }];
  }

  /** More was heard, or the same. */
  heard({ append, tentative, heardTo, settledTo, language }: HeardOfSource): HearingEvent[] {
    const firm = this.#new(append);
    const open = this.#new(tentative);
    const first = firm[0] ?? open[0];
    const events: HearingEvent[] = [];
    const carried = this.#open?.carried ? this.#open : undefined;
    if (carried && first && this.#at(first.startMs) > carried.overAt) events.push(...this.close());
    if (first) events.push(...this.started(this.#at(first.startMs)));
    const utterance = this.#open;
    const reached = Math.round(Math.max(heardTo, this.#at(latestMs(firm)), this.#at(latestMs(open))));
    if (!utterance) return [...events, ...this.#quiet(reached, settledTo)];
    // What is heard again says less at first than was known.
    if (utterance.carried && !first && reached < this.#heardTo) return events;
    utterance.language = this.#language(language) ?? utterance.language;
    this.#heardTo = Math.max(this.#heardTo, reached);
    if (!first && utterance.tentative.length === 0) {
      if (utterance.words.length === 0 && settledTo !== undefined) this.#settle(settledTo);
      return [...events, ...this.#goOn(settledTo)];
    }
    if (first) {
      utterance.carried = false;
      utterance.overAt = Infinity;
    }
    const before = [...utterance.words, ...utterance.tentative];
    const stable = utterance.words.length + firm.length;
    const words = inOrder([...utterance.words, ...firm, ...open], this.#saidToMs, this.#ms(this.#settledTo));
    const isNews = stable !== utterance.words.length || !sameTexts(before, words);
    utterance.words = words.slice(0, stable);
    utterance.tentative = words.slice(stable);
    if (firm.length > 0) this.#resume(this.#at(utterance.words.at(-1)!.endMs));
    if (!isNews) return [...events, ...this.#goOn(settledTo)];
    if (settledTo !== undefined) this.#resume(settledTo);
    return [...events, this.#hypothesis(utterance, false)];
  }

  /** The provider has listened so far, and hears the same as before. */
  unchanged(heardTo: number): HearingEvent[] {
    if (!this.#open) return this.#quiet(heardTo, undefined);
    // What is heard again says less at first than was known.
    if (this.#open.carried && heardTo < this.#heardTo) return [];
    this.#heardTo = Math.max(this.#heardTo, heardTo);
    return this.#goOn(undefined);
  }

  /** The provider has listened so far and told all that it heard. */
  reached(position: number): HearingEvent[] {
    if (position <= this.#heardTo) return [];
    if (!this.#open) return this.#quiet(position, position);
    this.#heardTo = position;
    return this.#goOn(undefined);
  }

  /** The utterance is over, its words are final; the tentative ones are dropped. */
  close(position?: number): HearingEvent[] {
    const utterance = this.#open;
    if (!utterance) return [];
    this.#open = undefined;
    utterance.tentative = [];
    const last = utterance.words.at(-1);
    const wordsTo = last ? Math.round(this.#at(last.endMs)) : utterance.position;
    this.#heardTo = Math.max(this.#heardTo, wordsTo);
    const ends = Math.min(
      this.#heardTo,
      Math.max(this.#position, wordsTo, last ? 0 : Math.round(position ?? 0)),
    );
    this.#position = ends;
    this.#saidToMs = Math.max(this.#saidToMs, last?.endMs ?? 0);
    this.#settle(Math.max(ends, Math.min(this.#heardTo, position ?? 0)));
    return [
      this.#hypothesis(utterance, true),
      { type: "endpoint", utterance: utterance.number, position: ends },
    ];
  }

  /**
   * Nothing more is waited for about the source up to `position`: what is tentative becomes final as it is. Should it be told yet, then what was said already
   * is dropped, and the rest is an utterance of its own.
   */
  promote(position: number): HearingEvent[] {
    const utterance = this.#open;
    if (utterance) utterance.words = [...utterance.words, ...utterance.tentative];
    const events = this.close(position);
    this.#closedToMs = this.#saidToMs;
    return [...events, ...this.#rest(position)];
  }

  /** Everything up to `position` has been told; an utterance may go on over another connection. */
  handOver(position: number): HearingEvent[] {
    if (!this.#open) return this.#rest(position);
    this.#open.words = [...this.#open.words, ...this.#open.tentative];
    this.#open.tentative = [];
    this.#heardTo = Math.max(this.#heardTo, position);
    this.#resume(position);
    this.#carry();
    return [this.#hypothesis(this.#open, false)];
  }

  /** The connection is gone; another one is to hear the source again from `resumeFrom` on. */
  dropped(): void {
    this.#resuming = true;
    this.#carry();
  }

  /** What is tentative and cannot be heard again is kept as it is. */
  #loseBefore(position: number): void {
    this.#resuming = false;
    const utterance = this.#open;
    if (!utterance) return;
    const lost = utterance.tentative.filter((word) => this.#at(word.endMs) <= position);
    utterance.words = [...utterance.words, ...lost];
    utterance.tentative = utterance.tentative.slice(lost.length);
    this.#resume(position);
  }

  #carry(): void {
    const utterance = this.#open;
    if (!utterance) return;
    utterance.carried = true;
    utterance.overAt = this.#heardTo + this.#samples(joinMs);
  }

  /** Nobody speaks. */
  #quiet(reached: number, settledTo: number | undefined): HearingEvent[] {
    this.#heardTo = Math.max(this.#heardTo, Math.round(reached));
    this.#settle(settledTo ?? this.#heardTo - this.#samples(unheardMs));
    return this.#due();
  }

  /** The same as before is heard, or nothing. */
  #goOn(settledTo: number | undefined): HearingEvent[] {
    const utterance = this.#open!;
    if (settledTo !== undefined) this.#resume(settledTo);
    if (this.#heardTo > utterance.overAt) return [...this.close(this.#heardTo), ...this.#due()];
    return this.#due();
  }

  /** All is told up to `position`, which is said where it was not. */
  #rest(position: number): HearingEvent[] {
    const toldTo = this.#settledTo;
    this.#heardTo = Math.max(this.#heardTo, position);
    this.#settle(this.#heardTo);
    this.#resume(this.#heardTo);
    if (this.#settledTo === toldTo) return [];
    return [{ type: "progress", heardTo: this.#heardTo, settledTo: this.#settledTo }];
  }

  #due(): HearingEvent[] {
    const due = this.#meter.due({
      heardTo: this.#heardTo,
      settledTo: this.#settledTo,
      speaking: this.speaking,
    });
    return due ? [due] : [];
  }

  #settle(position: number): void {
    this.#settledTo = Math.min(this.#heardTo, Math.max(this.#settledTo, Math.round(position)));
    this.#resume(this.#settledTo);
  }

  #resume(position: number): void {
    this.#resumeFrom = Math.max(this.#resumeFrom, Math.min(this.#heardTo, Math.round(position)));
  }

  #hypothesis({ number, words, tentative, language }: Utterance, final: boolean): Hypothesis {
    const event: Hypothesis = {
      type: "hypothesis",
      utterance: number,
      words: [...words, ...tentative],
      stable: words.length,
      final,
      language: language ?? this.#options.languages[0]!,
      heardTo: this.#heardTo,
      settledTo: this.#settledTo,
    };
    this.#meter.note(event);
    return event;
  }

  /** What was not said already. */
  #new(words: readonly Word[]): readonly Word[] {
    const fromMs = this.#closedToMs + toleranceMs;
    return words.every(({ endMs }) => endMs > fromMs) ? words : words.filter(({ endMs }) => endMs > fromMs);
  }

  #language(tag: LanguageTag | undefined): LanguageTag | undefined {
    return tag === undefined ? undefined : matchTag(tag, this.#options.languages);
  }

  #at(ms: number): number {
    return ms * this.#options.rate / 1000;
  }

  #ms(position: number): number {
    return position * 1000 / this.#options.rate;
  }

  #samples(ms: number): number {
    return Math.round(ms * this.#options.rate / 1000);
  }
}

/** The words with times that do not go back; they begin at `fromMs` at the earliest and end at `toMs` at the earliest. */
function inOrder(words: readonly Word[], fromMs: number, toMs: number): readonly Word[] {
  let startMs = fromMs;
  let endMs = toMs;
  return words.map((word) => {
    startMs = Math.max(startMs, word.startMs);
    endMs = Math.max(startMs, endMs, word.endMs);
    return word.startMs === startMs && word.endMs === endMs ? word : { ...word, startMs, endMs };
  });
}

/** Where the last of the words ends; words may overlap. */
function latestMs(words: readonly Word[]): number {
  let latestMs = -Infinity;
  for (const { endMs } of words) if (endMs > latestMs) latestMs = endMs;
  return latestMs;
}

function sameTexts(one: readonly Word[], other: readonly Word[]): boolean {
  return one.length === other.length && one.every(({ text }, index) => text === other[index]!.text);
}
