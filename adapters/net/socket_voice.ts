import type { Clock } from "../../flow/clock.ts";
import { Queue } from "../../flow/queue.ts";
import { durationMs } from "../../pipeline/audio.ts";
import { PipelineError } from "../../pipeline/error.ts";
import type { SpeechEvent } from "../../pipeline/ports.ts";
import { unlessAborted } from "../abortable.ts";
import { Lifetime } from "../lifetime.ts";
import { checkSpeed, type ChosenVoice } from "./choose_voice.ts";
import { ContextLink } from "./context_link.ts";
import { ContextSpeech } from "./context_speech.ts";
import type { ContextWire } from "./context_wire.ts";
import { FrameCutter } from "./frame_cutter.ts";
import { PcmBytes } from "./pcm_bytes.ts";
import type { ConnectSocket } from "./socket.ts";
import { Watchdog } from "./watchdog.ts";

/** The outside world of a voice. */
export interface SocketVoiceOutside {
  readonly connect: ConnectSocket;
  readonly clock: Clock;
  /** How long the first audio of a text that is whole may take, and each further piece, in ms. */
  readonly deadlineMs: number;
}

/** A voice that speaks over a connection of its own, which is opened again when it has ended and there is a text. */
export class SocketVoice {
  readonly #wire: ContextWire;
  readonly #chosen: ChosenVoice;
  readonly #outside: SocketVoiceOutside;
  readonly #engine: Lifetime;
  readonly #lifetime: Lifetime;
  /** Each text that is spoken holds a place: a queue whose senders wait for room, in order. */
  readonly #places: Queue<true>;
  #link: ContextLink | undefined;
  #ended = Promise.resolve();

  constructor(wire: ContextWire, chosen: ChosenVoice, outside: SocketVoiceOutside, engine: Lifetime) {
    this.#wire = wire;
    this.#chosen = chosen;
    this.#outside = outside;
    this.#engine = engine;
    this.#lifetime = new Lifetime(`voice of ${wire.name}`);
    this.#places = new Queue({ limit: wire.contexts });
  }

  /** Sees to it that there is a connection. */
  async connect(): Promise<ContextLink> {
    if (!this.#link || this.#link.ended) {
      this.#retire();
      const { provider, closing, read } = this.#wire;
      const request = { provider, ...this.#wire.connection(this.#chosen), ...(closing && { closing }) };
      this.#link = new ContextLink(this.#outside.connect, request, read, this.#lifetime.signal);
    }
    const link = this.#link;
    await link.opened();
    return link;
  }

  async *speak(
    text: AsyncIterable<string>,
    { speed }: { readonly segment: number; readonly speed: number },
    outer: AbortSignal,
  ): AsyncGenerator<SpeechEvent> {
    this.#engine.check();
    this.#lifetime.check();
    checkSpeed(speed, this.#wire.traits.speeds);
    const stop = new AbortController();
    const within = this.#lifetime.within(this.#engine.within(outer));
    const signal = AbortSignal.any([within, stop.signal]);
    signal.throwIfAborted();
    await this.#places.send(true, signal);
    let speech: ContextSpeech | undefined;
    try {
      const link = await unlessAborted(this.connect(), signal);
      speech = new ContextSpeech(
        this.#wire,
        link,
        (context) => this.#wire.text(context, this.#chosen, speed),
      );
      speech.sendAll(text, signal);
      yield* this.#hear(speech, signal);
      signal.throwIfAborted();
    } finally {
      stop.abort();
      await speech?.leave();
      await this.#places.receive(new AbortController().signal);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#lifetime.end();
    this.#retire();
    await this.#ended;
  }

  async *#hear(speech: ContextSpeech, signal: AbortSignal): AsyncGenerator<SpeechEvent> {
    const { provider } = this.#wire;
    const { clock, deadlineMs } = this.#outside;
    const { rate } = this.#chosen.format;
    const pcm = new PcmBytes();
    const cutter = new FrameCutter(rate);
    const late = new PipelineError("timeout", `Cannot use ${provider}: nothing came for ${deadlineMs} ms`);
    // The time that the text takes to come does not count against the provider.
    using watchdog = new Watchdog({ clock, deadlineMs, armed: false, bark: () => speech.audio.fail(late) });
    speech.sent.then(() => watchdog.arm());
    let charged = 0;
    while (true) {
      watchdog.begin();
      const bytes = await speech.audio.receive(signal);
      watchdog.end();
      // The provider charges for what was sent, however much of it is heard.
      if (speech.characters > charged) yield { type: "usage", characters: speech.characters - charged };
      charged = speech.characters;
      if (!bytes) break;
      for (const frame of cutter.cut(pcm.push(bytes))) {
        signal.throwIfAborted();
        yield frame;
      }
    }
    if (cutter.position === 0 && speech.speakable) {
      throw new PipelineError("unavailable", `Cannot use ${provider}: it gave no audio`);
    }
    if (cutter.position > 0) yield { type: "usage", audioMs: Math.round(durationMs(cutter.position, rate)) };
  }

  #retire(): void {
    const link = this.#link;
    if (!link) return;
    this.#link = undefined;
    this.#ended = Promise.all([this.#ended, link[Symbol.asyncDispose]()]).then(() => {});
  }
}
