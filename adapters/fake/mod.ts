import * as v from "valibot";
import type { SpeechRecognizer, SpeechSynthesizer, Translator } from "../../pipeline/ports.ts";
import type { Provider } from "../provider.ts";
import { fakeRecognizer } from "./recognizer.ts";
import { fakeSynthesizer } from "./synthesizer.ts";
import { fakeTranslator } from "./translator.ts";

const delay = (description: string) =>
  v.pipe(
    v.optional(v.string(), "0"),
    v.regex(/^\d{1,6}$/, "expected whole milliseconds"),
    v.transform(Number),
    v.description(description),
  );

const translatorSettings = {
  PARLEY_FAKE_MT_DELAY_MS: delay("How long the fake translator waits before it answers"),
};
const synthesizerSettings = {
  PARLEY_FAKE_TTS_DELAY_MS: delay("How long the fake synthesizer waits before it speaks"),
};

/** `PARLEY_STT=fake`: a numbered word in every 300 ms of sound. */
export const fakeRecognizerProvider: Provider<SpeechRecognizer> = {
  name: "fake",
  settings: {},
  create: () => fakeRecognizer(),
};

/** `PARLEY_MT=fake`: every word marked with the target language. */
export const fakeTranslatorProvider: Provider<Translator, typeof translatorSettings> = {
  name: "fake",
  settings: translatorSettings,
  create: (settings) => fakeTranslator({ delayMs: settings.PARLEY_FAKE_MT_DELAY_MS }),
};

/** `PARLEY_TTS=fake`: a tone as long as the text. */
export const fakeSynthesizerProvider: Provider<SpeechSynthesizer, typeof synthesizerSettings> = {
  name: "fake",
  settings: synthesizerSettings,
  create: (settings) => fakeSynthesizer({ delayMs: settings.PARLEY_FAKE_TTS_DELAY_MS }),
};
