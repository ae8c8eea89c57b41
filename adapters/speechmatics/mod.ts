import type { SpeechRecognizer } from "../../pipeline/ports.ts";
import { millisecondsSetting } from "../net/milliseconds_setting.ts";
import { type RecognizerOutside, recognizerOverSocket } from "../net/recognizer_over_socket.ts";
import {
  addressSetting,
  choiceSetting,
  concurrencySetting,
  keySetting,
  languagesSetting,
} from "../net/settings.ts";
import type { Owned, Provider } from "../provider.ts";
import { type SpeechmaticsOptions, speechmaticsWire } from "./recognizer.ts";

/** Recognises with Speechmatics in real time, one language to a session, and has it translated where that is wanted. */
export function speechmaticsRecognizer(
  options: SpeechmaticsOptions,
  outside?: RecognizerOutside,
): Owned<SpeechRecognizer> {
  return recognizerOverSocket(speechmaticsWire(options), outside);
}

const settings = {
  SPEECHMATICS_API_KEY: keySetting("Speechmatics"),
  PARLEY_SPEECHMATICS_URL: addressSetting(
    "https://eu.rt.speechmatics.com",
    "Where Speechmatics' real-time recognition is; https://us.rt.speechmatics.com for America",
  ),
  PARLEY_SPEECHMATICS_MODEL: choiceSetting(
    ["enhanced", "standard"],
    "Which model of Speechmatics listens",
  ),
  PARLEY_SPEECHMATICS_LANGUAGES: languagesSetting(
    "en,ar,ba,be,bg,bn,ca,cs,cy,da,de,el,eo,es,et,eu,fa,fi,fr,ga,gl,he,hi,hr,hu,ia,id,it,ja,ko,lt,lv,mn,mr,ms,mt,nl,nb,pl,pt," +
      "ro,ru,sk,sl,sv,sw,ta,th,tr,ug,uk,ur,vi,yue,zh",
    "What Speechmatics understands, separated by commas",
  ),
  PARLEY_SPEECHMATICS_TRANSLATION: choiceSetting(
    ["off", "on"],
    "Whether Speechmatics translates what it hears, from English and into it, up to five targets; else PARLEY_MT does",
  ),
  PARLEY_SPEECHMATICS_DELAY_MS: millisecondsSetting(
    1000,
    { min: 700, max: 4000 },
    "How long after a word its final transcript may come, in ms; more is a little more exact",
  ),
  PARLEY_SPEECHMATICS_SILENCE_MS: millisecondsSetting(
    500,
    { min: 100, max: 2000 },
    "How much silence ends an utterance, in ms",
  ),
  PARLEY_SPEECHMATICS_CONCURRENCY: concurrencySetting(
    50,
    "How many sessions Speechmatics' plan allows at a time; 2 with a free one",
  ),
};

/** `PARLEY_STT=speechmatics`: recognition by Speechmatics, which can translate as well. */
export const speechmatics: Provider<SpeechRecognizer, typeof settings> = {
  name: "speechmatics",
  settings,
  create: (values) =>
    speechmaticsRecognizer({
      key: values.SPEECHMATICS_API_KEY,
      address: values.PARLEY_SPEECHMATICS_URL,
      model: values.PARLEY_SPEECHMATICS_MODEL,
      languages: values.PARLEY_SPEECHMATICS_LANGUAGES,
      translating: values.PARLEY_SPEECHMATICS_TRANSLATION === "on",
      delayMs: values.PARLEY_SPEECHMATICS_DELAY_MS,
      silenceMs: values.PARLEY_SPEECHMATICS_SILENCE_MS,
      concurrency: values.PARLEY_SPEECHMATICS_CONCURRENCY,
    }),
};
