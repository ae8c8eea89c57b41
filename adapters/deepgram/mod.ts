import type { SpeechRecognizer } from "../../pipeline/ports.ts";
import { millisecondsSetting } from "../net/milliseconds_setting.ts";
import {
  addressSetting,
  concurrencySetting,
  keySetting,
  languagesSetting,
  nameSetting,
} from "../net/settings.ts";
import type { Provider } from "../provider.ts";
import { deepgramRecognizer } from "./recognizer.ts";

const settings = {
  DEEPGRAM_API_KEY: keySetting("Deepgram"),
  PARLEY_DEEPGRAM_URL: addressSetting(
    "https://api.deepgram.com",
    "Where the routes of Deepgram's recognizer begin",
  ),
  PARLEY_DEEPGRAM_MODEL: nameSetting("nova-3", "Which of Deepgram's models recognises speech"),
  PARLEY_DEEPGRAM_LANGUAGES: languagesSetting(
    "en,en-US,en-GB,en-AU,en-IN,en-NZ,bg,ca,cs,da,de,de-CH,el,es,es-419,et,fi,fr,fr-CA,hi,hu,id,it,ja,ko,lt,lv,ms,nl,nl-BE,nb,pl,pt,pt-BR,pt-PT,ro,ru,sk,sv,tr,uk,vi",
    "What that model understands, separated by commas",
  ),
  PARLEY_DEEPGRAM_SILENCE_MS: millisecondsSetting(
    300,
    { min: 10, max: 5000 },
    "How much silence ends an utterance, in ms",
  ),
  PARLEY_DEEPGRAM_CONCURRENCY: concurrencySetting(
    50,
    "How many streams the plan with Deepgram allows at a time",
  ),
};

/** `PARLEY_STT=deepgram`: speech recognition by Deepgram's Nova models. */
export const deepgram: Provider<SpeechRecognizer, typeof settings> = {
  name: "deepgram",
  settings,
  create: (values) =>
    deepgramRecognizer({
      key: values.DEEPGRAM_API_KEY,
      address: values.PARLEY_DEEPGRAM_URL,
      model: values.PARLEY_DEEPGRAM_MODEL,
      languages: values.PARLEY_DEEPGRAM_LANGUAGES,
      silenceMs: values.PARLEY_DEEPGRAM_SILENCE_MS,
      concurrency: values.PARLEY_DEEPGRAM_CONCURRENCY,
    }),
};
