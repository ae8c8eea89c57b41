import * as v from "valibot";
import type { SpeechSynthesizer, Translator } from "../../pipeline/ports.ts";
import {
  addressSetting,
  choiceSetting,
  keySetting,
  languagesSetting,
  localeVoicesSetting,
} from "../net/settings.ts";
import type { Provider } from "../provider.ts";
import { azureSynthesizer } from "./synthesizer.ts";
import { azureTranslator } from "./translator.ts";

const region = (fallback: string | undefined, description: string) =>
  v.pipe(
    v.optional(v.string(), fallback ?? ""),
    v.regex(fallback === undefined ? /^[a-z0-9]+$/ : /^[a-z0-9]*$/, "expected a region such as westeurope"),
    v.description(description),
  );

const translatorSettings = {
  AZURE_TRANSLATOR_KEY: keySetting("Azure's translator"),
  AZURE_TRANSLATOR_REGION: region("", "The region of Azure's translator; none for a global resource"),
  PARLEY_AZURE_TRANSLATOR_URL: addressSetting(
    "https://api.cognitive.microsofttranslator.com",
    "Where the routes of Azure's translator begin",
  ),
  PARLEY_AZURE_TRANSLATOR_VERSION: choiceSetting(
    ["3.0", "2026-06-06"],
    "The version of Azure's translator: 3.0 or 2026-06-06",
  ),
  PARLEY_AZURE_LANGUAGES: languagesSetting(
    "en,ar,bg,bn,ca,cs,da,de,el,es,et,eu,fa,fi,fr,gl,he,hi,hr,hu,id,it,ja,ko,lt,lv,ms,nb,nl,pl,pt-BR,pt-PT,ro,ru,sk,sl,sv,ta,th,tr,uk,ur,vi,zh-Hans,zh-Hant",
    "What Azure translates between, separated by commas",
  ),
};

/** `PARLEY_MT=azure`: translation by Azure. */
export const azureTranslate: Provider<Translator, typeof translatorSettings> = {
  name: "azure",
  settings: translatorSettings,
  create: (values) =>
    azureTranslator({
      key: values.AZURE_TRANSLATOR_KEY,
      region: values.AZURE_TRANSLATOR_REGION,
      address: values.PARLEY_AZURE_TRANSLATOR_URL,
      version: values.PARLEY_AZURE_TRANSLATOR_VERSION,
      languages: values.PARLEY_AZURE_LANGUAGES,
    }),
};

const synthesizerSettings = {
  AZURE_SPEECH_KEY: keySetting("Azure's speech service"),
  AZURE_SPEECH_REGION: region(undefined, "The region of Azure's speech service, such as westeurope"),
  PARLEY_AZURE_SPEECH_URL: addressSetting(
    "",
    "Where the routes of Azure's voices begin, if not where the region says",
  ),
  PARLEY_AZURE_VOICES: localeVoicesSetting(
    "en-US-AriaNeural,en-GB-SoniaNeural,ar-EG-SalmaNeural,ca-ES-JoanaNeural,cs-CZ-VlastaNeural,da-DK-ChristelNeural,de-DE-KatjaNeural,el-GR-AthinaNeural,es-ES-ElviraNeural,es-MX-DaliaNeural,fi-FI-NooraNeural,fr-FR-DeniseNeural,he-IL-HilaNeural,hi-IN-SwaraNeural,hu-HU-NoemiNeural,id-ID-GadisNeural,it-IT-ElsaNeural,ja-JP-NanamiNeural,ko-KR-SunHiNeural,nb-NO-PernilleNeural,nl-NL-ColetteNeural,pl-PL-ZofiaNeural,pt-BR-FranciscaNeural,pt-PT-RaquelNeural,ro-RO-AlinaNeural,ru-RU-SvetlanaNeural,sv-SE-SofieNeural,th-TH-PremwadeeNeural,tr-TR-EmelNeural,uk-UA-PolinaNeural,vi-VN-HoaiMyNeural,zh-CN-XiaoxiaoNeural",
    "The names of Azure's voices, separated by commas; the first of a language is its default",
  ),
};

/** `PARLEY_TTS=azure`: speech by Azure. */
export const azureSpeech: Provider<SpeechSynthesizer, typeof synthesizerSettings> = {
  name: "azure",
  settings: synthesizerSettings,
  create: (values) =>
    azureSynthesizer({
      key: values.AZURE_SPEECH_KEY,
      address: values.PARLEY_AZURE_SPEECH_URL ||
        `https://${values.AZURE_SPEECH_REGION}.tts.speech.microsoft.com`,
      voices: values.PARLEY_AZURE_VOICES,
    }),
};
