import { abortable } from "../../flow/abortable.ts";
import type { Clock } from "../../flow/clock.ts";
import { Queue } from "../../flow/queue.ts";
import { together } from "../../flow/together.ts";
import { durationMs, type Frame } from "../../pipeline/audio.ts";
import { PipelineError } from "../../pipeline/error.ts";
import type { LanguageTag } from "../../pipeline/language.ts";
import type { Hearing, HearingEvent, Input, Word } from "../../pipeline/ports.ts";
import { Lifetime } from "../lifetime.ts";
import { AudioPacer } from "../net/audio_pacer.ts";
import type { ConnectionAudio } from "../net/connection_audio.ts";
import { FrameCutter } from "../net/frame_cutter.ts";
import { PcmBytes } from "../net/pcm_bytes.ts";
import { RunningTranscript } from "../net/running_transcript.ts";
import { estimatedWords } from "../net/transcript_words.ts";
import type { VoiceStream } from "./stream.ts";
import { chunkMessage, endMessage, provider, type Stretch, type VoiceEvent } from "./wire.ts";

/** The length of a message of audio, in ms: 50 to 250 are best, a second is the most. */
export const chunkMs = 100;
/** No faster than twice as fast as it is spoken; a little less, as clocks differ. */
const pacing = { speed: 1.9, burstMs: chunkMs };
/** How many events wait for a reader before the hearing is given up. */
const eventLimit = 4096;
/** The provider ends a session over which nothing comes for 30 s. */
const idleMs = 10_000;
const watchMs = 1000;
/** What may still change is waited for so long after the last of it came, in ms of media time; then it counts as it is. */
const tentativePauseMs = 5000;
/** How much silence follows a flush, how long nothing may come to take everything for translated, and how long that is waited for, in ms. */
const flushSilenceMs = 1000;
const quietMs = 1000;
const longestFlushMs = 6000;
const closingMs = 15_000;
const reportMs = 500;
/** No more is sent while this many bytes are still here. */
const waitingLimit = 256 * 1024;
const roomMs = 20;

/** What a {@linkcode VoiceHearing} is made of. */
export interface VoiceHearingParts {
  readonly stream: VoiceStream;
  readonly audio: ConnectionAudio;
  readonly rate: number;
  readonly language: LanguageTag;
  /** Which target a code stands for. */
  readonly targets: ReadonlyMap<string, LanguageTag>;
  /** The rate of what is spoken. */
  readonly speechRate: number;
  /** A connection that is so old is replaced between two utterances, in ms. */
  readonly renewAfterMs: number;
  readonly clock: Clock;
  readonly engine: Lifetime;
}

/** A source at work with DeepL Voice: transcribed, translated, and where that was asked for spoken. */
export class VoiceHearing implements Hearing {
  readonly #parts: VoiceHearingParts;
  readonly #lifetime = new Lifetime(`hearing of ${provider}`);
  readonly #events = new Queue<HearingEvent>({ limit: eventLimit });
  readonly #transcript: RunningTranscript;
  readonly #pacer: AudioPacer;
  readonly #pcm = new PcmBytes();
  readonly #frames: FrameCutter;
  readonly #finished = Promise.withResolvers<void>();
  #begun = false;
  #heardSamples = 0;
  #sentAtMs = 0;
  #cameAtMs = 0;
  #changing = false;
  /** What was said up to here counted as final before the provider said so: it is going to say it once more. */
  #promotedMs = -Infinity;

  constructor(parts: VoiceHearingParts) {
    this.#parts = parts;
    this.#transcript = new RunningTranscript({ ...parts, tentativePauseMs });
    this.#pacer = new AudioPacer(pacing, parts.clock);
    this.#frames = new FrameCutter(parts.speechRate);
    this.#finished.promise.catch(() => {});
  }

