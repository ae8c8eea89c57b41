import type { SpeechRecognizer } from "../../pipeline/ports.ts";
import { millisecondsSetting } from "../net/milliseconds_setting.ts";
import { openaiAccess, openaiSettings } from "../net/openai_access.ts";
import {
  addressSetting,
  choiceSetting,
  languagesSetting,
  nameSetting,
  optionalKeySetting,
} from "../net/settings.ts";
import type { Provider } from "../provider.ts";
import { transcribeRecognizer } from "./recognizer.ts";

const settings = {
  ...openaiSettings,
  PARLEY_OPENAI_TRANSCRIBE_URL: addressSetting(
    "",
    "Where the routes of the transcription server begin, if not at OPENAI_BASE_URL; then OPENAI_API_KEY is not sent",
  ),
  PARLEY_OPENAI_TRANSCRIBE_KEY: optionalKeySetting(
    "The key for PARLEY_OPENAI_TRANSCRIBE_URL, if it wants one",
  ),
  PARLEY_OPENAI_TRANSCRIBE_MODEL: nameSetting("gpt-4o-mini-transcribe", "Which model transcribes"),
  PARLEY_OPENAI_TRANSCRIBE_ANSWER: choiceSetting(
    ["stream", "words", "text"],
    "stream for text as the model writes it (OpenAI's gpt models, speaches), words for the times of the words (whisper-1, Groq, whisper.cpp, speaches), text for neither",
  ),
  PARLEY_OPENAI_TRANSCRIBE_LANGUAGES: languagesSetting(
    "en,af,ar,az,be,bg,bs,ca,cs,cy,da,de,el,es,et,fa,fi,fr,gl,he,hi,hr,hu,hy,id,is,it,ja,kk,kn,ko,lt,lv,mi,mk,mr,ms,nb,ne,nl,pl,pt,ro,ru,sk,sl,sr,sv,sw,ta,th,tl,tr,uk,ur,vi,zh",
    "What the transcription model understands, separated by commas",
  ),
  PARLEY_OPENAI_TRANSCRIBE_INTERIM_MS: millisecondsSetting(
    0,
    { min: 0, max: 10_000 },
    "After how much more speech, in ms, an utterance that goes on is transcribed anew, so that its words show while it is spoken; 0 for never: each time is charged, by Groq with 10 seconds at least",
  ),
  PARLEY_OPENAI_TRANSCRIBE_SILENCE_MS: millisecondsSetting(
    300,
    { min: 200, max: 2000 },
    "How long a silence ends an utterance, which is then transcribed, in ms",
  ),
  PARLEY_OPENAI_TRANSCRIBE_LONGEST_MS: millisecondsSetting(
    10_000,
    { min: 4000, max: 12_000 },
    "Where speech without a pause is cut to be transcribed, in ms",
  ),
  PARLEY_OPENAI_TRANSCRIBE_BILLED_MS: millisecondsSetting(
    0,
    { min: 0, max: 60_000 },
    "The least that the provider charges for a request, in ms of audio, for the count of usage: 10000 for Groq",
  ),
};

/** `PARLEY_STT=openai_transcribe`: speech recognition by OpenAI or a server like it, an utterance at a time. */
export const openaiTranscribe: Provider<SpeechRecognizer, typeof settings> = {
  name: "openai_transcribe",
  settings,
  create(values) {
    const own = { url: values.PARLEY_OPENAI_TRANSCRIBE_URL, key: values.PARLEY_OPENAI_TRANSCRIBE_KEY };
    return transcribeRecognizer({
      ...openaiAccess(values, own),
      model: values.PARLEY_OPENAI_TRANSCRIBE_MODEL,
      answer: values.PARLEY_OPENAI_TRANSCRIBE_ANSWER,
      languages: values.PARLEY_OPENAI_TRANSCRIBE_LANGUAGES,
      interimMs: values.PARLEY_OPENAI_TRANSCRIBE_INTERIM_MS,
      silenceMs: values.PARLEY_OPENAI_TRANSCRIBE_SILENCE_MS,
      longestMs: values.PARLEY_OPENAI_TRANSCRIBE_LONGEST_MS,
      leastBilledMs: values.PARLEY_OPENAI_TRANSCRIBE_BILLED_MS,
    });
  },
};
