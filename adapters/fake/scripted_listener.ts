import type { Frame } from "../../pipeline/audio.ts";
import type { LanguageTag } from "../../pipeline/language.ts";
import type { HearingEvent, Hypothesis } from "../../pipeline/ports.ts";
import type { Listener } from "./listener.ts";
import type { ReportingDelays, ScriptedUtterance, ScriptedWord } from "./script.ts";

/** A scripted word with its times in samples. */
interface Spoken {
  readonly word: ScriptedWord;
  readonly start: number;
  readonly end: number;
}

interface Moment {
  readonly at: number;
  report(): HearingEvent[];
}

/**
 * Hears a script: when the sound has got to the place of a word, the word was heard. What it reports, and with which positions, does not
 * depend on how the sound is cut into frames. Words in a part of the sound that is missing are not heard.
 */
export class ScriptedListener implements Listener {
  heardTo = 0;
  #rate: number;
  #language: LanguageTag;
  #delays: { interim: number; final: number; endpoint: number; every: number; stable: number };
  #ahead: { words: Spoken[]; readonly language: LanguageTag | undefined }[];
  #utterance = 0;
  #start: number | undefined;
  #reported = -1;
  #final = false;
  #settledTo = 0;

  constructor(
    script: readonly ScriptedUtterance[],
    delays: ReportingDelays,
    options: { rate: number; language: LanguageTag },
  ) {
    this.#rate = options.rate;
    this.#language = options.language;
    this.#delays = {
      interim: this.#samples(delays.interimDelayMs ?? 0),
      final: this.#samples(delays.finalDelayMs ?? 0),
      endpoint: this.#samples(delays.endpointDelayMs ?? 0),
      every: Math.max(1, this.#samples(delays.interimEveryMs ?? 100)),
      stable: this.#samples(delays.stableDelayMs ?? Infinity),
    };
    this.#ahead = script.map(({ words, language }) => ({
      words: words.map((word) => ({
        word,
        start: this.#samples(word.startMs),
        end: this.#samples(word.endMs),
      })),
      language,
    }));
  }

  get settledTo(): number {
    if (this.speaking) return this.#settledTo;
    // A flush may have cut before a word that is being spoken.
    return Math.max(this.#settledTo, Math.min(this.heardTo, this.#ahead[0]?.words[0]?.start ?? Infinity));
  }

  get speaking(): boolean {
    return this.#start !== undefined;
  }

  hear(frame: Frame, to = frame.position + frame.samples.length): HearingEvent[] {
    if (frame.position > this.heardTo) this.#miss(frame.position);
    return this.#advance(to);
  }

  flush(): HearingEvent[] {
    const current = this.#ahead[0];
    if (this.#start === undefined || !current) return [];
    if (this.#final) return this.#reportEndpoint();
    const heard = current.words.filter((spoken) => spoken.end <= this.heardTo);
    const rest = { ...current, words: current.words.slice(heard.length) };
    current.words = heard;
    if (rest.words.length > 0) this.#ahead.splice(1, 0, rest);
    return [...this.#reportFinal(this.heardTo), ...this.#reportEndpoint()];
  }

  end(): HearingEvent[] {
    const current = this.#ahead[0];
    if (this.#start === undefined || !current) return [];
    if (this.#final) return this.#reportEndpoint();
    current.words = current.words.filter((spoken) => spoken.end <= this.heardTo);
    return [...this.#reportFinal(this.heardTo), ...this.#reportEndpoint()];
  }

  #samples(ms: number): number {
    return Math.round(ms * this.#rate / 1000);
  }

  /** The sound before `position` is missing: what would have been heard there is not. */
  #miss(position: number): void {
    this.#reported = Math.max(this.#reported, this.heardTo);
    for (const utterance of this.#ahead) {
      utterance.words = utterance.words.filter(({ start, end }) => end <= this.heardTo || start >= position);
    }
    this.#ahead = this.#ahead.filter((utterance, index) =>
      utterance.words.length > 0 || (index === 0 && this.#start !== undefined)
    );
    if (this.#start === undefined) this.#settledTo = position;
  }

  #advance(to: number): HearingEvent[] {
    const events: HearingEvent[] = [];
    let moment = this.#nextMoment();
    while (moment && moment.at <= to) {
      events.push(...moment.report());
      moment = this.#nextMoment();
    }
    this.heardTo = Math.max(this.heardTo, to);
    return events;
  }

  #nextMoment(): Moment | undefined {
    const current = this.#ahead[0];
    if (!current) return undefined;
    const start = this.#start;
    if (start === undefined) {
      const at = current.words[0]!.start;
      return { at, report: () => this.#reportStart(at) };
    }
    const spokenTo = current.words.at(-1)?.end ?? start;
    const endpointAt = spokenTo + this.#delays.endpoint;
    if (this.#final) return { at: endpointAt, report: () => this.#reportEndpoint() };
    const finalAt = spokenTo + this.#delays.final;
    const interimAt = this.#nextInterimAt(current.words);
    if (interimAt !== undefined && interimAt < finalAt) {
      return { at: interimAt, report: () => this.#reportInterim(interimAt) };
    }
    return { at: finalAt, report: () => this.#reportFinal(Math.max(finalAt, this.#reported)) };
  }

  /** When the next interim hypothesis is due: at the next change, or at the next repetition once there is something to repeat. */
  #nextInterimAt(words: readonly Spoken[]): number | undefined {
    const first = words[0];
    if (!first) return undefined;
    const { interim, every } = this.#delays;
    let at = Math.max(
      first.end + interim,
      (Math.floor(Math.max(this.#reported, first.end + interim) / every) + 1) * every,
    );
    for (const spoken of words) {
      for (const change of [spoken.end + interim, this.#rightAt(spoken)]) {
        if (change > this.#reported && change < at) at = change;
      }
    }
    return at;
  }

  #rightAt({ word, end }: Spoken): number {
    return end + this.#delays.interim + this.#samples(word.misheard?.forMs ?? 0);
  }

  #reportStart(at: number): HearingEvent[] {
    this.#utterance += 1;
    this.#start = at;
    this.#reported = Math.max(this.#reported, at);
    this.#settledTo = Math.max(this.#settledTo, at);
    return [{ type: "speech_started", utterance: this.#utterance, position: at }];
  }

  #reportInterim(at: number): HearingEvent[] {
    this.#reported = at;
    const shown = this.#ahead[0]!.words.filter(({ end }) => end + this.#delays.interim <= at);
    let stable = 0;
    while (stable < shown.length && this.#rightAt(shown[stable]!) + this.#delays.stable <= at) stable += 1;
    return [this.#hypothesis(shown, at, { at, stable, final: false })];
  }

  #reportFinal(at: number): HearingEvent[] {
    const { words } = this.#ahead[0]!;
    this.#final = true;
    this.#reported = at;
    this.#settledTo = Math.max(this.#settledTo, words.at(-1)?.end ?? 0);
    return [this.#hypothesis(words, Infinity, { at, stable: words.length, final: true })];
  }

  #reportEndpoint(): HearingEvent[] {
    const { words } = this.#ahead.shift()!;
    const position = words.at(-1)?.end ?? this.#start!;
    this.#start = undefined;
    this.#final = false;
    return [{ type: "endpoint", utterance: this.#utterance, position }];
  }

  #hypothesis(
    spoken: readonly Spoken[],
    seenAt: number,
    { at, stable, final }: { at: number; stable: number; final: boolean },
  ): Hypothesis {
    return {
      type: "hypothesis",
      utterance: this.#utterance,
      words: spoken.map((spoken) => ({
        text: spoken.word.misheard && seenAt < this.#rightAt(spoken)
          ? spoken.word.misheard.text
          : spoken.word.text,
        startMs: spoken.word.startMs,
        endMs: spoken.word.endMs,
        timing: "measured",
      })),
      stable,
      final,
      language: this.#ahead[0]!.language ?? this.#language,
      heardTo: at,
      settledTo: this.#settledTo,
    };
  }
}