  async *hear(input: AsyncIterable<Input>, outer: AbortSignal): AsyncGenerator<HearingEvent> {
    const { stream, engine, rate } = this.#parts;
    engine.check();
    this.#lifetime.check();
    if (this.#begun) throw new TypeError("Cannot hear twice: open another session");
    this.#begun = true;
    using either = this.#lifetime.link(outer, engine.signal);
    const { signal } = either;
    stream.listen({
      take: (event) => this.#take(event),
      failed: (error) => {
        this.#finished.reject(error);
        this.#events.fail(error);
      },
    });
    const feeding = this.#feed(input, signal).then(() => {
      this.#say([{ type: "usage", audioMs: durationMs(this.#heardSamples, rate) }]);
      this.#events.close();
    }, (error) => this.#events.fail(error));
    try {
      for await (const event of this.#events.items(signal)) {
        yield event;
        signal.throwIfAborted();
      }
    } finally {
      either.abort(new DOMException("The hearing has ended", "AbortError"));
      await this.#parts.stream[Symbol.asyncDispose]();
      await feeding;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#lifetime.end();
    await this.#parts.stream[Symbol.asyncDispose]();
  }

  async #feed(input: AsyncIterable<Input>, signal: AbortSignal): Promise<void> {
    const { clock, audio, stream } = this.#parts;
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
      await this.#sendAll(audio.rest(), signal);
      await stream.send(endMessage);
      await this.#finish(signal);
      this.#endUtterance();
    }, (signal) => this.#keepAlive(AbortSignal.any([signal, done.signal])));
  }

  async #hearFrame(frame: Frame, signal: AbortSignal): Promise<void> {
    const { audio, rate, stream, renewAfterMs } = this.#parts;
    if (frame.rate !== rate) {
      throw new PipelineError(
        "invalid_request",
        `Cannot hear a frame: its rate is ${frame.rate}, expected ${rate}`,
      );
    }
    if (this.#heardSamples === 0) this.#transcript.begin(frame.position);
    this.#heardSamples += frame.samples.length;
    await this.#sendAll(audio.push(frame), signal);
    const spoke = this.#transcript.speaking && this.#changing;
    this.#say(this.#transcript.heard(frame.position + frame.samples.length));
    if (spoke && !this.#transcript.speaking) this.#promotedMs = this.#transcript.saidMs;
    if (!this.#transcript.speaking && stream.ageMs > renewAfterMs) await stream.renew();
  }

  async #sendAll(chunks: readonly Int16Array[], signal: AbortSignal): Promise<void> {
    const { clock, rate, stream } = this.#parts;
    for (const chunk of chunks) {
      await this.#pacer.take(durationMs(chunk.length, rate), signal);
      this.#sentAtMs = clock.now();
      await stream.send(chunkMessage(chunk));
      while (stream.waitingBytes > waitingLimit) await clock.sleep(roomMs, signal);
    }
  }

  /** There is no way to ask for what is left but to end: silence makes it final, and what comes within a while of it belongs to what was said. */
  async #flush(id: number, signal: AbortSignal): Promise<void> {
    const { clock, audio } = this.#parts;
    await this.#sendAll(audio.silence(flushSilenceMs), signal);
    const askedAtMs = clock.now();
    this.#cameAtMs = askedAtMs;
    const longestMs = askedAtMs + longestFlushMs;
    while (clock.now() < Math.min(longestMs, this.#changing ? Infinity : this.#cameAtMs + quietMs)) {
      await clock.sleep(reportMs / 2, signal);
      this.#say([this.#transcript.progress()]);
    }
    this.#endUtterance();
    this.#say([{ type: "flushed", id }]);
  }

  async #finish(signal: AbortSignal): Promise<void> {
    const { clock } = this.#parts;
    const deadlineMs = clock.now() + closingMs;
    let over = false;
    const ended = this.#finished.promise.finally(() => over = true);
    ended.catch(() => {});
    const late = new AbortController();
    try {
      while (!over) {
        const sleeping = clock.sleep(reportMs, AbortSignal.any([signal, late.signal]));
        sleeping.catch(() => {});
        await Promise.race([ended, sleeping]);
        if (over) break;
        if (clock.now() >= deadlineMs) {
          throw new PipelineError(
            "timeout",
            `Cannot use ${provider}: its last words did not come within ${closingMs} ms`,
          );
        }
        this.#say([this.#transcript.progress()]);
      }
    } finally {
      late.abort();
    }
    await ended;
  }

  async #keepAlive(signal: AbortSignal): Promise<void> {
    const { clock, audio, stream } = this.#parts;
    try {
      while (true) {
        await clock.sleep(watchMs, signal);
        if (this.#heardSamples === 0 || clock.now() - this.#sentAtMs < idleMs) continue;
        this.#sentAtMs = clock.now();
        for (const chunk of audio.silence(chunkMs)) {
          this.#pacer.count(chunkMs);
          await stream.send(chunkMessage(chunk));
        }
      }
    } catch {
      // Only the end of the hearing, or a failure that is told elsewhere.
    }
  }

  #take(event: VoiceEvent): void {
    this.#cameAtMs = this.#parts.clock.now();
    switch (event.type) {
      case "transcript":
        return event.target === undefined ? this.#takeSource(event) : this.#takeTarget(event, event.target);
      case "media": {
        const target = this.#parts.targets.get(event.target.toLowerCase());
        if (target === undefined) return;
        for (const piece of event.pieces) {
          for (const audio of this.#frames.cut(this.#pcm.push(piece))) {
            this.#say([{ type: "speech", target, audio }]);
          }
        }
        return;
      }
      case "end":
        return this.#finished.resolve();
    }
  }

  #takeSource({ concluded, tentative }: Record<"concluded" | "tentative", readonly Stretch[]>): void {
    const fresh = (words: readonly Word[]) => words.filter(({ startMs }) => startMs >= this.#promotedMs - 1);
    this.#changing = tentative.length > 0;
    this.#say(this.#transcript.say(fresh(this.#words(concluded)), fresh(this.#words(tentative))));
  }

  #takeTarget(
    { concluded, tentative }: Record<"concluded" | "tentative", readonly Stretch[]>,
    code: string,
  ): void {
    const { targets, audio: { map } } = this.#parts;
    const target = targets.get(code.toLowerCase());
    if (target === undefined) return;
    for (const { text: append, endMs } of concluded) {
      const sourceTo = Math.round(map.positionAt(endMs, "ends"));
      this.#say([{ type: "translation", target, append, tentative: "", sourceTo }]);
    }
    const tail = tentative.map(({ text }) => text).join("");
    this.#say([{ type: "translation", target, append: "", tentative: tail }]);
  }

  #words(stretches: readonly Stretch[]): readonly Word[] {
    const { audio: { map }, rate } = this.#parts;
    return stretches.flatMap(({ text, startMs, endMs }) =>
      estimatedWords(text, {
        startMs: durationMs(map.positionAt(startMs, "begins"), rate),
        endMs: durationMs(map.positionAt(endMs, "ends"), rate),
      })
    );
  }

  #endUtterance(): void {
    const changing = this.#changing && this.#transcript.speaking;
    this.#say(this.#transcript.end());
    if (changing) this.#promotedMs = this.#transcript.saidMs;
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
