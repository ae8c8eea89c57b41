import type { LanguageTag } from "../../pipeline/language.ts";
import type { HearingEvent, Word } from "../../pipeline/ports.ts";
import { endsSentence } from "../../pipeline/stages/clause_rules.ts";
import { ProgressMeter } from "../progress_meter.ts";

/** An utterance ends when nothing was added to it for so long, in ms of media time. */
const usualPauseMs = 1000;
/** How long after it was said a provider may still report a word as the first of an utterance, in ms: silence is settled that much later. */
const latenessMs = 1000;

/** Options of a {@linkcode RunningTranscript}. */
export interface RunningTranscriptOptions {
  /** Samples a second of the source. */
  readonly rate: number;
  readonly language: LanguageTag;
  /** An utterance of which something may still change ends when nothing was added to it for so long, in ms of media time; as one of which nothing may by default. */
  readonly tentativePauseMs?: number | undefined;
}

interface Open {
  readonly position: number;
  readonly words: Word[];
  tentative: readonly Word[];
  changedAt: number;
}

/**
 * Makes utterances of a transcript that runs on without any: one ends with a sentence, or with a pause. What returns events wants them
 * reported at once. Synchronous, on media time.
 */
export class RunningTranscript {
  readonly #rate: number;
  readonly #tentativePauseMs: number;
  readonly #meter: ProgressMeter;
  #language: LanguageTag;
  #utterance = 0;
  #open: Open | undefined;
  #heardTo = 0;
  #settledTo = 0;
  #position = 0;
  #beganMs = 0;
  #saidTo = 0;
  #promotedMs = -Infinity;

  constructor({ rate, language, tentativePauseMs = usualPauseMs }: RunningTranscriptOptions) {
    this.#rate = rate;
    this.#language = language;
    this.#tentativePauseMs = tentativePauseMs;
    this.#meter = new ProgressMeter(rate);
  }

  /** Whether an utterance is open. */
  get speaking(): boolean {
    return this.#open !== undefined;
  }

  /**
   * Where the last words end, in ms, that counted as final because their utterance was over, and not because the provider said so: it is going to say them
   * once more. `-Infinity` when there were none.
   */
  get promotedMs(): number {
    return this.#promotedMs;
  }

  /** The source begins at this sample. */
  begin(position: number): void {
    this.#heardTo =
      this.#settledTo =
      this.#position =
      this.#saidTo =
        position;
    this.#beganMs = position * 1000 / this.#rate;
    this.#meter.due(this.#reach());
  }

  /** The provider has the source up to here. */
  heard(heardTo: number): HearingEvent[] {
    this.#heardTo = Math.max(this.#heardTo, heardTo);
    const open = this.#open;
    const pauseMs = open && open.tentative.length > 0 ? this.#tentativePauseMs : usualPauseMs;
    const over = open && this.#heardTo - open.changedAt >= this.#samples(pauseMs);
    const events = over ? this.end() : [];
    this.#settle();
    const due = this.#meter.due(this.#reach());
    if (due) events.push(due);
    return events;
  }

  /** Says how far the source is heard, whether that is due or not. */
  progress(): HearingEvent {
    return { type: "progress", heardTo: this.#heardTo, settledTo: this.#settledTo };
  }

  /** Words that will not change, and what may follow them and still change. */
  say(
    words: readonly Word[],
    tentative: readonly Word[],
    language: LanguageTag = this.#language,
  ): HearingEvent[] {
    const events: HearingEvent[] = [];
    this.#language = language;
    for (const word of words) {
      const open = this.#enter(word, events);
      open.words.push(...this.#inOrder([word]));
      this.#beganMs = open.words.at(-1)!.startMs;
      open.tentative = [];
      if (endsSentence(word.text, language)) events.push(...this.end());
    }
    const [first] = tentative;
    const open = first ? this.#enter(first, events) : this.#open;
    if (!open) return events;
    open.tentative = this.#inOrder(tentative);
    events.push(this.#hypothesis(open, false));
    return events;
  }

  /** The utterance is over, with what it has. */
  end(): HearingEvent[] {
    const open = this.#open;
    if (!open) return [];
    const promoted = open.tentative.length > 0;
    open.words.push(...open.tentative);
    open.tentative = [];
    this.#beganMs = Math.max(this.#beganMs, open.words.at(-1)?.startMs ?? 0);
    this.#open = undefined;
    const said = Math.round((open.words.at(-1)?.endMs ?? 0) * this.#rate / 1000);
    this.#saidTo = Math.min(this.#heardTo, Math.max(this.#saidTo, said));
    this.#position = Math.max(this.#position, this.#saidTo);
    if (promoted) this.#promotedMs = this.#saidTo * 1000 / this.#rate;
    this.#settle();
    return [
      this.#hypothesis(open, true),
      { type: "endpoint", utterance: this.#utterance, position: this.#position },
    ];
  }

  #enter(word: Word, events: HearingEvent[]): Open {
    if (!this.#open) {
      this.#utterance += 1;
      const begins = Math.round(word.startMs * this.#rate / 1000);
      this.#position = Math.max(this.#position, Math.min(this.#heardTo, begins));
      this.#open = { position: this.#position, words: [], tentative: [], changedAt: this.#heardTo };
      events.push({ type: "speech_started", utterance: this.#utterance, position: this.#position });
    }
    this.#open.changedAt = this.#heardTo;
    return this.#open;
  }

  /** Times that providers estimate may go back, or run ahead of the audio. */
  #inOrder(words: readonly Word[]): readonly Word[] {
    const lastMs = this.#heardTo * 1000 / this.#rate;
    let beganMs = this.#beganMs;
    return words.map((word) => {
      const startMs = Math.min(lastMs, Math.max(beganMs, word.startMs));
      beganMs = startMs;
      return { ...word, startMs, endMs: Math.max(startMs, Math.min(lastMs, word.endMs)) };
    });
  }

  #settle(): void {
    const quiet = Math.max(this.#saidTo, this.#heardTo - this.#samples(latenessMs));
    this.#settledTo = Math.max(
      this.#settledTo,
      this.#open ? Math.min(this.#open.position, this.#saidTo) : quiet,
    );
  }

  #hypothesis({ words, tentative }: Open, final: boolean): HearingEvent {
    const event: HearingEvent = {
      type: "hypothesis",
      utterance: this.#utterance,
      words: [...words, ...tentative],
      stable: words.length,
      final,
      language: this.#language,
      heardTo: this.#heardTo,
      settledTo: this.#settledTo,
    };
    this.#meter.note(event);
    return event;
  }

  #reach() {
    return { heardTo: this.#heardTo, settledTo: this.#settledTo, speaking: this.#open !== undefined };
  }

  #samples(ms: number): number {
    return ms * this.#rate / 1000;
  }
}
