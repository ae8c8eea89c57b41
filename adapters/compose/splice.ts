import type { LanguageTag } from "../../pipeline/language.ts";
import type { HearingEvent, Hypothesis, OwnTranslation, Progress, Word } from "../../pipeline/ports.ts";
import { Committer } from "../../pipeline/stages/commit.ts";

/** An utterance that begins so soon after the words that are carried over belongs to them, in ms. */
const joinMs = 500;
/** How much two recognizers may differ on where a word ends, in ms. */
const toleranceMs = 100;

/** Options of a {@linkcode Splice}. */
export interface SpliceOptions {
  /** Samples a second of the source. */
  readonly rate: number;
  /** As in the traits of the recognizer that the splice stands for. */
  readonly stableAfterMs: number;
  /** Of utterances that have no hypothesis. */
  readonly language: LanguageTag;
}

/** The utterance that is being reported. */
interface Open {
  readonly utterance: number;
  /** Where it begins, in samples. */
  readonly start: number;
  started: boolean;
  last: Hypothesis | undefined;
}

/** An open utterance that one recognizer began and another one has to finish. */
interface Carried {
  /** The words that cannot be taken back. */
  readonly kept: Word[];
  /** Where they end, and up to where an utterance may begin that still belongs to them, in samples. */
  readonly keptEnd: number;
  readonly joinTo: number;
  /** Finds out which of the new recognizer's words were kept already. */
  readonly aligner: Committer;
  /** What was reported since. */
  said: readonly Word[] | undefined;
}

/**
 * Makes one report of the reports of recognizers that follow one another on the same source: one final for each utterance, numbers and positions that never
 * go back, and words that were committed neither lost nor said twice. Synchronous, on media time.
 *
 * The next recognizer hears the audio from `settledTo` on, that is, from the beginning of the utterance that was open. What it hears there is aligned
 * with the words that were committed; what follows them continues the same utterance.
 */
export class Splice {
  readonly #options: SpliceOptions;
  /** Commits what the pipeline commits: what was said to be true cannot be taken back. */
  readonly #committer: Committer;
  #utterance = 0;
  /** The number that the recognizer at work gives to the utterance; `undefined` before its first. */
  #inner: number | undefined;
  #open: Open | undefined;
  #uncommitted = 0;
  #carried: Carried | undefined;
  #position = 0;
  #heardTo = 0;
  #settledTo = 0;
  /** How far the source is translated, by target, where the recognizers say so; and how far it was when the last one took over. */
  readonly #translatedTo = new Map<LanguageTag, number>();
  #translatedBefore: ReadonlyMap<LanguageTag, number> = new Map();

  constructor(options: SpliceOptions) {
    this.#options = options;
    this.#committer = new Committer(options);
  }

  /** Everything before this sample is final: the next recognizer is to hear what follows. */
  get settledTo(): number {
    return this.#settledTo;
  }

  /** How far the source was heard. */
  get heardTo(): number {
    return this.#heardTo;
  }

  /** Whether no utterance is open: nobody would notice if another recognizer took over now. */
  get between(): boolean {
    return this.#open === undefined;
  }

