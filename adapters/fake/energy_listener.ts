import type { Frame } from "../../pipeline/audio.ts";
import type { LanguageTag } from "../../pipeline/language.ts";
import type { HearingEvent, Hypothesis, Word } from "../../pipeline/ports.ts";
import type { Listener } from "./listener.ts";

/** Sound is judged in windows of this length. */
const windowMs = 10;
/** The mean square of a sample above which a window is not silent: −45 dBFS. */
const threshold = (32768 * 10 ** (-45 / 20)) ** 2;
/** How much sound makes a word, and how much silence an endpoint. */
const wordMs = 300;
const defaultSilenceMs = 300;
/** An utterance ends here at the latest, so that a tone without end does not make an utterance without end. */
const wordsLimit = 50;

/** Options of an {@linkcode EnergyListener}. */
export interface EnergyListenerOptions {
  /** Samples a second. */
  readonly rate: number;
  readonly language: LanguageTag;
  /** How much silence makes an endpoint, in ms; 300 by default. */
  readonly silenceMs?: number;
  /** What the word is that is heard as the first, second and so on; `word1`, `word2` by default. */
  readonly word?: (count: number) => string;
}

/**
 * Hears a numbered word in every 300 ms of sound that is not silence (`word1 word2 …`, counted for the whole session), and an endpoint
 * after a silence. Works on any sound and in any language, so that a service without a recognizer can be tried.
 */
export class EnergyListener implements Listener {
  heardTo = 0;
  #rate: number;
  #language: LanguageTag;
  #windowSamples: number;
  #silenceMs: number;
  #word: (count: number) => string;
  #energy = 0;
  #filled = 0;
  #utterance = 0;
  #wordCount = 0;
  #settledTo = 0;
  #words: Word[] | undefined;
  /** Where the word that is being heard began, how much of it there is, and where the last sound ended. */
  #wordStart = 0;
  #wordSamples = 0;
  #soundTo = 0;

  constructor(options: EnergyListenerOptions) {
    this.#rate = options.rate;
    this.#language = options.language;
    this.#silenceMs = options.silenceMs ?? defaultSilenceMs;
    this.#word = options.word ?? ((count) => `word${count}`);
    this.#windowSamples = Math.round(options.rate * windowMs / 1000);
  }

  get settledTo(): number {
    return this.speaking ? this.#settledTo : Math.max(this.#settledTo, this.heardTo - this.#windowSamples);
  }

  get speaking(): boolean {
    return this.#words !== undefined;
  }

  hear(frame: Frame, to = frame.position + frame.samples.length): HearingEvent[] {
    const events: HearingEvent[] = [];
    if (frame.position > this.heardTo) this.#miss(frame.position, events);
    const { samples } = frame;
    const first = this.heardTo - frame.position;
    const last = Math.min(samples.length, to - frame.position);
    for (let index = Math.max(0, first); index < last;) {
      const end = Math.min(last, index + this.#windowSamples - this.#filled);
      this.#filled += end - index;
      this.heardTo += end - index;
      let energy = 0;
      for (; index < end; index++) energy += samples[index]! * samples[index]!;
      this.#energy += energy;
      if (this.#filled === this.#windowSamples) this.#judge(events);
    }
    return events;
  }

  flush(): HearingEvent[] {
    return this.#words ? this.#close() : [];
  }

  end(): HearingEvent[] {
    return this.flush();
  }

  /** The sound before `position` is missing, which is as good as silence. */
  #miss(position: number, events: HearingEvent[]): void {
    this.heardTo = position;
    this.#energy = 0;
    this.#filled = 0;
    if (!this.#words) this.#settledTo = position;
    else if (this.#silentFor(this.#silenceMs)) events.push(...this.#close());
  }

  #judge(events: HearingEvent[]): void {
    const silent = this.#energy < threshold * this.#filled;
    this.#energy = 0;
    this.#filled = 0;
    if (!silent) this.#sound(events);
    else if (this.#words && this.#silentFor(this.#silenceMs)) events.push(...this.#close());
  }

  #sound(events: HearingEvent[]): void {
    const windowStart = this.heardTo - this.#windowSamples;
    if (!this.#words) {
      this.#utterance += 1;
      this.#words = [];
      this.#settledTo = windowStart;
      events.push({ type: "speech_started", utterance: this.#utterance, position: windowStart });
    }
    if (this.#wordSamples === 0) this.#wordStart = windowStart;
    this.#wordSamples += this.#windowSamples;
    this.#soundTo = this.heardTo;
    if (this.#wordSamples < this.#samples(wordMs)) return;
    this.#endWord();
    if (this.#words.length === wordsLimit) events.push(...this.#close());
    else events.push(this.#hypothesis(false));
  }

  #endWord(): void {
    this.#wordCount += 1;
    this.#words!.push({
      text: this.#word(this.#wordCount),
      startMs: this.#wordStart * 1000 / this.#rate,
      endMs: this.#soundTo * 1000 / this.#rate,
      timing: "measured",
    });
    this.#wordSamples = 0;
  }

  #close(): HearingEvent[] {
    if (this.#wordSamples > 0) this.#endWord();
    this.#settledTo = this.#soundTo;
    const events: HearingEvent[] = [
      this.#hypothesis(true),
      { type: "endpoint", utterance: this.#utterance, position: this.#soundTo },
    ];
    this.#words = undefined;
    return events;
  }

  #hypothesis(final: boolean): Hypothesis {
    const words = [...this.#words!];
    return {
      type: "hypothesis",
      utterance: this.#utterance,
      words,
      stable: words.length,
      final,
      language: this.#language,
      heardTo: this.heardTo,
      settledTo: this.#settledTo,
    };
  }

  #silentFor(ms: number): boolean {
    return this.heardTo - this.#soundTo >= this.#samples(ms);
  }

  #samples(ms: number): number {
    return Math.round(ms * this.#rate / 1000);
  }
}
