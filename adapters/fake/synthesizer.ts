import { type Clock, systemClock } from "../../flow/clock.ts";
import type { Format, Frame } from "../../pipeline/audio.ts";
import { PipelineError } from "../../pipeline/error.ts";
import { matchTag, sameLanguage } from "../../pipeline/language.ts";
import type { SpeechEvent, SpeechSynthesizer, SynthesizerTraits, Voice } from "../../pipeline/ports.ts";
import { abortable } from "../../flow/abortable.ts";
import { Lifetime } from "../lifetime.ts";
import type { Owned } from "../provider.ts";
import { type Fault, Faults } from "./fault.ts";
import { fakeLanguages } from "./languages.ts";
import { Tone } from "./tone.ts";

/** A failure while a segment is spoken. */
export interface SpeechFault extends Fault {
  /** Only while this segment is spoken; any when absent. */
  readonly segment?: number;
  /** After so many pieces of audio; 0, before the first, by default. */
  readonly afterPieces?: number;
}

/** Options of {@linkcode fakeSynthesizer}. */
export interface FakeSynthesizerOptions {
  readonly name?: string;
  /** By default one voice for each of eight languages, called `tone-en` and so on. */
  readonly voices?: SynthesizerTraits["voices"];
  /** Raw formats, best first; 24 kHz and some others by default. */
  readonly formats?: readonly Format[];
  /** How long a character that is not a space lasts at speed 1; {@linkcode msPerLetter} by default. */
  readonly msPerCharacter?: number;
  /** How long a piece of audio is, at most 200; 100 by default. */
  readonly pieceMs?: number;
  /** From the first text to the first piece; 0 by default. */
  readonly delayMs?: number;
  /** How long it takes to make a second of audio, in seconds; 0 by default. */
  readonly realTimeFactor?: number;
  /** What the delays run on; the machine's time by default. */
  readonly clock?: Clock;
  readonly faults?: readonly SpeechFault[];
  readonly openFaults?: readonly Fault[];
}

/** How long a character that is not a space lasts by default, in ms: about as fast as people speak. */
export const msPerLetter = 70;

const speeds = { min: 0.5, max: 2 };
const toneVoices = fakeLanguages.map((language) => ({ name: `tone-${language}`, language }));
const pcmFormats: readonly Format[] = [24000, 16000, 22050, 48000].map((rate) => ({
  codec: "pcm_s16le",
  rate,
}));

/** A synthesizer that sounds a tone for as long as it would take to say the text; every voice has its own pitch. */
export function fakeSynthesizer(options: FakeSynthesizerOptions = {}): Owned<SpeechSynthesizer> {
  const { name = "fake", voices = toneVoices, formats = pcmFormats, pieceMs = 100 } = options;
  if (!(pieceMs >= 1 && pieceMs <= 200)) {
    throw new RangeError(`Cannot make a synthesizer: pieceMs is ${pieceMs}, expected 1 to 200`);
  }
  const lifetime = new Lifetime(`synthesizer ${name}`);
  const openFaults = new Faults(options.openFaults);
  const faults = new Faults(options.faults);
  const tones = new Map<string, Tone>();
  const toneOf = (hertz: number, rate: number) => {
    const key = `${hertz}/${rate}`;
    const tone = tones.get(key) ?? new Tone(hertz, rate);
    tones.set(key, tone);
    return tone;
  };
  return {
    name,
    traits: { voices, formats, speeds },
    async open({ language, voice, formats: wanted, signal }) {
      lifetime.check();
      signal.throwIfAborted();
      using either = lifetime.link(signal);
      await openFaults.playNext(() => true, `Cannot open ${name}`, either.signal);
      const spoken = voices.filter((entry) => sameLanguage(entry.language, language));
      const tag = matchTag(language, spoken.map((entry) => entry.language));
      if (tag === undefined) {
        throw new PipelineError("unsupported_language", `Cannot speak a language: ${language} has no voice`);
      }
      const chosen = spoken.find((entry) =>
        voice === undefined ? entry.language === tag : entry.name === voice
      );
      if (!chosen) {
        throw new PipelineError(
          "invalid_request",
          `Cannot speak with the voice: there is none of that name for ${language}`,
        );
      }
      const format = wanted.find((one) =>
        formats.some(({ codec, rate }) => codec === one.codec && rate === one.rate)
      );
      if (!format) {
        const given = formats.map(({ codec, rate }) => `${codec} at ${rate} Hz`).join(", ");
        throw new PipelineError(
          "invalid_request",
          `Cannot speak in any of the wanted formats: expected ${given}`,
        );
      }
      const tone = toneOf(220 + 20 * voices.indexOf(chosen), format.rate);
      return fakeVoice(options, { name, tone, format, faults, engine: lifetime });
    },
    [Symbol.asyncDispose]() {
      lifetime.end();
      return Promise.resolve();
    },
  };
}

function fakeVoice(
  options: FakeSynthesizerOptions,
  { name, tone, format, faults, engine }: {
    name: string;
    tone: Tone;
    format: Format;
    faults: Faults<SpeechFault>;
    engine: Lifetime;
  },
): Voice {
  const {
    msPerCharacter = msPerLetter,
    pieceMs = 100,
    delayMs = 0,
    realTimeFactor = 0,
    clock = systemClock,
  } = options;
  const lifetime = new Lifetime(`voice of ${name}`);
  const pieceSamples = Math.floor(format.rate * pieceMs / 1000);

  async function* speak(
    text: AsyncIterable<string>,
    { segment, speed }: { segment: number; speed: number },
    outer: AbortSignal,
  ): AsyncGenerator<SpeechEvent> {
    engine.check();
    lifetime.check();
    if (!(speed >= speeds.min && speed <= speeds.max)) {
      throw new RangeError(`Cannot speak: speed is ${speed}, expected ${speeds.min} to ${speeds.max}`);
    }
    using either = lifetime.link(outer, engine.signal);
    const { signal } = either;
    let characters = 0;
    let written = 0;
    let position = 0;
    let pieces = 0;
    const playFault = () =>
      faults.playNext(
        (fault) => (fault.segment ?? segment) === segment && (fault.afterPieces ?? 0) === pieces,
        `Cannot speak with ${name}`,
        signal,
      );
    await playFault();
    for await (const part of abortable(text, signal)) {
      characters += part.length;
      const letters = part.replaceAll(/\s/g, "").length;
      if (letters > 0 && written === 0 && delayMs > 0) await clock.sleep(delayMs, signal);
      written += letters;
      const end = Math.round(written * msPerCharacter * format.rate / 1000 / speed);
      while (position < end) {
        const length = Math.min(pieceSamples, end - position);
        if (realTimeFactor > 0) await clock.sleep(length * 1000 / format.rate * realTimeFactor, signal);
        const frame: Frame = {
          type: "frame",
          rate: format.rate,
          position,
          samples: tone.samples(position, length),
        };
        signal.throwIfAborted();
        yield frame;
        position += length;
        pieces += 1;
        await playFault();
      }
    }
    signal.throwIfAborted();
    yield { type: "usage", characters };
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
