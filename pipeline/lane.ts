import type { Clock } from "../flow/clock.ts";
import { Queue } from "../flow/queue.ts";
import { together } from "../flow/together.ts";
import { type Audio, durationMs } from "./audio.ts";
import { PipelineError, type Stage } from "./error.ts";
import type { Services, SessionOptions } from "./interpret.ts";
import type { LanguageTag } from "./language.ts";
import { Opened } from "./opened.ts";
import type { Pair, SpeechEvent, Translation, Voice } from "./ports.ts";
import type { LaneDescription, SessionEvent } from "./session_event.ts";
import { Captioner } from "./stages/caption.ts";
import { Pace } from "./stages/pace.ts";
import type { Segment } from "./stages/segment.ts";
import type { Settlement } from "./stages/settle.ts";
import { Ledger } from "./timing.ts";

/** How many clauses wait for the translator, and how many translations for the voice, before the pipeline waits. */
const segmentLimit = 16;
const draftLimit = 2;
const textPieceLimit = 64;
/** How many segments with their translations a translator gets as context. */
const historyLimit = 4;

interface Draft {
  readonly segment: Segment;
  readonly ledger: Ledger;
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
  readonly #voice = new Opened<Voice>();
  #position = 0;
  #cancelledThrough = 0;

  constructor(parts: LaneParts) {
    this.#parts = parts;
    this.#clock = parts.services.clock;
    this.#captioner = new Captioner(parts.lane);
  }

  /** Opens the translator and the voice, so that both are ready before there is anything to say. */
  async open(signal: AbortSignal): Promise<void> {
    const { services, options, target } = this.#parts;
    const voice = options.voices?.[target];
    const { retain = true } = options;
    await together(signal, async (signal) => {
      const { source, glossary } = options;
      this.#translation.is(await services.translator.open({ source, target, glossary, retain, signal }));
    }, async (signal) => {
      const { outputs: formats } = options;
      const wanted = { language: target, formats, retain, ...(voice === undefined ? {} : { voice }) };
      this.#voice.is(await services.synthesizer.open({ ...wanted, signal }));
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
    const draft: Draft = {
      segment,
      ledger: new Ledger(times.heardAtMs, times.segmentedAtMs),
      text: new Queue<string>({ limit: textPieceLimit }),
      stop: new AbortController(),
      failure: undefined,
      over: false,
    };
    this.#unspoken.add(draft);
    this.#stopCancelled();
    try {
      await this.#segments.send(draft, signal);
    } catch (error) {
      // A lane that was closed while the segment waited for room does not get it any more.
      if (signal.aborted || !this.#segments.closed) throw error;
      this.#unspoken.delete(draft);
    }
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
    await together(signal, (signal) => this.#translateAll(signal), (signal) => this.#speakAll(signal));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.#translation[Symbol.asyncDispose](), this.#voice[Symbol.asyncDispose]()]);
  }

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
  }

  async #translate(draft: Draft, signal: AbortSignal): Promise<void> {
    const { segment, ledger, text } = draft;
    let target = "";
    const request = { segment: segment.segment, text: segment.text, history: [...this.#history] };
    ledger.note("translating", this.#clock.now());
    for await (const event of this.#translation.value.translate(request, signal)) {
      if (event.type !== "append" || event.text === "") continue;
      ledger.note("translated", this.#clock.now());
      target += event.text;
      if (!draft.over) await text.send(event.text, signal);
      const caption = this.#captioner.partial(segment.segment, target, "");
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
      const position = this.#parts.settlement.finish(this.#parts.lane, draft.segment.segment);
      if (position !== undefined) await this.#report({ type: "settled", position }, signal);
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
    const { min, max } = services.synthesizer.traits.speeds;
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
    const spoken = await this.#textToSpeak(text, ledger, signal);
    const how = { segment: segment.segment, speed };
    try {
      for await (const event of spoken ? voice.speak(spoken, how, signal) : nothing) {
        if (event.type !== "frame" && event.type !== "packets") continue;
        const first = !ledger.has("audible");
        ledger.note("audible", this.#clock.now());
        const audio: Audio = { ...event, position: base + event.position };
        await this.#report(piece(audio, first, false), signal);
        this.#position = event.type === "frame"
          ? audio.position + event.samples.length
          : audio.position + packetSamples(event);
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
    try {
      await work(AbortSignal.any([signal, stop.signal]));
      return undefined;
    } catch (cause) {
      if (signal.aborted) throw signal.reason;
      if (stop.signal.aborted) return undefined;
      return PipelineError.from(cause, `Segment ${segment.segment} failed in ${stage}`);
    }
  }

  #report(event: SessionEvent, signal: AbortSignal): Promise<void> {
    return this.#parts.events.send(event, signal);
  }
}

const noSamples = new Int16Array(0);

const nothing: readonly SpeechEvent[] = [];

async function* startingWith<T>(first: T, rest: AsyncIterable<T>): AsyncGenerator<T, void> {
  yield first;
  yield* rest;
}

function silence(rate: number, position: number): Audio {
  return { type: "frame", rate, position, samples: noSamples };
}

/** 20 ms a packet at 48 kHz: what every provider sends. */
function packetSamples(audio: Audio & { type: "packets" }): number {
  return audio.packets.length * 960;
}
