import type { Clock } from "../../flow/clock.ts";
import { abortable } from "../../flow/abortable.ts";
import { Queue } from "../../flow/queue.ts";
import { together } from "../../flow/together.ts";
import { durationMs, type Frame } from "../../pipeline/audio.ts";
import { PipelineError } from "../../pipeline/error.ts";
import type { LanguageTag } from "../../pipeline/language.ts";
import type { Hearing, HearingEvent, Input } from "../../pipeline/ports.ts";
import { Lifetime } from "../lifetime.ts";
import { AudioPacer } from "../net/audio_pacer.ts";
import type { ConnectionAudio } from "../net/connection_audio.ts";
import { DeltaWords } from "../net/delta_words.ts";
import { FrameCutter } from "../net/frame_cutter.ts";
import { PcmBytes } from "../net/pcm_bytes.ts";
import { RunningTranscript } from "../net/running_transcript.ts";
import type { TranslateLink } from "./link.ts";
import { appendMessage, engineRate, frameMs, provider, type TranslateEvent } from "./wire.ts";

/** How many events wait for a reader before the hearing is given up: some minutes of them. */
const eventLimit = 4096;
/** No more is sent while this many bytes of one session are still here. */
const waitingLimit = 256 * 1024;
const roomMs = 20;
/** How many times faster than it is spoken a source that lies ready is sent: events come as fast, and are understood by how far the source is. */
const pacing = { speed: 2, burstMs: 2 * frameMs };
/** How long the translation has to be quiet after a flush to be taken for complete, and how long that is waited for, in ms. */
const quietMs = 1000;
const longestFlushMs = 5000;
/** How often it is said that what was asked for is still awaited, in ms. */
const reportMs = 500;

/** A session and the target that it is for; a hearing without targets needs one for its transcript. */
export interface TargetLink {
  readonly target: LanguageTag | undefined;
  readonly link: TranslateLink;
}

/** What a {@linkcode TranslateHearing} is made of. */
export interface TranslateHearingParts {
  /** The first one transcribes the source. */
  readonly links: readonly TargetLink[];
  readonly audio: ConnectionAudio;
  /** Ends with the hearing. */
  readonly converter: Disposable | undefined;
  readonly rate: number;
  readonly language: LanguageTag;
  readonly clock: Clock;
  readonly engine: Lifetime;
}

/** A source on its way into every target: what is sent goes into all sessions, what comes back is put together. */
export class TranslateHearing implements Hearing {
  readonly #parts: TranslateHearingParts;
  readonly #lifetime = new Lifetime(`hearing of ${provider}`);
  readonly #events = new Queue<HearingEvent>({ limit: eventLimit });
  readonly #transcript: RunningTranscript;
  readonly #words: DeltaWords;
  readonly #pacer: AudioPacer;
  #begun = false;
  #heardSamples = 0;
  #sentAtMs = 0;
  #cameAtMs = 0;

  constructor(parts: TranslateHearingParts) {
    this.#parts = parts;
    this.#transcript = new RunningTranscript(parts);
    this.#words = new DeltaWords(parts.language);
    this.#pacer = new AudioPacer(pacing, parts.clock);
  }

