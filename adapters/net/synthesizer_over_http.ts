import { systemClock } from "../../flow/clock.ts";
import { durationMs } from "../../pipeline/audio.ts";
import { type ErrorKind, PipelineError } from "../../pipeline/error.ts";
import type { SpeechEvent, SpeechSynthesizer, SynthesizerTraits, Voice } from "../../pipeline/ports.ts";
import { Lifetime } from "../lifetime.ts";
import type { Owned } from "../provider.ts";
import { checkSpeed, chooseVoice, type ChosenVoice } from "./choose_voice.ts";
import { FrameCutter } from "./frame_cutter.ts";
import { exchange, exchangeJson, type HttpOptions, type HttpRequest } from "./http.ts";
import { PcmBytes } from "./pcm_bytes.ts";
import { isSpeakable, plain, wholeText } from "./spoken_text.ts";
import type { Outside } from "./translator_over_http.ts";

/** What a synthesizer's wire has to say: which requests are sent, and where the audio is in their answers. */
export interface SynthesizerWire {
  /** What it is called in the configuration. */
  readonly name: string;
  /** What it is called in messages. */
  readonly provider: string;
  readonly traits: SynthesizerTraits;
  /** The longest text, in UTF-16 units. */
  readonly textLimit: number;
  readonly refusal?: (status: number, body: unknown) => ErrorKind | undefined;
  /**
   * Asks something small when a voice is opened, so that a bad key shows early and the connection is there before a text is; nothing when
   * absent.
   */
  prepare?(ask: (request: HttpRequest) => Promise<unknown>): Promise<unknown>;
  /** The request that has a text spoken. */
  ask(text: string, voice: ChosenVoice, speed: number): HttpRequest;
  /** The raw samples in the body of its answer; the body itself when absent. */
  audio?(body: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array>;
}

/** A synthesizer that sends a request for each text, once the text is whole. */
export function synthesizerOverHttp(wire: SynthesizerWire, outside: Outside = {}): Owned<SpeechSynthesizer> {
  const { name, provider, traits, refusal } = wire;
  const { fetch = globalThis.fetch, clock = systemClock, deadlineMs = 10_000 } = outside;
  const http: HttpOptions = { provider, fetch, clock, deadlineMs, ...(refusal && { refusal }) };
  const lifetime = new Lifetime(`synthesizer ${name}`);
  return {
    name,
    traits,
    async open({ signal, ...wanted }) {
      lifetime.check();
      signal.throwIfAborted();
      const chosen = chooseVoice(traits, wanted, provider);
      const within = lifetime.within(signal);
      await wire.prepare?.((request) => exchangeJson(request, http, within));
      within.throwIfAborted();
      return voice(wire, chosen, http, lifetime);
    },
    [Symbol.asyncDispose]() {
      lifetime.end();
      return Promise.resolve();
    },
  };
}

function voice(wire: SynthesizerWire, chosen: ChosenVoice, http: HttpOptions, engine: Lifetime): Voice {
  const { name, provider, traits, textLimit, audio = (body) => body } = wire;
  const { rate } = chosen.format;
  const lifetime = new Lifetime(`voice of ${name}`);

  async function* speak(
    text: AsyncIterable<string>,
    { speed }: { readonly segment: number; readonly speed: number },
    outer: AbortSignal,
  ): AsyncGenerator<SpeechEvent> {
    engine.check();
    lifetime.check();
    checkSpeed(speed, traits.speeds);
    const signal = lifetime.within(engine.within(outer));
    signal.throwIfAborted();
    const spoken = plain(await wholeText(text, textLimit, signal)).trim();
    if (spoken === "") return;
    const pcm = new PcmBytes();
    const cutter = new FrameCutter(rate);
    let charged = false;
    for await (const bytes of audio(exchange(wire.ask(spoken, chosen, speed), http, signal))) {
      // The provider charges for the whole text, however much of it is heard.
      if (!charged) yield { type: "usage", characters: spoken.length };
      charged = true;
      for (const frame of cutter.cut(pcm.push(bytes))) {
        signal.throwIfAborted();
        yield frame;
      }
    }
    signal.throwIfAborted();
    if (cutter.position === 0 && isSpeakable(spoken)) {
      throw new PipelineError("unavailable", `Cannot use ${provider}: it gave no audio`);
    }
    yield { type: "usage", audioMs: Math.round(durationMs(cutter.position, rate)) };
  }

  return {
    format: chosen.format,
    speak,
    [Symbol.asyncDispose]() {
      lifetime.end();
      return Promise.resolve();
    },
  };
}
