import { LinkedAbort } from "../../flow/linked_abort.ts";
import { PipelineError } from "../../pipeline/error.ts";
import type { LanguageTag } from "../../pipeline/language.ts";
import type { Hearing, HearingEvent, Input } from "../../pipeline/ports.ts";
import { Tape } from "../tape.ts";
import { Lifetime } from "../lifetime.ts";
import { HeardReport } from "./heard_report.ts";
import type { LinkItem, RecognizerLink } from "./recognizer_link.ts";
import type { RecognizerWire, WireSpeech, WireTranslated } from "./recognizer_wire.ts";
import { SourceTimes } from "./source_times.ts";

/** How much audio that is not final is kept to be heard again by another connection, in ms. */
const tapeMs = 15_000;

/** What a {@linkcode SocketHearing} is made of. */
export interface SocketHearingParts {
  readonly wire: RecognizerWire;
  readonly speech: WireSpeech;
  /** Samples a second of the source. */
  readonly rate: number;
  /** Opens a connection. */
  connect(signal: AbortSignal): Promise<RecognizerLink>;
  /** The life of the engine, which ends its hearings. */
  readonly engine: Lifetime;
  /** Its place among those that a key has; it gives it back. */
  readonly place: Disposable;
  /** It is over. */
  left(): void;
}

/**
 * Hears one source over one connection after the other: a connection that is cut is replaced at once, and what was not final is heard again; one that is about
 * to reach its limit is replaced where nobody speaks. A connection that fails before anything new was final, or for a reason that does not pass at once, ends
 * the hearing: whoever is around it knows of other providers, and of pauses.
 */
export class SocketHearing implements Hearing {
  readonly #parts: SocketHearingParts;
  readonly #lifetime: Lifetime;
  readonly #report: HeardReport;
  #first: RecognizerLink | undefined;
  #begun = false;
  /** What was final when a connection failed last. */
  #failedAt = -Infinity;
  /** How far the source is translated, by target, where the provider says so; and how far it was over the connections before. */
  readonly #translatedTo = new Map<LanguageTag, number>();
  #translatedBefore: ReadonlyMap<LanguageTag, number> = new Map();

  /** @param first a connection that is open. */
  constructor(parts: SocketHearingParts, first: RecognizerLink) {
    const { wire, rate, speech: { languages } } = parts;
    this.#parts = parts;
    this.#first = first;
    this.#lifetime = new Lifetime(`hearing of ${wire.name}`);
    this.#report = new HeardReport({ rate, languages, wordlessMs: wire.wordlessMs });
  }

