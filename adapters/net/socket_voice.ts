import type { Clock } from "../../flow/clock.ts";
import { durationMs } from "../../pipeline/audio.ts";
import { PipelineError } from "../../pipeline/error.ts";
import type { SpeechEvent } from "../../pipeline/ports.ts";
import { Lifetime } from "../lifetime.ts";
import { checkSpeed, type ChosenVoice } from "./choose_voice.ts";
import type { Membership } from "./connection_pool.ts";
import type { ContextLink } from "./context_link.ts";
import { ContextSpeech } from "./context_speech.ts";
import type { ContextWire } from "./context_wire.ts";
import { FrameCutter } from "./frame_cutter.ts";
import { PcmBytes } from "./pcm_bytes.ts";
import { Watchdog } from "./watchdog.ts";

/** The outside world of a voice. */
export interface SocketVoiceOutside {
  readonly clock: Clock;
  /** How long the first audio of a text that is whole may take, and each further piece, in ms. */
  readonly deadlineMs: number;
}

/** What a voice has of its engine: its end, and the connections that all voices share. */
export interface VoiceEngine {
  readonly lifetime: Lifetime;
  readonly membership: Membership<ContextLink>;
}

/** A voice that speaks over connections that it shares with others; each text has a context of its own on one of them. */
export class SocketVoice {
  readonly #wire: ContextWire;
  readonly #chosen: ChosenVoice;
  readonly #outside: SocketVoiceOutside;
  readonly #engine: VoiceEngine;
  readonly #lifetime: Lifetime;

  constructor(wire: ContextWire, chosen: ChosenVoice, outside: SocketVoiceOutside, engine: VoiceEngine) {
    this.#wire = wire;
    this.#chosen = chosen;
    this.#outside = outside;
    this.#engine = engine;
    this.#lifetime = new Lifetime(`voice of ${wire.name}`);
  }

  async *speak(
    text: AsyncIterable<string>,
    { speed }: { readonly segment: number; readonly speed: number },
    outer: AbortSignal,
  ): AsyncGenerator<SpeechEvent> {
    const { lifetime, membership } = this.#engine;
    lifetime.check();
    this.#lifetime.check();
    checkSpeed(speed, this.#wire.traits.speeds);
    using stop = this.#lifetime.link(outer, lifetime.signal);
    const { signal } = stop;
    signal.throwIfAborted();
    const { connection, waitedMs, reused, end } = await membership.take(signal);
    let speech: ContextSpeech | undefined;
    try {
      yield { type: "acquired", waitedMs, reused };
      const { clock, deadlineMs } = this.#outside;
      const late = new PipelineError(
        "timeout",
        `Cannot use ${this.#wire.provider}: nothing came for ${deadlineMs} ms`,
      );
      // The time that the text takes to come does not count against the provider.
      using watchdog = new Watchdog({
        clock,
        deadlineMs,
        armed: false,
        bark: () => speech?.audio.fail(late),
      });
      speech = new ContextSpeech({
        wire: this.#wire,
        link: connection,
        clock,
        messages: (context) => this.#wire.text(context, this.#chosen, speed),
        owes: (whether) => whether ? watchdog.arm() : watchdog.disarm(),
      });
      speech.sendAll(text, signal);
      yield* this.#hear(speech, watchdog, signal);
      signal.throwIfAborted();
    } finally {
      stop.abort(new DOMException("The text is over", "AbortError"));
      await speech?.leave();
      end();
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#lifetime.end();
    this.#engine.membership.leave();
    return Promise.resolve();
  }

  async *#hear(
    speech: ContextSpeech,
    watchdog: Watchdog,
    signal: AbortSignal,
  ): AsyncGenerator<SpeechEvent> {
    const { provider } = this.#wire;
    const { rate } = this.#chosen.format;
    const pcm = new PcmBytes();
    const cutter = new FrameCutter(rate);
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
}
