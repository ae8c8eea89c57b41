import type { SpeechRecognizer, SpeechSynthesizer } from "../../pipeline/ports.ts";
import { millisecondsSetting } from "../net/milliseconds_setting.ts";
import { rangeSetting } from "../net/range_setting.ts";
import { type RecognizerOutside, recognizerOverSocket } from "../net/recognizer_over_socket.ts";
import {
  addressSetting,
  concurrencySetting,
  keySetting,
  languagesSetting,
  nameSetting,
  namesSetting,
} from "../net/settings.ts";
import type { Owned, Provider } from "../provider.ts";
import { type SonioxOptions, sonioxWire } from "./recognizer.ts";
import { sonioxSynthesizer } from "./synthesizer.ts";

/** Recognises with Soniox's real-time model. Its tokens are final one by one, and it can translate them itself into one language. */
export function sonioxRecognizer(
  options: SonioxOptions,
  outside?: RecognizerOutside,
): Owned<SpeechRecognizer> {
  return recognizerOverSocket(sonioxWire(options), outside);
}

const settings = {
  SONIOX_API_KEY: keySetting("Soniox"),
  PARLEY_SONIOX_URL: addressSetting(
    "https://stt-rt.soniox.com",
    "Where Soniox's recognition is: also https://stt-rt.eu.soniox.com and https://stt-rt.jp.soniox.com",
  ),
  PARLEY_SONIOX_MODEL: nameSetting("stt-rt-v5", "Which model of Soniox hears"),
  PARLEY_SONIOX_LANGUAGES: languagesSetting(
    "en,af,ar,az,be,bg,bn,bs,ca,cs,cy,da,de,el,es,et,eu,fa,fi,fil,fr,gl,gu,he,hi,hr,hu,id,it,ja,kk,kn,ko,lt,lv,mk,ml,mr,ms,nb,nl,pa,pl,pt,ro,ru,sk,sl,sq,sr,sv,sw,ta,te,th,tr,uk,ur,vi,zh",
    "What the model of Soniox hears and translates, separated by commas",
  ),
  PARLEY_SONIOX_ENDPOINT_SENSITIVITY: rangeSetting(
    0,
    { min: -1, max: 1 },
    "How readily Soniox ends an utterance, from -1 to 1",
  ),
  PARLEY_SONIOX_ENDPOINT_MS: millisecondsSetting(
    1000,
    { min: 500, max: 3000 },
    "When Soniox ends an utterance at the latest, in ms after the speech",
  ),
  PARLEY_SONIOX_CONCURRENCY: concurrencySetting(10, "How many streams the plan with Soniox allows at a time"),
};

/** `PARLEY_STT=soniox`: recognition by Soniox, which can translate into one language as well. */
export const soniox: Provider<SpeechRecognizer, typeof settings> = {
  name: "soniox",
  settings,
  create: (values) =>
    sonioxRecognizer({
      key: values.SONIOX_API_KEY,
      address: values.PARLEY_SONIOX_URL,
      model: values.PARLEY_SONIOX_MODEL,
      languages: values.PARLEY_SONIOX_LANGUAGES,
      sensitivity: values.PARLEY_SONIOX_ENDPOINT_SENSITIVITY,
      endpointMs: values.PARLEY_SONIOX_ENDPOINT_MS,
      concurrency: values.PARLEY_SONIOX_CONCURRENCY,
    }),
};

const speechSettings = {
  SONIOX_API_KEY: keySetting("Soniox"),
  PARLEY_SONIOX_SPEECH_URL: addressSetting(
    "https://tts-rt.soniox.com",
    "Where Soniox's speech is: also https://tts-rt.eu.soniox.com, https://tts-rt.jp.soniox.com and https://tts-rt.in.soniox.com",
  ),
  PARLEY_SONIOX_SPEECH_MODEL: nameSetting("tts-rt-v2", "Which model of Soniox speaks"),
  PARLEY_SONIOX_VOICES: namesSetting(
    "Adrian,Maya",
    "The names of Soniox's voices, separated by commas; the first is the default",
  ),
  // Serbian in Latin and Chinese in simplified script only (https://soniox.com/docs/tts/concepts/languages).
  PARLEY_SONIOX_SPEECH_LANGUAGES: languagesSetting(
    "en,af,ar,az,be,bg,bn,bs,ca,cs,cy,da,de,el,es,et,eu,fa,fi,fil,fr,gl,gu,he,hi,hr,hu,id,it,ja,kk,kn,ko,lt,lv,mk,ml,mr,ms,nb,nl,pa,pl,pt,ro,ru,sk,sl,sq,sr-Latn,sv,sw,ta,te,th,tr,uk,ur,vi,zh-Hans",
    "What the model of Soniox speaks, separated by commas",
  ),
  PARLEY_SONIOX_SPEECH_CONCURRENCY: concurrencySetting(
    3,
    "How many texts the project with Soniox may have spoken at a time",
  ),
};

/** `PARLEY_TTS=soniox`: speech by Soniox. */
export const sonioxSpeech: Provider<SpeechSynthesizer, typeof speechSettings> = {
  name: "soniox",
  settings: speechSettings,
  create: (values) =>
    sonioxSynthesizer({
      key: values.SONIOX_API_KEY,
      address: values.PARLEY_SONIOX_SPEECH_URL,
      model: values.PARLEY_SONIOX_SPEECH_MODEL,
      voices: values.PARLEY_SONIOX_VOICES,
      languages: values.PARLEY_SONIOX_SPEECH_LANGUAGES,
      concurrency: values.PARLEY_SONIOX_SPEECH_CONCURRENCY,
    }),
};
