import type { LanguageTag } from "../../pipeline/language.ts";
import type { HearingEvent, Word } from "../../pipeline/ports.ts";
import { ProgressMeter } from "../progress_meter.ts";

interface Utterance {
  readonly utterance: number;
  readonly position: number;
  readonly from: number;
  end: { readonly position: number; readonly to: number } | undefined;
}

/** What is known of the first utterance whose final words are not. */
export interface Heard {
  readonly words: readonly Word[];
  /** How many of them stay; all when absent, and in a final hypothesis. */
  readonly stable?: number;
  readonly language: LanguageTag;
}

/**
 * Puts what is found out about utterances into the order of the port, where it is found out in another: utterances begin and end in the source while the
 * words of earlier ones are still awaited. What returns events wants them reported at once. Synchronous, on media time.
 */
export class UtteranceReport {
  readonly #meter: ProgressMeter;
  /** Those without final words, oldest first. */
  readonly #awaited: Utterance[] = [];
  #count = 0;
  #heardTo = 0;
  #settledTo = 0;
  #quietTo = 0;

  /** @param rate samples a second of the source. */
  constructor(rate: number) {
    this.#meter = new ProgressMeter(rate);
  }

  /** Source samples that were heard and are not final, up to here. */
  get unsettled(): number {
    return this.#heardTo - this.#settledTo;
  }

  /** The number of utterances whose final words are awaited. */
  get awaited(): number {
    return this.#awaited.length;
  }

  /** The source is heard up to here, and before `quietTo` there is no speech but what has ended. */
  heard(heardTo: number, quietTo: number): HearingEvent[] {
    this.#heardTo = heardTo;
    this.#quietTo = quietTo;
    this.#settle();
    const due = this.#meter.due({
      heardTo,
      settledTo: this.#settledTo,
      speaking: this.#awaited.length > 0,
    });
    return due ? [due] : [];
  }

  /** Says how far it has listened, whether that is due or not. */
  progress(): HearingEvent {
    return { type: "progress", heardTo: this.#heardTo, settledTo: this.#settledTo };
  }

  /** An utterance begins at `position`; its audio, which another recognizer would have to hear, `from`. */
  started({ position, from }: { readonly position: number; readonly from: number }): HearingEvent[] {
    this.#count += 1;
    const utterance = { utterance: this.#count, position, from, end: undefined };
    this.#awaited.push(utterance);
    return this.#awaited.length === 1 ? [speechStarted(utterance)] : [];
  }

  /** The utterance that began last ends at `position`, its audio at `to`. */
  ended({ position, to }: { readonly position: number; readonly to: number }): void {
    const last = this.#awaited.at(-1);
    if (last) last.end = { position, to };
  }

  /** What is known of the first awaited utterance; the words that were stable before begin it. */
  words({ words, stable = words.length, language }: Heard): HearingEvent[] {
    const [first] = this.#awaited;
    if (!first) return [];
    return [this.#hypothesis(first, { words, stable, language }, false)];
  }

  /** The final words of the first awaited utterance, which has ended. */
  finished(heard: Heard): HearingEvent[] {
    const first = this.#awaited.shift();
    if (!first?.end) throw new TypeError("Cannot finish an utterance: none has ended");
    const { position, to } = first.end;
    this.#quietTo = Math.max(this.#quietTo, to);
    this.#settle();
    const [next] = this.#awaited;
    return [
      this.#hypothesis(first, { ...heard, stable: heard.words.length }, true),
      { type: "endpoint", utterance: first.utterance, position },
      ...next ? [speechStarted(next)] : [],
    ];
  }

  #settle(): void {
    const settled = this.#awaited[0]?.from ?? this.#quietTo;
    this.#settledTo = Math.min(this.#heardTo, Math.max(this.#settledTo, settled));
  }

  #hypothesis(
    { utterance }: Utterance,
    { words, stable = 0, language }: Heard,
    final: boolean,
  ): HearingEvent {
    const event: HearingEvent = {
      type: "hypothesis",
      utterance,
      words,
      stable,
      final,
      language,
      heardTo: this.#heardTo,
      settledTo: this.#settledTo,
    };
    this.#meter.note(event);
    return event;
  }
}

function speechStarted({ utterance, position }: Utterance): HearingEvent {
  return { type: "speech_started", utterance, position };
}
