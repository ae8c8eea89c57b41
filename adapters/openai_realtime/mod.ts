import type { SpeechRecognizer } from "../../pipeline/ports.ts";
import { millisecondsSetting } from "../net/milliseconds_setting.ts";
import { openaiAccess, openaiSettings } from "../net/openai_access.ts";
import {
  addressSetting,
  choiceSetting,
  concurrencySetting,
  languagesSetting,
  nameSetting,
  optionalKeySetting,
} from "../net/settings.ts";
import type { Provider } from "../provider.ts";
import { realtimeRecognizer } from "./recognizer.ts";

const settings = {
  ...openaiSettings,
  PARLEY_OPENAI_REALTIME_URL: addressSetting(
    "",
    "Where the routes of the realtime server begin, if not at OPENAI_BASE_URL; then OPENAI_API_KEY is not sent",
  ),
  PARLEY_OPENAI_REALTIME_KEY: optionalKeySetting("The key for PARLEY_OPENAI_REALTIME_URL, if it wants one"),
  PARLEY_OPENAI_REALTIME_MODEL: nameSetting("gpt-realtime-whisper", "Which model transcribes in real time"),
  PARLEY_OPENAI_REALTIME_DELAY: choiceSetting(
    ["low", "minimal", "medium", "high", "xhigh"],
    "How long gpt-realtime-whisper waits for a word to become clear: longer is more accurate",
  ),
  PARLEY_OPENAI_REALTIME_DIALECT: choiceSetting(
    ["ga", "beta"],
    "ga for OpenAI, beta for a speaches server",
  ),
  PARLEY_OPENAI_REALTIME_LANGUAGES: languagesSetting(
    "en,af,ar,az,be,bg,bs,ca,cs,cy,da,de,el,es,et,fa,fi,fr,gl,he,hi,hr,hu,hy,id,is,it,ja,kk,kn,ko,lt,lv,mi,mk,mr,ms,nb,ne,nl,pl,pt,ro,ru,sk,sl,sr,sv,sw,ta,th,tl,tr,uk,ur,vi,zh",
    "What the realtime model understands, separated by commas",
  ),
  PARLEY_OPENAI_REALTIME_SILENCE_MS: millisecondsSetting(
    400,
    { min: 200, max: 2000 },
    "How long a silence ends an utterance, in ms; a speaches server waits for 550, whatever this says",
  ),
  PARLEY_OPENAI_REALTIME_CONCURRENCY: concurrencySetting(
    20,
    "How many sessions of realtime transcription the key may have at a time",
  ),
};

/** `PARLEY_STT=openai_realtime`: speech recognition by OpenAI's realtime transcription, or that of speaches. */
export const openaiRealtime: Provider<SpeechRecognizer, typeof settings> = {
  name: "openai_realtime",
  settings,
  create(values) {
    const own = { url: values.PARLEY_OPENAI_REALTIME_URL, key: values.PARLEY_OPENAI_REALTIME_KEY };
    return realtimeRecognizer({
      ...openaiAccess(values, own),
      dialect: values.PARLEY_OPENAI_REALTIME_DIALECT,
      model: values.PARLEY_OPENAI_REALTIME_MODEL,
      languages: values.PARLEY_OPENAI_REALTIME_LANGUAGES,
      delay: values.PARLEY_OPENAI_REALTIME_DELAY,
      silenceMs: values.PARLEY_OPENAI_REALTIME_SILENCE_MS,
      concurrency: values.PARLEY_OPENAI_REALTIME_CONCURRENCY,
    });
  },
};
