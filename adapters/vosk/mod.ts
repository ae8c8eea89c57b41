import type { SpeechRecognizer } from "../../pipeline/ports.ts";
import { addressSetting, concurrencySetting, languagesSetting } from "../net/settings.ts";
import type { Provider } from "../provider.ts";
import { voskRecognizer } from "./recognizer.ts";

const settings = {
  PARLEY_VOSK_URL: addressSetting("http://localhost:2700", "Where the Vosk server is"),
  PARLEY_VOSK_LANGUAGES: languagesSetting("en", "What the model of the Vosk server understands"),
  PARLEY_VOSK_CONCURRENCY: concurrencySetting(8, "How many speakers the Vosk server hears at a time"),
};

/** `PARLEY_STT=vosk`: speech recognition by a Vosk server of one's own. */
export const vosk: Provider<SpeechRecognizer, typeof settings> = {
  name: "vosk",
  settings,
  create: (values) =>
    voskRecognizer({
      address: values.PARLEY_VOSK_URL,
      languages: values.PARLEY_VOSK_LANGUAGES,
      concurrency: values.PARLEY_VOSK_CONCURRENCY,
    }),
};
