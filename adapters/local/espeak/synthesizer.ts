import { abortable } from "../../../flow/abortable.ts";
import { LinkedAbort } from "../../../flow/linked_abort.ts";
import { Queue } from "../../../flow/queue.ts";
import type { Format } from "../../../pipeline/audio.ts";
import { PipelineError } from "../../../pipeline/error.ts";
import { type LanguageTag, matchTag, sameLanguage } from "../../../pipeline/language.ts";
import type { SpeechEvent, SpeechSynthesizer, Voice } from "../../../pipeline/ports.ts";
import { Lifetime } from "../../lifetime.ts";
import type { Owned } from "../../provider.ts";
import { espeakRate, render, tryVoice } from "./render.ts";
import { Slots } from "./slots.ts";
import { voices } from "./voices.ts";

/** Options of {@linkcode espeakSynthesizer}. */
export interface EspeakOptions {
  /** The program; `espeak-ng` by default. */
  readonly command?: string;
  /** Words a minute at speed 1, 100 to 360; 175 by default. */
  readonly wpm?: number;
  /** How many processes may run at a time; 8 by default. */
  readonly processes?: number;
  /** How many segments may wait for a process; 64 by default. */
  readonly waitingLimit?: number;
}

const format: Format = { codec: "pcm_s16le", rate: espeakRate };
const speeds = { min: 0.8, max: 1.25 };
const pieceSamples = espeakRate / 10;
/** The longest text, in UTF-16 units. */
const textLimit = 10_000;
/** How much audio may be ready ahead of its listener: so much that the process of a usual segment is done long before it is heard. */
const readySamples = 30 * espeakRate;

/** Speaks with the espeak-ng that is installed on this machine: a process for each segment, the first sound after about 10 ms. */
export function espeakSynthesizer(options: EspeakOptions = {}): Owned<SpeechSynthesizer> {
  const { command = "espeak-ng", wpm = 175, processes = 8, waitingLimit = 64 } = options;
  const lifetime = new Lifetime("synthesizer espeak");
  const slots = new Slots({ slots: processes, waitingLimit });
  return {
    name: "espeak",
    traits: { voices, formats: [format], speeds },
    async open({ language, voice: wanted, formats, signal }) {
      lifetime.check();
      signal.throwIfAborted();
      const voice = chooseVoice(language, wanted);
      if (!formats.some(({ codec, rate }) => codec === format.codec && rate === format.rate)) {
        throw new PipelineError(
          "invalid_request",
          `Cannot speak in any of the wanted formats: expected ${format.codec} at ${format.rate} Hz`,
        );
      }
      using either = lifetime.link(signal);
      await tryVoice({ command, voice, wpm }, either.signal);
      return espeakVoice({ command, voice, wpm, slots, engine: lifetime });
    },
    [Symbol.asyncDispose]() {
      lifetime.end();
      return Promise.resolve();
    },
  };
}

function chooseVoice(language: LanguageTag, wanted: string | undefined): string {
  const fitting = voices.filter((voice) => sameLanguage(voice.language, language));
  const tag = matchTag(language, fitting.map((voice) => voice.language));
  if (tag === undefined) {
    throw new PipelineError(
      "unsupported_language",
      `Cannot speak ${language}: espeak-ng has no voice for it`,
    );
  }
  const chosen = fitting.find((voice) =>
    wanted === undefined ? voice.language === tag : voice.name === wanted
  );
  if (!chosen) {
    const names = fitting.map((voice) => voice.name).join(", ");
    throw new PipelineError(
      "invalid_request",
      `Cannot speak ${language} with the wanted voice: expected one of ${names}`,
    );
  }
  return chosen.name;
}

function espeakVoice(
  { command, voice, wpm, slots, engine }: {
    command: string;
    voice: string;
    wpm: number;
    slots: Slots;
    engine: Lifetime;
  },
): Voice {
  const lifetime = new Lifetime("voice of espeak");

  async function* speak(
    text: AsyncIterable<string>,
    { speed }: { segment: number; speed: number },
    outer: AbortSignal,
  ): AsyncGenerator<SpeechEvent> {
    engine.check();
    lifetime.check();
    if (!(speed >= speeds.min && speed <= speeds.max)) {
      throw new RangeError(`Cannot speak: speed is ${speed}, expected ${speeds.min} to ${speeds.max}`);
    }
    using either = lifetime.link(outer, engine.signal);
    const { signal } = either;
    const whole = await collect(text, signal);
    const spoken = speakable(whole);
    if (spoken === "") return;
    using stop = new LinkedAbort(signal);
    const ready = new Queue<Int16Array>({ limit: readySamples, weigh: (samples) => samples.length });
    const how = { command, voice, wpm: Math.round(wpm * speed) };
    const rendering = fill(ready, spoken, how, stop.signal);
    try {
      let position = 0;
      for await (const samples of ready.items(signal)) {
        yield { type: "frame", rate: espeakRate, position, samples };
        signal.throwIfAborted();
        position += samples.length;
      }
    } finally {
      stop.abort();
      await rendering;
    }
    yield { type: "usage", characters: whole.length };
  }

  /** Has the text rendered in a process of its own and puts it into the queue in pieces; ends or fails the queue. */
  async function fill(
    ready: Queue<Int16Array>,
    text: string,
    how: { command: string; voice: string; wpm: number },
    signal: AbortSignal,
  ): Promise<void> {
    let release: (() => void) | undefined;
    try {
      release = await slots.acquire(signal);
      for await (const samples of render(text, how, signal)) {
        for (let at = 0; at < samples.length; at += pieceSamples) {
          await ready.send(samples.subarray(at, at + pieceSamples), signal);
        }
      }
      ready.close();
    } catch (error) {
      ready.fail(error);
    } finally {
      release?.();
    }
  }

  return {
    format,
    speak,
    [Symbol.asyncDispose]() {
      lifetime.end();
      return Promise.resolve();
    },
  };
}

/** The whole text: espeak-ng needs to see the end of a clause to give it its tune. */
async function collect(text: AsyncIterable<string>, signal: AbortSignal): Promise<string> {
  let whole = "";
  for await (const part of abortable(text, signal)) {
    whole += part;
    if (whole.length > textLimit) {
      const message =
        `Cannot speak a text: it has ${whole.length} characters or more, at most ${textLimit} are allowed`;
      throw new PipelineError("invalid_request", message);
    }
  }
  return whole;
}

/** The text as espeak-ng is to read it: on one line, and without `[[`, which would begin a phonetic transcription. */
function speakable(text: string): string {
  return text.replaceAll(/[\p{Cc}\s]+/gu, " ").replaceAll(/\[{2,}/g, "[").trim();
}
