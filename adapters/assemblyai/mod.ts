import type { SpeechRecognizer } from "../../pipeline/ports.ts";
import { millisecondsSetting } from "../net/milliseconds_setting.ts";
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
import { type AssemblyAiOptions, assemblyAiWire } from "./recognizer.ts";

/**
 * Recognises with AssemblyAI's streaming. Its words are final as they come; with `formatted`, they are final when their turn has ended and was
 * given again with punctuation.
 */
export function assemblyAiRecognizer(
  options: AssemblyAiOptions,
  outside?: RecognizerOutside,
): Owned<SpeechRecognizer> {
  return recognizerOverSocket(assemblyAiWire(options), outside);
}

const settings = {
  ASSEMBLYAI_API_KEY: keySetting("AssemblyAI"),
  PARLEY_ASSEMBLYAI_URL: addressSetting(
    "https://streaming.assemblyai.com",
    "Where AssemblyAI's streaming is; https://streaming.eu.assemblyai.com for Europe",
  ),
  PARLEY_ASSEMBLYAI_MODEL: nameSetting(
    "universal-streaming-multilingual",
    "Which model of AssemblyAI listens",
  ),
  PARLEY_ASSEMBLYAI_LANGUAGES: languagesSetting(
    "en,es,fr,de,it,pt",
    "What the model of AssemblyAI understands, separated by commas",
  ),
  PARLEY_ASSEMBLYAI_FORMAT: choiceSetting(
    ["words", "turns"],
    "words to have AssemblyAI's words as they come, without punctuation; turns to wait for each turn's end, with it",
  ),
  PARLEY_ASSEMBLYAI_SILENCE_MS: millisecondsSetting(
    400,
    { min: 100, max: 5000 },
    "How much silence ends a turn whose end is likely, in ms",
  ),
  PARLEY_ASSEMBLYAI_LONGEST_SILENCE_MS: millisecondsSetting(
    1280,
    { min: 100, max: 10_000 },
    "How much silence ends any turn, in ms",
  ),
  PARLEY_ASSEMBLYAI_CONCURRENCY: concurrencySetting(
    100,
    "How many sessions AssemblyAI's plan allows at a time",
  ),
};

/** `PARLEY_STT=assemblyai`: recognition by AssemblyAI. */
export const assemblyai: Provider<SpeechRecognizer, typeof settings> = {
  name: "assemblyai",
  settings,
  create: (values) =>
    assemblyAiRecognizer({
      key: values.ASSEMBLYAI_API_KEY,
      address: values.PARLEY_ASSEMBLYAI_URL,
      model: values.PARLEY_ASSEMBLYAI_MODEL,
      languages: values.PARLEY_ASSEMBLYAI_LANGUAGES,
      formatted: values.PARLEY_ASSEMBLYAI_FORMAT === "turns",
      silenceMs: values.PARLEY_ASSEMBLYAI_SILENCE_MS,
      longestSilenceMs: values.PARLEY_ASSEMBLYAI_LONGEST_SILENCE_MS,
      concurrency: values.PARLEY_ASSEMBLYAI_CONCURRENCY,
    }),
};
