import { durationMs, type Format, type Frame } from "../../pipeline/audio.ts";
import type { LanguageTag } from "../../pipeline/language.ts";
import type { HearingEvent, OwnTarget, OwnTargets, OwnTranslations } from "../../pipeline/ports.ts";
import type { Listener } from "./listener.ts";
import { Tone } from "./tone.ts";

/** What a fake recognizer translates and speaks itself. */
export interface OwnScript {
  readonly translates?: OwnTranslations;
  readonly speaks?: OwnTargets & { readonly formats: readonly Format[] };
  /** What it reports for each target that it is asked for, in order. */
  readonly moments: readonly OwnMoment[];
}

/** A piece of translation at a place on the source clock. */
export interface OwnMoment {
  /** It is reported as soon as the recognizer has listened so far. */
  readonly atMs: number;
  readonly append?: string;
  readonly tentative?: string;
  /** Where in the source the text ends, where that is known. */
  readonly sourceToMs?: number;
  /** How much is spoken, for targets that are to be spoken: a tone. */
  readonly speechMs?: number;
  /** How much silence comes instead. */
  readonly silenceMs?: number;
}

const pieceMs = 100;

/** Adds to what a listener hears what a script translates and speaks. What is late when the sound ends, or is flushed, comes before the answer. */
export class OwnListener implements Listener {
  readonly #listener: Listener;
  readonly #targets: readonly OwnTarget[];
  readonly #rate: number;
  readonly #moments: OwnMoment[];
  readonly #positions = new Map<LanguageTag, number>();
  readonly #tones = new Map<LanguageTag, Tone>();

  /** @param rate samples a second of the source. */
  constructor(listener: Listener, { moments }: OwnScript, targets: readonly OwnTarget[], rate: number) {
    this.#listener = listener;
    this.#targets = targets;
    this.#rate = rate;
    this.#moments = [...moments];
    for (const { target, speech } of targets) if (speech) this.#tones.set(target, new Tone(220, speech.rate));
  }

  get heardTo(): number {
    return this.#listener.heardTo;
  }

  get settledTo(): number {
    return this.#listener.settledTo;
  }

  get speaking(): boolean {
    return this.#listener.speaking;
  }

  hear(frame: Frame, to = frame.position + frame.samples.length): HearingEvent[] {
    return [...this.#listener.hear(frame, to), ...this.#until(durationMs(to, this.#rate))];
  }

  flush(): HearingEvent[] {
    return [...this.#listener.flush(), ...this.#until(durationMs(this.heardTo, this.#rate))];
  }

  end(): HearingEvent[] {
    return [...this.#listener.end(), ...this.#until(Infinity)];
  }

  #until(ms: number): HearingEvent[] {
    const next = this.#moments.findIndex(({ atMs }) => atMs > ms);
    const due = this.#moments.splice(0, next < 0 ? this.#moments.length : next);
    return due.flatMap((moment) => this.#targets.flatMap((target) => [...this.#report(moment, target)]));
  }

  *#report(moment: OwnMoment, { target, speech }: OwnTarget): Generator<HearingEvent> {
    const { append, tentative, sourceToMs, speechMs = 0, silenceMs = 0 } = moment;
    if (append !== undefined || tentative !== undefined) {
      const place = sourceToMs === undefined ? {} : { sourceTo: Math.round(sourceToMs * this.#rate / 1000) };
      yield { type: "translation", target, append: append ?? "", tentative: tentative ?? "", ...place };
    }
    if (!speech) return;
    for (let left = speechMs + silenceMs; left > 0; left -= pieceMs) {
      const position = this.#positions.get(target) ?? 0;
      const length = Math.round(pieceMs * speech.rate / 1000);
      const samples = speechMs > 0
        ? this.#tones.get(target)!.samples(position, length)
        : new Int16Array(length);
      this.#positions.set(target, position + samples.length);
      yield { type: "speech", target, audio: { type: "frame", rate: speech.rate, position, samples } };
    }
  }
}
