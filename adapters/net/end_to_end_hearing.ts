import { abortable } from "../../flow/abortable.ts";
import type { Clock } from "../../flow/clock.ts";
import { LinkedAbort } from "../../flow/linked_abort.ts";
import { Queue } from "../../flow/queue.ts";
import { durationMs, type Frame } from "../../pipeline/audio.ts";
import { PipelineError } from "../../pipeline/error.ts";
import type { LanguageTag } from "../../pipeline/language.ts";
import type { Hearing, HearingEvent, Input, OwnTranslation, Word } from "../../pipeline/ports.ts";
import { Lifetime } from "../lifetime.ts";
import { AudioPacer } from "./audio_pacer.ts";
import type { ConnectionAudio } from "./connection_audio.ts";
import { DeltaWords } from "./delta_words.ts";
import type {
  EndToEndReport,
  EndToEndSession,
  EndToEndWire,
  EndToEndWish,
  QuietRule,
} from "./end_to_end_wire.ts";
import { RunningTranscript } from "./running_transcript.ts";
import type { SourceMap } from "./source_map.ts";
import { TargetSpeech } from "./target_speech.ts";

/** How many events wait for a reader before the hearing is given up: some minutes of them. */
const eventLimit = 4096;
/** No more is sent while this many bytes are still here; looked at so often, in ms. */
const waitingLimit = 256 * 1024;
const roomMs = 20;
/** How often it is said that what was asked for is still awaited, in ms. */
const reportMs = 500;
/** How long a provider that says when everything has come may take to do so, in ms. */
const closingMs = 15_000;

/** What an {@linkcode EndToEndHearing} is made of. */
export interface EndToEndHearingParts {
  readonly wire: EndToEndWire;
  readonly wish: EndToEndWish;
  readonly session: EndToEndSession;
  readonly audio: ConnectionAudio;
  readonly clock: Clock;
  readonly engine: Lifetime;
  /** It is over. */
  left(): void;
}

/** A source at work with a provider that hears, translates and speaks by itself. */
export class EndToEndHearing implements Hearing, EndToEndReport {
  readonly #parts: EndToEndHearingParts;
  readonly #lifetime: Lifetime;
  readonly #events = new Queue<HearingEvent>({ limit: eventLimit });
  readonly #transcript: RunningTranscript;
  readonly #words: DeltaWords;
  readonly #pacer: AudioPacer;
  readonly #speech = new Map<LanguageTag, TargetSpeech>();
  #begun = false;
  #heardSamples = 0;
  #sentAtMs = 0;
  #cameAtMs = 0;
  #paused = false;

  constructor(parts: EndToEndHearingParts) {
    const { wire: { provider, pacing, tentativePauseMs }, wish: { source, targets }, audio, clock } = parts;
    this.#parts = parts;
    this.#lifetime = new Lifetime(`hearing of ${provider}`);
    this.#transcript = new RunningTranscript({ rate: audio.map.rate, language: source, tentativePauseMs });
    this.#words = new DeltaWords(source);
    this.#pacer = new AudioPacer(pacing, clock);
    for (const { target, speech } of targets) {
      if (speech) this.#speech.set(target, new TargetSpeech(target, speech.rate));
    }
  }

  async *hear(input: AsyncIterable<Input>, outer: AbortSignal): AsyncGenerator<HearingEvent> {
    const { session, engine, audio: { map } } = this.#parts;
    engine.check();
    this.#lifetime.check();
    if (this.#begun) throw new TypeError("Cannot hear twice: open another session");
    this.#begun = true;
    using either = this.#lifetime.link(outer, engine.signal);
    const { signal } = either;
    session.listen(this);
    const feeding = this.#feed(input, signal).then(() => {
      const audioMs = durationMs(this.#heardSamples, map.rate) * (session.counts ?? 1);
      this.#say([{ type: "usage", audioMs }]);
      this.#events.close();
    }, (error) => this.#events.fail(error));
    try {
      for await (const event of this.#events.items(signal)) {
        yield event;
        signal.throwIfAborted();
      }
    } finally {
      either.abort(new DOMException("The hearing has ended", "AbortError"));
      await session[Symbol.asyncDispose]();
      await feeding;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { audio, session, left } = this.#parts;
    this.#lifetime.end();
    await session[Symbol.asyncDispose]();
    audio[Symbol.dispose]();
    left();
  }

  get map(): SourceMap {
    return this.#parts.audio.map;
  }

  get speaking(): boolean {
    return this.#transcript.speaking;
  }

  get promotedMs(): number {
    return this.#transcript.promotedMs;
  }

  wrote(fragment: string, atMs?: number): void {
    this.#came();
    if (fragment === "") return;
    const { map } = this;
    const position = atMs === undefined ? map.to ?? 0 : map.positionAt(atMs, "ends");
    const { words, begun } = this.#words.push(fragment, durationMs(position, map.rate));
    this.#say(this.#transcript.say(words, begun));
  }

  said(words: readonly Word[], tentative: readonly Word[]): void {
    this.#came();
    this.#say(this.#transcript.say(words, tentative));
  }

  translated(translation: Omit<OwnTranslation, "type">): void {
    this.#came();
    this.#say([{ type: "translation", ...translation }]);
  }

  spoke(target: LanguageTag, bytes: Uint8Array): void {
    const pushed = this.#speech.get(target)?.push(bytes);
    if (!pushed) return;
    if (pushed.audible) this.#came();
    this.#say(pushed.events);
  }

  used(usage: { readonly tokens: number }): void {
    this.#say([{ type: "usage", ...usage }]);
  }

  failed(error: unknown): void {
    this.#events.fail(error);
  }

  async #feed(input: AsyncIterable<Input>, signal: AbortSignal): Promise<void> {
    const { wire, clock, session, audio } = this.#parts;
    this.#sentAtMs = clock.now();
    using pausing = new LinkedAbort(signal);
    const filling = this.#fillPauses(pausing.signal);
    try {
      for await (const item of abortable(input, signal)) await this.#take(item, signal);
    } finally {
      pausing.abort();
      await filling;
    }
    await this.#sendAll(audio.rest(), signal);
    const ended = session.end();
    if (ended) await this.#await(ended, signal);
    else if (this.#heardSamples > 0) await this.#untilQuiet(wire.end ?? wire.flush, signal);
    this.#endUtterance();
  }

  async #take(item: Input, signal: AbortSignal): Promise<void> {
    const { rate } = this.map;
    if (item.type === "flush") return await this.#flush(item.id, signal);
    if (item.type === "frame" && item.rate === rate) return await this.#hearFrame(item, signal);
    const found = item.type === "frame" ? `a frame at ${item.rate} Hz` : "encoded audio";
    throw new PipelineError(
      "invalid_request",
      `Cannot hear the audio: found ${found}, expected frames at ${rate} Hz`,
    );
  }

  async #hearFrame({ position, samples }: Frame, signal: AbortSignal): Promise<void> {
    if (this.#heardSamples === 0) this.#transcript.begin(position);
    this.#heardSamples += samples.length;
    await this.#sendAll(this.#parts.audio.push({ position, samples }), signal);
    this.#say(this.#transcript.heard(position + samples.length));
    if (!this.speaking) this.#words.end();
  }

  async #sendAll(chunks: readonly Int16Array[], signal: AbortSignal): Promise<void> {
    const { clock, session, audio } = this.#parts;
    for (const chunk of chunks) {
      await this.#pacer.take(durationMs(chunk.length, audio.rate), signal);
      await this.#send(chunk);
      while (session.waitingBytes > waitingLimit) {
        await clock.sleep(roomMs, signal);
        this.#sentAtMs = clock.now();
      }
    }
  }

