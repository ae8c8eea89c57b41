import type { SpeechSynthesizer, Translator } from "../../pipeline/ports.ts";
import { addressSetting, keySetting, languagesSetting } from "../net/settings.ts";
import type { Provider } from "../provider.ts";
import { anyVoice } from "./speech_wire.ts";
import { googleSynthesizer } from "./synthesizer.ts";
import { googleTranslator } from "./translator.ts";

const translatorSettings = {
  GOOGLE_API_KEY: keySetting("Google Cloud"),
  PARLEY_GOOGLE_TRANSLATE_URL: addressSetting(
    "https://translation.googleapis.com",
    "Where the routes of Google's Cloud Translation begin",
  ),
  PARLEY_GOOGLE_LANGUAGES: languagesSetting(
    "en,ar,bg,bn,ca,cs,da,de,el,es,et,eu,fa,fi,fr,gl,he,hi,hr,hu,id,it,ja,ko,lt,lv,ms,nb,nl,pl,pt,ro,ru,sk,sl,sr,sv,ta,th,tr,uk,ur,vi,zh-Hans,zh-Hant",
    "What Google translates between, separated by commas",
  ),
};

/** `PARLEY_MT=google`: translation by Google. */
export const googleTranslate: Provider<Translator, typeof translatorSettings> = {
  name: "google",
  settings: translatorSettings,
  create: (values) =>
    googleTranslator({
      key: values.GOOGLE_API_KEY,
      address: values.PARLEY_GOOGLE_TRANSLATE_URL,
      languages: values.PARLEY_GOOGLE_LANGUAGES,
    }),
};

const synthesizerSettings = {
  GOOGLE_API_KEY: keySetting("Google Cloud"),
  PARLEY_GOOGLE_SPEECH_URL: addressSetting(
    "https://texttospeech.googleapis.com",
    "Where the routes of Google's Cloud Text-to-Speech begin",
  ),
  PARLEY_GOOGLE_VOICES: languagesSetting(
    "en-US,en-GB,ar-XA,bg-BG,ca-ES,cs-CZ,da-DK,de-DE,el-GR,es-ES,es-US,eu-ES,fi-FI,fr-FR,gl-ES,he-IL,hi-IN,hu-HU,id-ID,it-IT,ja-JP,ko-KR,lt-LT,lv-LV,nb-NO,nl-NL,pl-PL,pt-BR,pt-PT,ro-RO,ru-RU,sk-SK,sv-SE,th-TH,tr-TR,uk-UA,vi-VN,cmn-CN",
    "The languages of Google's voices, separated by commas; Google chooses the voice",
  ),
};

/** `PARLEY_TTS=google`: speech by Google. */
export const googleSpeech: Provider<SpeechSynthesizer, typeof synthesizerSettings> = {
  name: "google",
  settings: synthesizerSettings,
  create: (values) =>
    googleSynthesizer({
      key: values.GOOGLE_API_KEY,
      address: values.PARLEY_GOOGLE_SPEECH_URL,
      voices: values.PARLEY_GOOGLE_VOICES.map((language) => ({ name: anyVoice, language })),
    }),
};