  async *hear(input: AsyncIterable<Input>, outer: AbortSignal): AsyncGenerator<HearingEvent> {
    const { links, engine, rate } = this.#parts;
    engine.check();
    this.#lifetime.check();
    if (this.#begun) throw new TypeError("Cannot hear twice: open another session");
    this.#begun = true;
    using either = this.#lifetime.link(outer, engine.signal);
    const { signal } = either;
    for (const [index, { target, link }] of links.entries()) {
      const pcm = new PcmBytes();
      const frames = new FrameCutter(engineRate);
      link.listen({
        take: (event) => this.#take(event, { transcribes: index === 0, target, pcm, frames }),
        failed: (error) => this.#events.fail(error),
      });
    }
    const feeding = this.#feed(input, signal).then(() => {
      this.#say([{ type: "usage", audioMs: durationMs(this.#heardSamples, rate) * links.length }]);
      this.#events.close();
    }, (error) => this.#events.fail(error));
    try {
      for await (const event of this.#events.items(signal)) {
        yield event;
        signal.throwIfAborted();
      }
    } finally {
      either.abort(new DOMException("The hearing has ended", "AbortError"));
      await feeding;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#lifetime.end();
    this.#parts.converter?.[Symbol.dispose]();
    await Promise.all(this.#parts.links.map(({ link }) => link[Symbol.asyncDispose]()));
  }

  async #feed(input: AsyncIterable<Input>, signal: AbortSignal): Promise<void> {
    const { clock, links, audio } = this.#parts;
    const done = new AbortController();
    this.#sentAtMs = clock.now();
    await together(signal, async (signal) => {
      for await (const item of abortable(input, signal)) {
        if (item.type === "packets") {
          throw new PipelineError("invalid_request", "Cannot hear encoded audio: expected frames");
        }
        if (item.type === "frame") await this.#hearFrame(item, signal);
        else await this.#flush(item.id, signal);
      }
      done.abort();
      for (const chunk of audio.rest()) this.#send(chunk);
      const closing = Promise.all(links.map(({ link }) => link.finish(clock, signal)));
      await this.#await(closing, signal);
      this.#endUtterance();
    }, (signal) => this.#keepTime(AbortSignal.any([signal, done.signal])).catch(() => {}));
  }

  async #hearFrame(frame: Frame, signal: AbortSignal): Promise<void> {
    const { links, audio, clock, rate } = this.#parts;
    if (frame.rate !== rate) {
      throw new PipelineError(
        "invalid_request",
        `Cannot hear a frame: its rate is ${frame.rate}, expected ${rate}`,
      );
    }
    if (this.#heardSamples === 0) this.#transcript.begin(frame.position);
    this.#heardSamples += frame.samples.length;
    for (const chunk of audio.push(frame)) {
      await this.#pacer.take(frameMs, signal);
      this.#send(chunk);
      while (links.some(({ link }) => link.waitingBytes > waitingLimit)) await clock.sleep(roomMs, signal);
    }
    this.#say(this.#transcript.heard(frame.position + frame.samples.length));
    if (!this.#transcript.speaking) this.#words.end();
  }

  /** There is no way to ask for what is left but to end: what comes within a while of silence belongs to what was said. */
  async #flush(id: number, signal: AbortSignal): Promise<void> {
    const { clock, audio } = this.#parts;
    for (const chunk of audio.silence(frameMs)) this.#send(chunk);
    const askedAtMs = clock.now();
    this.#cameAtMs = askedAtMs;
    while (clock.now() < Math.min(this.#cameAtMs + quietMs, askedAtMs + longestFlushMs)) {
      await clock.sleep(Math.min(reportMs, this.#cameAtMs + quietMs - clock.now()), signal);
      this.#say([this.#transcript.progress()]);
    }
    this.#endUtterance();
    this.#say([{ type: "flushed", id }]);
  }

  /** Says every now and then that what is waited for has not come yet. */
  async #await(work: Promise<unknown>, signal: AbortSignal): Promise<void> {
    const over = new AbortController();
    const telling = (async () => {
      while (true) {
        await this.#parts.clock.sleep(reportMs, AbortSignal.any([signal, over.signal]));
        this.#say([this.#transcript.progress()]);
      }
    })().catch(() => {});
    try {
      await work;
    } finally {
      over.abort();
      await telling;
    }
  }

  /** Its clock is what it is sent: when the source pauses, silence is sent in its place. */
  async #keepTime(signal: AbortSignal): Promise<void> {
    const { clock, audio } = this.#parts;
    while (true) {
      await clock.sleep(frameMs, signal);
      if (this.#heardSamples === 0 || clock.now() - this.#sentAtMs < 2 * frameMs) continue;
      for (const chunk of audio.silence(frameMs)) this.#send(chunk);
    }
  }

  #send(chunk: Int16Array): void {
    this.#sentAtMs = this.#parts.clock.now();
    const message = appendMessage(chunk);
    for (const { link } of this.#parts.links) link.send(message);
  }

  #take(
    event: TranslateEvent,
    { transcribes, target, pcm, frames }: {
      readonly transcribes: boolean;
      readonly target: LanguageTag | undefined;
      readonly pcm: PcmBytes;
      readonly frames: FrameCutter;
    },
  ): void {
    this.#cameAtMs = this.#parts.clock.now();
    switch (event.type) {
      case "source": {
        if (!transcribes || event.text === "") return;
        const { words, begun } = this.#words.push(event.text, this.#sourceMs(event.elapsedMs));
        return this.#say(this.#transcript.say(words, begun));
      }
      case "target":
        if (target === undefined || event.text === "") return;
        return this.#say([{ type: "translation", target, append: event.text, tentative: "" }]);
      case "audio": {
        if (target === undefined) return;
        if (event.rate !== engineRate) {
          throw new PipelineError(
            "internal",
            `Cannot use ${provider}: its audio has ${event.rate} Hz, expected ${engineRate}`,
          );
        }
        for (const audio of frames.cut(pcm.push(event.bytes))) this.#say([{ type: "speech", target, audio }]);
      }
    }
  }

  #sourceMs(elapsedMs: number | undefined): number {
    const { audio: { map }, rate } = this.#parts;
    return durationMs(elapsedMs === undefined ? map.to ?? 0 : map.positionAt(elapsedMs, "ends"), rate);
  }

  #endUtterance(): void {
    this.#words.end();
    this.#say(this.#transcript.end());
  }

  #say(events: readonly HearingEvent[]): void {
    for (const event of events) {
      if (this.#events.closed) return;
      if (this.#events.push(event)) continue;
      this.#events.fail(
        new PipelineError("overloaded", `Cannot hear with ${provider}: ${eventLimit} events wait to be read`),
      );
    }
  }
}