  /** Takes what the recognizer at work reports; returns what is to be reported. */
  take(event: HearingEvent): HearingEvent[] {
    switch (event.type) {
      case "speech_started": {
        const before = this.#enter(event.utterance, event.position);
        const open = this.#open;
        if (!open || open.started || open.last) return before;
        open.started = true;
        return [...before, { ...event, utterance: open.utterance, position: this.#move(event.position) }];
      }
      case "hypothesis":
        return [
          ...this.#enter(event.utterance, this.#begin(event)),
          ...(this.#carried ? this.#join(event, this.#carried) : this.#pass(event)),
        ];
      case "progress":
        return this.#progress(event);
      case "endpoint": {
        // Of an utterance that goes on with the words of a later one, this is not the end.
        if (this.#inner !== event.utterance || this.#carried) return [];
        const reported: HearingEvent = {
          ...event,
          utterance: this.#utterance,
          position: this.#move(event.position),
        };
        return [reported];
      }
      case "flushed":
        return [...this.#closeCarried(), event];
      case "translation":
        return this.#translate(event);
      case "speech":
      case "usage":
        return [event];
    }
  }

  /** The recognizer at work has reported all there is. */
  end(): HearingEvent[] {
    return this.#closeCarried();
  }

  /** From here on, another recognizer reports, on the audio from `settledTo` on. */
  switchOver(): void {
    this.#inner = undefined;
    this.#translatedBefore = new Map(this.#translatedTo);
    const open = this.#open;
    if (!open) return;
    const words = open.last?.words ?? [];
    const kept = words.slice(0, words.length - this.#uncommitted);
    const keptEnd = kept.length > 0 ? this.#samples(kept.at(-1)!.endMs) : open.start;
    const aligner = new Committer({ ...this.#options, stableAfterMs: Infinity });
    if (open.last) aligner.update({ ...open.last, words: kept, stable: kept.length, final: false });
    const joinTo = (kept.length > 0 ? keptEnd : Math.max(keptEnd, this.#heardTo)) + this.#samples(joinMs);
    this.#carried = { kept: [...kept], keptEnd, joinTo, aligner, said: undefined };
  }

  /** Takes note of which utterance is reported on; closes the one before where that was not done. */
  #enter(inner: number, begin: number): HearingEvent[] {
    if (inner === this.#inner) return [];
    this.#inner = inner;
    if (this.#carried && begin <= this.#carried.joinTo) return [];
    const events = this.#closeCarried();
    this.#utterance += 1;
    this.#open = { utterance: this.#utterance, start: begin, started: false, last: undefined };
    this.#uncommitted = 0;
    return events;
  }

  #pass(event: Hypothesis): HearingEvent[] {
    if (!this.#open) return [];
    return [this.#report({
      ...event,
      heardTo: Math.max(this.#heardTo, event.heardTo),
      settledTo: Math.max(this.#settledTo, event.settledTo),
    })];
  }

  /** Continues the words that are kept with what another recognizer hears after them. */
  #join(event: Hypothesis, carried: Carried): HearingEvent[] {
    const { kept, keptEnd, aligner } = carried;
    const { words } = event;
    const heardEnd = Math.max(event.settledTo, words.length > 0 ? this.#samples(words.at(-1)!.endMs) : 0);
    const final = event.final && heardEnd >= keptEnd - this.#samples(toleranceMs);
    const { committed, tentative } = aligner.update({
      ...event,
      utterance: this.#utterance,
      final,
    });
    kept.push(...committed);
    const all = inOrder([...kept, ...tentative]);
    carried.said = all;
    return [this.#reportCarried(all, { ...event, stable: kept.length, final })];
  }

  #progress(event: Progress): HearingEvent[] {
    if (this.#carried) {
      if (event.settledTo > this.#carried.joinTo) return [...this.#closeCarried(), ...this.#progress(event)];
      // Until it has said something itself, the words that it may not hear are not to grow older.
      if (this.#inner === undefined) return [];
    }
    if (event.heardTo < this.#heardTo) return [];
    this.#heardTo = event.heardTo;
    if (!this.#carried) this.#settledTo = Math.max(this.#settledTo, event.settledTo);
    const commitment = this.#open && this.#committer.progress(event.heardTo);
    if (commitment) this.#uncommitted = commitment.tentative.length;
    return [{ ...event, heardTo: this.#heardTo, settledTo: this.#settledTo }];
  }

  /** Of the text that another recognizer makes of audio that is heard again, what was reported already is left out. */
  #translate(event: OwnTranslation): HearingEvent[] {
    const { type, target, append, tentative, sourceTo } = event;
    if (sourceTo === undefined) return [event];
    if (sourceTo <= (this.#translatedBefore.get(target) ?? -Infinity)) {
      return append === "" ? [{ type, target, append, tentative }] : [];
    }
    this.#translatedTo.set(target, Math.max(this.#translatedTo.get(target) ?? 0, sourceTo));
    return [event];
  }

  /** Makes the words that are kept final, where no recognizer finished them. */
  #closeCarried(): HearingEvent[] {
    const carried = this.#carried;
    if (!carried) return [];
    const words = carried.said ?? carried.kept;
    const language = this.#open?.last?.language ?? this.#options.language;
    return [
      this.#reportCarried(words, { stable: words.length, final: true, language, heardTo: 0, settledTo: 0 }),
    ];
  }

  #reportCarried(
    words: readonly Word[],
    event: Pick<Hypothesis, "stable" | "final" | "language" | "heardTo" | "settledTo">,
  ): HearingEvent {
    const { stable, final, language } = event;
    const heardTo = Math.max(this.#heardTo, event.heardTo);
    const end = words.length > 0 ? this.#samples(words.at(-1)!.endMs) : 0;
    const settledTo = final
      ? Math.max(this.#settledTo, Math.min(heardTo, Math.max(event.settledTo, end)))
      : this.#settledTo;
    if (final) this.#carried = undefined;
    return this.#report({
      type: "hypothesis",
      utterance: this.#utterance,
      words,
      stable: final ? words.length : stable,
      final,
      language,
      heardTo,
      settledTo,
    });
  }

  #report(event: Hypothesis): Hypothesis {
    const reported = { ...event, utterance: this.#utterance };
    this.#heardTo = reported.heardTo;
    this.#settledTo = reported.settledTo;
    this.#uncommitted = this.#committer.update(reported).tentative.length;
    if (reported.final) this.#open = undefined;
    else if (this.#open) this.#open.last = reported;
    return reported;
  }

  #begin(event: Hypothesis): number {
    const [first] = event.words;
    return first ? this.#samples(first.startMs) : event.settledTo;
  }

  #move(position: number): number {
    return this.#position = Math.max(this.#position, position);
  }

  #samples(ms: number): number {
    return Math.round(ms * this.#options.rate / 1000);
  }
}

/** The words with times that do not go back where two recognizers meet. */
function inOrder(words: readonly Word[]): readonly Word[] {
  let fromMs = -Infinity;
  return words.map((word) => {
    fromMs = Math.max(fromMs, word.startMs);
    return word.startMs === fromMs ? word : { ...word, startMs: fromMs, endMs: Math.max(fromMs, word.endMs) };
  });
}