  async *hear(input: AsyncIterable<Input>, outer: AbortSignal): AsyncGenerator<HearingEvent> {
    const { engine, rate, connect } = this.#parts;
    engine.check();
    this.#lifetime.check();
    if (this.#begun) throw new TypeError("Cannot hear twice: open another session");
    this.#begun = true;
    const tape = new Tape(input, Math.ceil(tapeMs * rate / 1000));
    using either = new LinkedAbort(outer, this.#lifetime.signal, engine.signal, tape.failed);
    const { signal } = either;
    try {
      while (true) {
        signal.throwIfAborted();
        const link = this.#first ?? await connect(signal);
        this.#first = undefined;
        const outcome = yield* this.#hearOver(link, tape, signal);
        if (outcome === "ended") return;
        this.#translatedBefore = new Map(this.#translatedTo);
      }
    } finally {
      tape.close();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#lifetime.end();
    const first = this.#first;
    this.#first = undefined;
    await first?.[Symbol.asyncDispose]();
    this.#parts.place[Symbol.dispose]();
    this.#parts.left();
  }

  /** Hears over one connection: until the input ends, or until another connection has to go on. */
  async *#hearOver(
    link: RecognizerLink,
    tape: Tape,
    signal: AbortSignal,
  ): AsyncGenerator<HearingEvent, "ended" | "replaced"> {
    using stop = new LinkedAbort(signal);
    const retire = new AbortController();
    const times = new SourceTimes(link.audio.map);
    let failure: PipelineError | undefined;
    const sending = this.#send(link, tape, retire.signal, stop.signal);
    try {
      for await (const item of link.items.items(signal)) {
        if (item.event.type === "failed") failure = item.event.error;
        for (const event of this.#take(item, times, link)) {
          if (event.type === "flushed") tape.answered(event.id);
          yield event;
          signal.throwIfAborted();
        }
        tape.forget(this.#report.resumeFrom);
        const usage = link.usage(false);
        if (usage) yield usage;
        if (link.age === "too_old" || link.age === "old" && !this.#report.speaking) retire.abort();
      }
    } finally {
      stop.abort(new DOMException("The connection has ended", "AbortError"));
      await sending;
      await link[Symbol.asyncDispose]();
    }
    const usage = link.usage(true);
    if (usage) yield usage;
    const to = link.audio.map.to;
    if (failure) {
      this.#judge(failure);
      this.#report.dropped();
      return "replaced";
    }
    if (retire.signal.aborted) {
      if (to !== undefined) {
        yield* this.#report.handOver(to);
        tape.forget(to);
      }
      return "replaced";
    }
    if (to !== undefined) yield* this.#report.promote(to);
    return "ended";
  }

  /** Sends the audio as it comes, until it ends or the connection is to retire; a failure shows among what happens on the connection. */
  async #send(link: RecognizerLink, tape: Tape, retire: AbortSignal, signal: AbortSignal): Promise<void> {
    using reading = new LinkedAbort(signal, retire);
    try {
      try {
        for await (const item of tape.read(reading.signal)) await this.#sendItem(link, item, signal);
      } catch (error) {
        signal.throwIfAborted();
        if (error !== retire.reason) throw error;
      }
      const { finalizeFirst } = this.#parts.wire.end;
      await this.#sendRest(link, signal);
      if (finalizeFirst) {
        const answered = await link.finalize(signal);
        if (!answered) link.note({ type: "flushed", id: undefined, unanswered: true });
      }
      link.end();
    } catch (error) {
      if (!signal.aborted) link.fail(error);
    }
  }

  async #sendItem(link: RecognizerLink, item: Input, signal: AbortSignal): Promise<void> {
    if (item.type === "flush") {
      await this.#sendRest(link, signal);
      const answered = await link.finalize(signal);
      return link.note({ type: "flushed", id: item.id, unanswered: !answered });
    }
    const { rate } = this.#parts;
    if (item.type !== "frame" || item.rate !== rate) {
      const found = item.type === "frame" ? `a frame at ${item.rate} Hz` : "encoded audio";
      const message = `Cannot hear the audio: found ${found}, expected frames at ${rate} Hz`;
      throw new PipelineError("invalid_request", message);
    }
    this.#report.begin(item.position);
    for (const chunk of link.audio.push(item)) await link.send(chunk, signal);
  }

  async #sendRest(link: RecognizerLink, signal: AbortSignal): Promise<void> {
    for (const chunk of link.audio.rest()) await link.send(chunk, signal);
  }

  #take({ event, sentMs }: LinkItem, times: SourceTimes, link: RecognizerLink): HearingEvent[] {
    const report = this.#report;
    switch (event.type) {
      case "started":
        return report.started(times.started(event, sentMs));
      case "heard":
        return report.heard(times.heard(event, sentMs));
      case "unchanged":
        return report.unchanged(times.position(Math.min(event.toMs, sentMs), "ends"));
      case "ended":
        return report.close(times.ended(event));
      case "finalized":
        return report.close(times.ended({ atMs: sentMs }));
      case "flushed": {
        const to = times.position(link.sentMs, "ends");
        const events = event.unanswered ? report.promote(to) : report.close(to);
        return event.id === undefined ? events : [...events, { type: "flushed", id: event.id }];
      }
      case "reached":
        return report.reached(times.position(event.toMs, "ends"));
      case "translated":
        return this.#translated(event, times);
      case "usage":
        return [event];
      default:
        return [];
    }
  }

  /** What is translated, but for what a connection before had translated already. */
  #translated({ target, append, tentative, toMs }: WireTranslated, times: SourceTimes): HearingEvent[] {
    const event = { type: "translation", target, append, tentative } as const;
    if (toMs === undefined) return [event];
    const sourceTo = times.position(toMs, "ends");
    if (sourceTo <= (this.#translatedBefore.get(target) ?? -Infinity)) return append === "" ? [event] : [];
    this.#translatedTo.set(target, sourceTo);
    return [{ ...event, sourceTo }];
  }

  /** @throws {PipelineError} the failure, unless another connection is to be tried at once. */
  #judge(failure: PipelineError): void {
    const passes = atOnce.has(failure.kind) && failure.retryAfterMs === undefined;
    const { resumeFrom } = this.#report;
    if (!passes || resumeFrom <= this.#failedAt) throw failure;
    this.#failedAt = resumeFrom;
  }
}

/** What another connection at once may help against. */
const atOnce: ReadonlySet<PipelineError["kind"]> = new Set(["unavailable", "timeout", "session_limit"]);
