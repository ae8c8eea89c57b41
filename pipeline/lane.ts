import type { Clock } from "../flow/clock.ts";
import { LinkedAbort } from "../flow/linked_abort.ts";
import { Queue } from "../flow/queue.ts";
import { together } from "../flow/together.ts";
import { type Audio, durationMs, samplesOf } from "./audio.ts";
import { PipelineError, type Stage } from "./error.ts";
import { Guesses, type GuessOutcome } from "./guesses.ts";
import type { Services, SessionOptions } from "./interpret.ts";
import type { LanguageTag } from "./language.ts";
import { Opened } from "./opened.ts";
import { serves } from "./own_target.ts";
import { OwnWork } from "./own_work.ts";
import type { OwnTarget, Pair, SpeechEvent, Traced, Translation, Voice } from "./ports.ts";
import type { LaneDescription, SessionEvent } from "./session_event.ts";
import { Captioner } from "./stages/caption.ts";
import { Pace } from "./stages/pace.ts";
import type { Segment } from "./stages/segment.ts";
import type { Settlement } from "./stages/settle.ts";
import type { Share } from "./stages/share.ts";
import { Ledger, type MergedStage } from "./timing.ts";

/** How many clauses wait for the translator, and how many translations for the voice, before the pipeline waits. */
const segmentLimit = 16;
const draftLimit = 2;
const textPieceLimit = 64;
/** How many segments with their translations a translator gets as context. */
const historyLimit = 4;

interface Draft {
  readonly segment: Segment;
  readonly ledger: Ledger;
  readonly trace: Traced;
  /** The translation as it comes. */
  readonly text: Queue<string>;
  readonly stop: AbortController;
  /** Why there is no translation, or not all of it. */
  failure: PipelineError | undefined;
  /** Whether nobody reads the text any more. */
  over: boolean;
}

/** What a {@linkcode Lane} is made of. */
export interface LaneParts {
  readonly lane: number;
  readonly target: LanguageTag;
  /** What the recognizer does itself for the lane, if anything. */
  readonly own: OwnTarget | undefined;
  readonly services: Services;
  readonly options: SessionOptions;
  readonly settlement: Settlement;
  readonly events: Queue<SessionEvent>;
}

/**
 * One target language of a session: translates the segments it accepts and speaks them in order, the next one being translated while the
 * current one is spoken. A segment that fails is reported and skipped.
 */
export class Lane implements AsyncDisposable {
  /** A muted lane is translated and captioned, not spoken. */
  muted = false;
  readonly #parts: LaneParts;
  readonly #clock: Clock;
  readonly #segments = new Queue<Draft>({ limit: segmentLimit });
  readonly #drafts = new Queue<Draft>({ limit: draftLimit });
  readonly #captioner: Captioner;
  readonly #pace = new Pace();
  readonly #history: Pair[] = [];
  readonly #unspoken = new Set<Draft>();
  readonly #translation = new Opened<Translation>();
  readonly #guesses: Guesses;
  readonly #voice = new Opened<Voice>();
  readonly #own: OwnWork | undefined;
  readonly #merged: readonly MergedStage[];
  #position = 0;
  #cancelledThrough = 0;