  async #send(chunk: Int16Array): Promise<void> {
    this.#sentAtMs = this.#parts.clock.now();
    this.#paused = false;
    await this.#parts.session.send(chunk);
  }

  /** There is no way to ask for what is left but to end: what comes within a while of silence belongs to what was said. */
  async #flush(id: number, signal: AbortSignal): Promise<void> {
    const { wire: { flush } } = this.#parts;
    await this.#sendAll(this.#silence(flush.silenceMs), signal);
    this.#pause();
    await this.#untilQuiet(flush, signal);
    this.#endUtterance();
    this.#say([{ type: "flushed", id }]);
  }

  /** What is left, and silence after it. */
  #silence(ms: number): readonly Int16Array[] {
    const { audio } = this.#parts;
    return ms > 0 ? audio.silence(ms) : audio.rest();
  }

  #pause(): void {
    if (this.#paused) return;
    this.#paused = true;
    this.#parts.session.pause?.();
  }

  async #untilQuiet({ quietMs, longestMs }: QuietRule, signal: AbortSignal): Promise<void> {
    const { clock, session } = this.#parts;
    const sinceMs = clock.now();
    this.#cameAtMs = sinceMs;
    while (true) {
      const quietAtMs = session.awaiting ? Infinity : this.#cameAtMs + quietMs;
      const leftMs = Math.min(quietAtMs, sinceMs + longestMs) - clock.now();
      if (leftMs <= 0) return;
      await clock.sleep(Math.min(reportMs, leftMs), signal);
      this.#say([this.#transcript.progress()]);
    }
  }

  /** Waits for what was asked for, and says every now and then that it has not come yet. */
  async #await(ended: Promise<void>, signal: AbortSignal): Promise<void> {
    const { wire: { provider }, clock } = this.#parts;
    using over = new LinkedAbort(signal);
    const late = (async () => {
      for (let waitedMs = 0; waitedMs < closingMs; waitedMs += reportMs) {
        await clock.sleep(reportMs, over.signal);
        this.#say([this.#transcript.progress()]);
      }
      const message = `Cannot use ${provider}: its last words did not come within ${closingMs} ms`;
      throw new PipelineError("timeout", message);
    })();
    try {
      await Promise.race([ended, late]);
    } finally {
      over.abort();
      await late.catch(() => {});
    }
  }

  /** Does what the provider wants while the source pauses, until the signal aborts. A failure of the session is told elsewhere. */
  async #fillPauses(signal: AbortSignal): Promise<void> {
    const { wire: { idle }, clock, audio } = this.#parts;
    try {
      while (true) {
        await clock.sleep(Math.max(0, this.#sentAtMs + idle.afterMs - clock.now()), signal);
        if (clock.now() - this.#sentAtMs < idle.afterMs) continue;
        this.#sentAtMs = clock.now();
        if (this.#heardSamples === 0) continue;
        if (idle.silenceMs === 0) {
          for (const chunk of audio.rest()) await this.#send(chunk);
          this.#pause();
          continue;
        }
        for (const chunk of audio.silence(idle.silenceMs)) {
          this.#pacer.count(durationMs(chunk.length, audio.rate));
          await this.#send(chunk);
        }
      }
    } catch {
      // The source has ended, or the session.
    }
  }

  #came(): void {
    this.#cameAtMs = this.#parts.clock.now();
  }

  #endUtterance(): void {
    this.#words.end();
    this.#say(this.#transcript.end());
  }

  #say(events: readonly HearingEvent[]): void {
    const { provider } = this.#parts.wire;
    for (const event of events) {
      if (this.#events.closed) return;
      if (this.#events.push(event)) continue;
      this.#events.fail(
        new PipelineError("overloaded", `Cannot hear with ${provider}: ${eventLimit} events wait to be read`),
      );
    }
  }
}
