import { PipelineError } from "../../pipeline/error.ts";
import type { LanguageTag } from "../../pipeline/language.ts";
import type { SpeechSynthesizer } from "../../pipeline/ports.ts";
import { everyLanguage, rawFormats } from "../net/choose_voice.ts";
import { refusal } from "../net/openai_error.ts";
import { openaiAccess, openaiSettings } from "../net/openai_access.ts";
import {
  addressSetting,
  choiceSetting,
  languagesSetting,
  nameSetting,
  namesSetting,
  optionalKeySetting,
} from "../net/settings.ts";
import { synthesizerOverHttp } from "../net/synthesizer_over_http.ts";
import type { Outside } from "../net/translator_over_http.ts";
import type { Owned, Provider } from "../provider.ts";
import { modelsRequest, type SpeechAccess, speechRequest, usualRate } from "./wire.ts";

/** Options of {@linkcode speechSynthesizer}. */
export interface SpeechOptions extends SpeechAccess, Outside {
  readonly model: string;
  /** Every one is taken to speak each of the languages. */
  readonly voices: readonly string[];
  readonly languages: readonly LanguageTag[];
  /**
   * `openai` is for OpenAI and Kokoro-FastAPI, whose raw audio has 24 kHz; `speaches` for a server that gives each voice's own rate unless it
   * is asked for one.
   */
  readonly dialect: "openai" | "speaches";
}

const provider = "the speech server";
const speachesRates = [24_000, 16_000, 22_050, 48_000, 44_100, 8_000];

/**
 * Speaks with OpenAI's `/audio/speech`, or a server like it: one request a text, once the text is whole; audio as it is made. The language is
 * not sent, as there is no field for it: the model hears it in the text. Some of OpenAI's models pay little heed to the speed.
 */
export function speechSynthesizer(options: SpeechOptions): Owned<SpeechSynthesizer> {
  const { model, voices, languages, dialect } = options;
  return synthesizerOverHttp({
    name: "openai_speech",
    provider,
    traits: {
      voices: everyLanguage(voices, languages),
      formats: rawFormats(dialect === "openai" ? [usualRate] : speachesRates),
      speeds: { min: 0.5, max: 2 },
    },
    textLimit: 4096,
    refusal,
    prepare: (ask) => ask(modelsRequest(options)).catch(ignoreMissingList),
    ask: (text, { name, format }, speed) =>
      speechRequest(options, {
        model,
        voice: name,
        text,
        speed,
        ...(dialect === "speaches" ? { rate: format.rate } : {}),
      }),
  }, options);
}

/** Some servers have no list of models, or not as JSON: only a refusal of the key or a server that is not there matters. */
function ignoreMissingList(error: unknown): void {
  const harmless = error instanceof PipelineError &&
    (error.kind === "invalid_request" || error.kind === "internal");
  if (!harmless) throw error;
}

const settings = {
  ...openaiSettings,
  PARLEY_OPENAI_SPEECH_URL: addressSetting(
    "",
    "Where the routes of the speech server begin, if not at OPENAI_BASE_URL; then OPENAI_API_KEY is not sent",
  ),
  PARLEY_OPENAI_SPEECH_KEY: optionalKeySetting("The key for PARLEY_OPENAI_SPEECH_URL, if it wants one"),
  PARLEY_OPENAI_SPEECH_MODEL: nameSetting("gpt-4o-mini-tts", "Which model speaks"),
  PARLEY_OPENAI_SPEECH_VOICES: namesSetting(
    "alloy,ash,ballad,coral,echo,fable,onyx,nova,sage,shimmer,verse",
    "The voices of the speech server, separated by commas; the first is the default",
  ),
  PARLEY_OPENAI_SPEECH_LANGUAGES: languagesSetting(
    "en,ar,bg,ca,cs,da,de,el,es,et,fi,fr,gl,he,hi,hr,hu,id,it,ja,ko,lt,lv,nb,nl,pl,pt,ro,ru,sk,sl,sr,sv,th,tr,uk,ur,vi,zh",
    "What the voices of the speech server speak, separated by commas",
  ),
  PARLEY_OPENAI_SPEECH_DIALECT: choiceSetting(
    ["openai", "speaches"],
    "openai for OpenAI and Kokoro-FastAPI, speaches for a speaches server",
  ),
};

/** `PARLEY_TTS=openai_speech`: speech by OpenAI or a server like it. */
export const openaiSpeech: Provider<SpeechSynthesizer, typeof settings> = {
  name: "openai_speech",
  settings,
  create(values) {
    const own = { url: values.PARLEY_OPENAI_SPEECH_URL, key: values.PARLEY_OPENAI_SPEECH_KEY };
    return speechSynthesizer({
      ...openaiAccess(values, own),
      model: values.PARLEY_OPENAI_SPEECH_MODEL,
      voices: values.PARLEY_OPENAI_SPEECH_VOICES,
      languages: values.PARLEY_OPENAI_SPEECH_LANGUAGES,
      dialect: values.PARLEY_OPENAI_SPEECH_DIALECT,
    });
  },
};
