import type { Format } from "../../pipeline/audio.ts";
import { PipelineError } from "../../pipeline/error.ts";
import { sameLanguage } from "../../pipeline/language.ts";
import type {
  SpeechEvent,
  SpeechOptions,
  SynthesizerOptions,
  SynthesizerTraits,
  Voice,
} from "../../pipeline/ports.ts";
import type { Answering } from "./answering.ts";
import { JoinedSpeech } from "./joined_speech.ts";
import { SpeakingRates } from "./speaking_rates.ts";

/** A text to be spoken. */
export interface SpeechRequest extends SpeechOptions {
  /** Can be read several times, also at once: `rereading` sees to it. */
  readonly text: AsyncIterable<string>;
}

/** The types of synthesizers. */
export interface Speeches {
  readonly traits: SynthesizerTraits;
  readonly options: SynthesizerOptions;
  readonly session: Voice;
  readonly request: SpeechRequest;
  readonly event: SpeechEvent;
}

/** Synthesizers, as engines that answer. */
export const speaking: Answering<Speeches> = {
  stage: "tts",
  ask: (voice, { text, ...how }, signal) => voice.speak(text, how, signal),
  session: ({ format }, ask, end) => ({
    format,
    speak: (text, how, signal) => ask({ ...how, text }, signal),
    [Symbol.asyncDispose]: end,
  }),
  isResult: ({ type }) => type === "frame" || type === "packets",
  acquiredOf: (event) => event.type === "acquired" ? event : undefined,
  usageOf: (event) => event.type === "usage" ? event : undefined,
  noteGiven({ text }, note) {
    noteText(text, note).catch(() => {});
  },
  joining() {
    const rates = new SpeakingRates();
    return (request) => new JoinedSpeech(request, rates);
  },
  probe: () => ({ text: probeText, segment: 0, speed: 1 }),
  probeOptions: ({ language, formats }) => ({ language, formats }),
  anyOptions: ({ voices: [voice], formats }) => voice && { language: voice.language, formats },
  together(traits) {
    const [first, ...others] = traits as [SynthesizerTraits, ...SynthesizerTraits[]];
    const shared = (format: Format) => others.every(({ formats }) => includes(formats, format));
    // A voice may speak several languages under one name.
    const voices = new Map(
      traits.flatMap(({ voices }) => voices).map((voice) => [`${voice.name}/${voice.language}`, voice]),
    );
    return {
      voices: [...voices.values()],
      formats: [...first.formats.filter(shared), ...first.formats.filter((format) => !shared(format))],
      speeds: {
        min: Math.max(...traits.map(({ speeds }) => speeds.min)),
        max: Math.min(...traits.map(({ speeds }) => speeds.max)),
      },
    };
  },
  cast(traits, options) {
    const cast = traits.flatMap((one, index) => {
      const voices = one.voices.filter(({ language }) => sameLanguage(language, options.language));
      const known = voices.some(({ name }) => name === options.voice);
      return voices.length > 0 ? [{ index, known, formats: one.formats }] : [];
    });
    if (cast.length === 0) {
      throw new PipelineError(
        "unsupported_language",
        `Cannot speak ${options.language}: no engine has a voice for it`,
      );
    }
    const known = cast.filter(({ known }) => known);
    if (options.voice !== undefined && known.length === 0) {
      throw new PipelineError(
        "invalid_request",
        `Cannot speak ${options.language} with the wanted voice: no engine has it`,
      );
    }
    const order = [...known, ...cast.filter(({ known }) => !known)];
    const given = (by: readonly { readonly formats: readonly Format[] }[]) =>
      options.formats.find((format) => by.every(({ formats }) => includes(formats, format)));
    // What all of them give, else what the first of them gives that gives any.
    const format = given(order) ?? order.map((one) => given([one])).find((format) => format !== undefined);
    if (format === undefined) {
      throw new PipelineError(
        "invalid_request",
        "Cannot speak in any of the wanted formats: no engine gives one",
      );
    }
    const { voice, ...rest } = { ...options, formats: [format] };
    return order.filter(({ formats }) => includes(formats, format)).map(({ index, known }) => ({
      index,
      options: known && voice !== undefined ? { ...rest, voice } : rest,
    }));
  },
};

/** Whether a lane can be handed on within a chain of synthesizers with these traits: there is a format that all of them give. */
export function haveCommonFormat(traits: readonly SynthesizerTraits[]): boolean {
  const [first, ...others] = traits;
  return first === undefined ||
    first.formats.some((format) => others.every(({ formats }) => includes(formats, format)));
}

function includes(formats: readonly Format[], { codec, rate }: Format): boolean {
  return formats.some((one) => one.codec === codec && one.rate === rate);
}

async function noteText(text: AsyncIterable<string>, note: () => void): Promise<void> {
  let given = false;
  for await (const piece of text) {
    given ||= piece.trim() !== "";
    if (given) note();
  }
  // Of a text without a word, an engine owes the end.
  note();
}

const probeText: AsyncIterable<string> = {
  async *[Symbol.asyncIterator]() {
    yield "1.";
  },
};
