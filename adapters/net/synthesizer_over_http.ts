import { systemClock } from "../../flow/clock.ts";
import { durationMs } from "../../pipeline/audio.ts";
import { type ErrorKind, PipelineError } from "../../pipeline/error.ts";
import type {
  SpeechEvent,
  SpeechOptions,
  SpeechSynthesizer,
  SynthesizerTraits,
  Voice,
} from "../../pipeline/ports.ts";
import { Lifetime } from "../lifetime.ts";
import type { Owned } from "../provider.ts";
import { traced } from "../traced.ts";
import { checkSpeed, chooseVoice, type ChosenVoice } from "./choose_voice.ts";
import { FrameCutter } from "./frame_cutter.ts";
import { exchange, type HttpOptions, type HttpRequest, readJson } from "./http.ts";
import { HttpSessions } from "./http_sessions.ts";
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
  /** How many requests of a key may be on their way at a time: what its plan allows; 64 by default. */
  readonly atOnce?: number;
  readonly refusal?: (status: number, body: unknown) => ErrorKind | undefined;
  /**
   * Asks something small when a voice is opened, so that a bad key shows early and the connection is there before a text is. When absent, the
   * connection is opened by a `HEAD` that asks for nothing and whose answer does not matter.
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
  const sessions = new HttpSessions({ http, clock, lifetime, atOnce: wire.atOnce });
  return {
    name,
    traits,
    connections: () => [{ name, ...sessions.connections }],
    async open({ signal, ...wanted }) {
      lifetime.check();
      signal.throwIfAborted();
      const chosen = chooseVoice(traits, wanted, provider);
      using either = lifetime.link(signal);
      const ask = (request: HttpRequest) => readJson(sessions.prepare(request, either.signal), provider);
      if (wire.prepare) await wire.prepare(ask);
      else await sessions.greet(wire.ask("a", chosen, 1).url, either.signal);
      either.signal.throwIfAborted();
      return voice(wire, chosen, http, { engine: lifetime, sessions });
    },
    [Symbol.asyncDispose]() {
      lifetime.end();
      return Promise.resolve();
    },
  };
}

function voice(
  wire: SynthesizerWire,
  chosen: ChosenVoice,
  http: HttpOptions,
  { engine, sessions }: { readonly engine: Lifetime; readonly sessions: HttpSessions },
): Voice {
  const { name, provider, traits, textLimit, audio = (body) => body } = wire;
  const { rate } = chosen.format;
  const lifetime = new Lifetime(`voice of ${name}`);
  const end = sessions.begin();

  async function* speak(
    text: AsyncIterable<string>,
    { speed, ...work }: SpeechOptions,
    outer: AbortSignal,
  ): AsyncGenerator<SpeechEvent> {
    engine.check();
    lifetime.check();
    checkSpeed(speed, traits.speeds);
    using either = lifetime.link(outer, engine.signal);
    const { signal } = either;
    signal.throwIfAborted();
    const spoken = plain(await wholeText(text, textLimit, signal)).trim();
    if (spoken === "") return;
    const pcm = new PcmBytes();
    const cutter = new FrameCutter(rate);
    const { waitedMs, reused, end } = await sessions.take(signal);
    let kept = false;
    try {
      yield { type: "acquired", waitedMs, reused };
      let charged = false;
      const body = exchange(wire.ask(spoken, chosen, speed), { ...http, ...traced(work) }, signal);
      for await (const bytes of audio(body)) {
        // The provider charges for the whole text, however much of it is heard.
        if (!charged) yield { type: "usage", characters: spoken.length };
        charged = true;
        for (const frame of cutter.cut(pcm.push(bytes))) {
          signal.throwIfAborted();
          yield frame;
        }
      }
      kept = true;
    } finally {
      end(kept);
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
      if (!lifetime.ended) end();
      lifetime.end();
      return Promise.resolve();
    },
  };
}