  constructor(parts: LaneParts) {
    this.#parts = parts;
    this.#clock = parts.services.clock;
    this.#captioner = new Captioner(parts.lane);
    const { clock, mayGuess } = parts.services;
    this.#guesses = new Guesses(() => this.#translation.value, {
      clock,
      ...(mayGuess && { mayGuess }),
      onOutcome: (segment, outcome) => this.#tellGuess(segment, outcome),
    });
    const { services: { translator }, options: { source }, target } = parts;
    const isServed = parts.own !== undefined && serves(translator.traits.pairs, source, target);
    this.#own = parts.own && new OwnWork(parts.own, isServed ? this.#openTranslator : undefined);
    this.#merged = this.#own ? (this.#own.voice ? ["stt", "mt", "tts"] : ["mt"]) : [];
  }

  /** Opens the translator and the voice, as far as the recognizer does not stand in for them, so that both are ready before there is anything to say. */
  async open(signal: AbortSignal): Promise<void> {
    const { services, options, target } = this.#parts;
    const own = this.#own;
    const voice = options.voices?.[target];
    const { retain = true } = options;
    const trace = options.trace?.();
    await together(signal, async (signal) => {
      this.#translation.is(own?.translation ?? await this.#openTranslator(signal));
    }, async (signal) => {
      const { outputs: formats } = options;
      const wanted = {
        language: target,
        formats,
        ...trace,
        retain,
        ...(voice === undefined ? {} : { voice }),
      };
      this.#voice.is(own?.voice ?? await services.synthesizer.open({ ...wanted, signal }));
    });
  }

  get number(): number {
    return this.#parts.lane;
  }

  get target(): LanguageTag {
    return this.#parts.target;
  }

  /** What the lane's audio is like; known once it is open. */
  get description(): LaneDescription {
    const { lane, target } = this.#parts;
    return { lane, language: target, format: this.#voice.value.format };
  }

  /** Takes the next segment, waiting while too many are on their way. */
  async accept(
    segment: Segment,
    times: { readonly heardAtMs: number; readonly segmentedAtMs: number },
    signal: AbortSignal,
  ): Promise<void> {
    const { lane, options } = this.#parts;
    const draft: Draft = {
      segment,
      trace: options.trace?.({ lane, segment: segment.segment, heardAtMs: times.heardAtMs }) ?? {},
      ledger: new Ledger(times.heardAtMs, times.segmentedAtMs, this.#merged),
      text: new Queue<string>({ limit: textPieceLimit }),
      stop: new AbortController(),
      failure: undefined,
      over: false,
    };
    this.#unspoken.add(draft);
    this.#own?.begin(segment.segment);
    this.#stopCancelled();
    try {
      await this.#segments.send(draft, signal);
    } catch (error) {
      // A lane that was closed while the segment waited for room does not get it any more.
      if (signal.aborted || !this.#segments.closed) throw error;
      this.#unspoken.delete(draft);
      this.#own?.leave(segment.segment);
    }
  }

  /** The next segment may become this: its translation can be begun where none is under way. */
  guess(segment: number, text: string): void {
    if (this.#own || this.#segments.size > 0) return;
    this.#guesses.guess({ segment, text, history: [...this.#history] });
  }

  /** Takes what the recognizer did itself for a segment, waiting while there is too much of it. */
  async take(share: Share, signal: AbortSignal): Promise<void> {
    if (!share.over && (share.segment <= this.#cancelledThrough || (share.audio && this.muted))) return;
    await this.#own?.give(share, signal);
  }

  /** No more segments come: `run` ends when the last one was spoken. */
  close(): void {
    this.#segments.close();
  }

  /** Drops what was not spoken yet of the segments up to `through`. */
  async cancel(through: number, signal: AbortSignal): Promise<void> {
    this.#cancelledThrough = Math.max(this.#cancelledThrough, through);
    this.#stopCancelled();
    await this.#report({ type: "cancelled", lane: this.#parts.lane, through }, signal);
  }

  /** Translates and speaks until `close`, or until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    await together(
      signal,
      (signal) => this.#translateAll(signal),
      (signal) => this.#speakAll(signal),
      (signal) => this.#guesses.run(signal),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.#translation[Symbol.asyncDispose](), this.#voice[Symbol.asyncDispose]()]);
  }

  readonly #openTranslator = (signal: AbortSignal): Promise<Translation> => {
    const { services, options, target } = this.#parts;
    const { source, glossary, retain = true } = options;
    const trace = options.trace?.();
    return services.translator.open({ source, target, glossary, ...trace, retain, signal });
  };

  #stopCancelled(): void {
    for (const { segment, stop } of this.#unspoken) {
      if (segment.segment <= this.#cancelledThrough) {
        stop.abort(new DOMException("The segment was cancelled", "AbortError"));
      }
    }
  }

  async #translateAll(signal: AbortSignal): Promise<void> {
    for await (const draft of this.#segments.items(signal)) {
      await this.#drafts.send(draft, signal);
      draft.failure = await this.#attempt("mt", draft, signal, (signal) => this.#translate(draft, signal));
      if (draft.failure) draft.text.fail(draft.failure);
      else draft.text.close();
    }
    this.#drafts.close();
    this.#guesses.close();
  }

  async #translate(draft: Draft, signal: AbortSignal): Promise<void> {
    const { segment, ledger, trace, text } = draft;
    let target = "";
    const request = { segment: segment.segment, text: segment.text, history: [...this.#history], ...trace };
    ledger.note("translating", this.#clock.now());
    if (segment.text === "" && !this.#own) {
      return await this.#report(this.#captioner.final(segment.segment, ""), signal);
    }
    for await (const event of this.#guesses.translate(request, signal)) {
      if (event.type === "acquired") ledger.acquired("mt", event);
      if (event.type !== "append" || (event.text === "" && event.tentative === undefined)) continue;
      ledger.note("translated", this.#clock.now());
      target += event.text;
      if (event.text !== "" && !draft.over && !this.#own?.voice) await text.send(event.text, signal);
      const caption = this.#captioner.partial(segment.segment, target, event.tentative ?? "");
      if (caption) await this.#report(caption, signal);
    }
    await this.#report(this.#captioner.final(segment.segment, target), signal);
    this.#history.push({ source: segment.text, target });
    if (this.#history.length > historyLimit) this.#history.shift();
  }

  async #speakAll(signal: AbortSignal): Promise<void> {
    for await (const draft of this.#drafts.items(signal)) {
      const failure = await this.#attempt("tts", draft, signal, (signal) => this.#speak(draft, signal));
      await this.#tellFailure(draft, failure, signal);
      draft.over = true;
      draft.text.clear();
      this.#unspoken.delete(draft);
      this.#own?.leave(draft.segment.segment);
      const settled = this.#parts.settlement.finish(this.#parts.lane, draft.segment.segment);
      if (settled) await this.#report({ type: "settled", ...settled }, signal);
    }
  }

  async #tellFailure(
    { segment, stop, failure: translating }: Draft,
    speaking: PipelineError | undefined,
    signal: AbortSignal,
  ): Promise<void> {
    const error = translating ?? speaking;
    if (!error || stop.signal.aborted) return;
    const stage = translating ? "mt" : "tts";
    await this.#report(
      { type: "failed", lane: this.#parts.lane, segment: segment.segment, stage, error },
      signal,
    );
  }

  async #speak(draft: Draft, signal: AbortSignal): Promise<void> {
    const { segment, ledger, text } = draft;
    const voice = this.#voice.value;
    const { lane, services } = this.#parts;
    const { min, max } = this.#own?.voice ? asItIs : services.synthesizer.traits.speeds;
    const speed = Math.min(max, Math.max(min, this.#pace.speedFor(segment.endMs)));
    const base = this.#position;
    const piece = (audio: Audio, first: boolean, last: boolean): SessionEvent => ({
      type: "speech",
      lane,
      segment,
      audio,
      first,
      last,
      ledger,
    });
    const spoken = this.#own?.voice ? noText : await this.#textToSpeak(text, ledger, signal);
    const how = { segment: segment.segment, speed, ...draft.trace };
    try {
      for await (const event of spoken ? voice.speak(spoken, how, signal) : nothing) {
        if (event.type === "acquired") ledger.acquired("tts", event);
        if (event.type !== "frame" && event.type !== "packets") continue;
        const first = !ledger.has("audible");
        ledger.note("audible", this.#clock.now());
        const audio: Audio = { ...event, position: base + event.position };
        await this.#report(piece(audio, first, false), signal);
        this.#position = audio.position + samplesOf(event);
      }
    } finally {
      if (ledger.has("audible") && !signal.aborted) {
        await this.#report(piece(silence(voice.format.rate, this.#position), false, true), signal);
      }
    }
    if (draft.failure) return;
    if (!ledger.has("audible")) {
      const reason = ledger.has("speaking") || !this.muted ? "empty" : "muted";
      return await this.#report({ type: "skipped", lane, segment: segment.segment, reason }, signal);
    }
    const audioMs = durationMs(this.#position - base, voice.format.rate);
    const timing = ledger.timing();
    const lagMs = this.#pace.spoke(segment.endMs, timing.ttfabMs, audioMs);
    await this.#report(
      { type: "spoken", lane, segment: segment.segment, timing, audioMs, lagMs, speed },
      signal,
    );
  }

  /** The text that is to be spoken, from the first of it on where the lane is muted: a voice that may have nothing to say is not asked. */
  async #textToSpeak(
    text: Queue<string>,
    ledger: Ledger,
    signal: AbortSignal,
  ): Promise<AsyncIterable<string> | undefined> {
    const spoken = this.#spokenText(text, ledger, signal);
    if (!this.muted) return spoken;
    const first = await spoken.next();
    return first.done ? undefined : startingWith(first.value, spoken);
  }

  async *#spokenText(text: Queue<string>, ledger: Ledger, signal: AbortSignal): AsyncGenerator<string, void> {
    for await (const piece of text.items(signal)) {
      if (this.muted) continue;
      ledger.note("speaking", this.#clock.now());
      yield piece;
    }
  }

  async #attempt(
    stage: Stage,
    { segment, stop }: Draft,
    signal: AbortSignal,
    work: (signal: AbortSignal) => Promise<void>,
  ): Promise<PipelineError | undefined> {
    if (stop.signal.aborted) return undefined;
    using either = new LinkedAbort(signal, stop.signal);
    try {
      await work(either.signal);
      return undefined;
    } catch (cause) {
      if (signal.aborted) throw signal.reason;
      if (stop.signal.aborted) return undefined;
      return PipelineError.from(cause, `Segment ${segment.segment} failed in ${stage}`);
    }
  }

  #tellGuess(segment: number, outcome: GuessOutcome): void {
    // Worth nothing but to be counted: where there is no room for it, it is not told.
    this.#parts.events.push({ type: "guessed", lane: this.#parts.lane, segment, outcome });
  }

  #report(event: SessionEvent, signal: AbortSignal): Promise<void> {
    return this.#parts.events.send(event, signal);
  }
}

const noSamples = new Int16Array(0);

const nothing: readonly SpeechEvent[] = [];

/** Who translates from speech to speech says what it says as fast as it does. */
const asItIs = { min: 1, max: 1 };
const noText: AsyncIterable<string> = { [Symbol.asyncIterator]: async function* () {} };

async function* startingWith<T>(first: T, rest: AsyncIterable<T>): AsyncGenerator<T, void> {
  yield first;
  yield* rest;
}

function silence(rate: number, position: number): Audio {
  return { type: "frame", rate, position, samples: noSamples };
}
