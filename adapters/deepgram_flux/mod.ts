import type { SpeechRecognizer } from "../../pipeline/ports.ts";
import { millisecondsSetting } from "../net/milliseconds_setting.ts";
import { rangeSetting } from "../net/range_setting.ts";
import { type RecognizerOutside, recognizerOverSocket } from "../net/recognizer_over_socket.ts";
import {
  addressSetting,
  choiceSetting,
  concurrencySetting,
  keySetting,
  languagesSetting,
  nameSetting,
} from "../net/settings.ts";
import type { Owned, Provider } from "../provider.ts";
import { type FluxOptions, fluxWire } from "./recognizer.ts";

/** Recognises with Deepgram's Flux. All words of a turn may change until it ends. */
export function fluxRecognizer(options: FluxOptions, outside?: RecognizerOutside): Owned<SpeechRecognizer> {
  return recognizerOverSocket(fluxWire(options), outside);
}

const settings = {
  DEEPGRAM_API_KEY: keySetting("Deepgram"),
  PARLEY_DEEPGRAM_FLUX_URL: addressSetting(
    "https://api.deepgram.com",
    "Where the routes of Deepgram's Flux begin; https://api.eu.deepgram.com keeps the audio in the EU",
  ),
  PARLEY_DEEPGRAM_FLUX_ENGLISH_MODEL: nameSetting("flux-general-en", "Which model hears English alone"),
  PARLEY_DEEPGRAM_FLUX_MODEL: nameSetting(
    "flux-general-multi",
    "Which model hears other languages, and several",
  ),
  PARLEY_DEEPGRAM_FLUX_LANGUAGES: languagesSetting(
    "en,de,es,fr,hi,it,ja,nl,pt,ru",
    "What the models of Deepgram's Flux hear, separated by commas",
  ),
  PARLEY_DEEPGRAM_FLUX_THRESHOLD: rangeSetting(
    0.7,
    { min: 0.5, max: 1 },
    "How sure Flux has to be that a turn is over, from 0.5 to 1",
  ),
  PARLEY_DEEPGRAM_FLUX_TIMEOUT_MS: millisecondsSetting(
    5000,
    { min: 500, max: 60_000 },
    "After how much silence Flux ends a turn anyway, in ms",
  ),
  PARLEY_DEEPGRAM_FLUX_FORCE: choiceSetting(
    ["yes", "no"],
    "Whether Flux is told when to end a turn: a server of one's own may not know that message",
  ),
  PARLEY_DEEPGRAM_FLUX_CONCURRENCY: concurrencySetting(
    50,
    "How many streams the plan with Deepgram allows at a time",
  ),
};

/** `PARLEY_STT=deepgram_flux`: recognition by Deepgram's Flux. */
export const deepgramFlux: Provider<SpeechRecognizer, typeof settings> = {
  name: "deepgram_flux",
  settings,
  create: (values) =>
    fluxRecognizer({
      key: values.DEEPGRAM_API_KEY,
      address: values.PARLEY_DEEPGRAM_FLUX_URL,
      models: {
        english: values.PARLEY_DEEPGRAM_FLUX_ENGLISH_MODEL,
        multilingual: values.PARLEY_DEEPGRAM_FLUX_MODEL,
      },
      languages: values.PARLEY_DEEPGRAM_FLUX_LANGUAGES,
      threshold: values.PARLEY_DEEPGRAM_FLUX_THRESHOLD,
      timeoutMs: values.PARLEY_DEEPGRAM_FLUX_TIMEOUT_MS,
      forcing: values.PARLEY_DEEPGRAM_FLUX_FORCE === "yes",
      concurrency: values.PARLEY_DEEPGRAM_FLUX_CONCURRENCY,
    }),
};
