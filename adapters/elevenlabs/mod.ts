import type { LanguageTag } from "../../pipeline/language.ts";
import type { SpeechSynthesizer, SynthesizerTraits } from "../../pipeline/ports.ts";
import { type ChosenVoice, everyLanguage, rawFormats } from "../net/choose_voice.ts";
import {
  addressSetting,
  choiceSetting,
  concurrencySetting,
  keySetting,
  languagesSetting,
  nameSetting,
  namesSetting,
} from "../net/settings.ts";
import { synthesizerOverHttp } from "../net/synthesizer_over_http.ts";
import { type SocketOutside, synthesizerOverSocket } from "../net/synthesizer_over_socket.ts";
import type { Outside } from "../net/translator_over_http.ts";
import type { Owned, Provider } from "../provider.ts";
import {
  beginMessage,
  closeMessage,
  closing,
  codeOf,
  connection,
  type ElevenLabsAccess,
  flushMessage,
  phraseMessage,
  readMessage,
  refusal,
  type Speaker,
  streamRequest,
} from "./wire.ts";

/** Options of {@linkcode elevenLabsSynthesizer}. */
export interface ElevenLabsOptions extends ElevenLabsAccess, Outside, SocketOutside {
  readonly model: string;
  /** The voices' identifiers; each is taken to speak each of the languages, as all do with a multilingual model. */
  readonly voices: readonly string[];
  readonly languages: readonly LanguageTag[];
  /** `socket` speaks a text while it still comes in; `http` asks once for each text, and serves models without a socket. */
  readonly transport: "socket" | "http";
  /** How many texts may be at work at a time: what the key's plan allows. */
  readonly concurrency: number;
}

/**
 * A connection takes five contexts at a time and is closed after three minutes without text, the longest that can be asked for
 * (https://elevenlabs.io/docs/eleven-api/guides/how-to/websockets/multi-context-web-socket); no limit of its age is published: an hour is ours.
 */
const limits = { places: 5, idleMs: 180_000, sessionMs: 3_600_000 };

/** 44.1 kHz is for the larger plans only. */
const rates = [24_000, 22_050, 16_000];

/**
 * Speaks with ElevenLabs: over connections that the same voice of several sessions shares, on which every text has a context of its own, five at a time, or
 * by one request for each text.
 */
export function elevenLabsSynthesizer(options: ElevenLabsOptions): Owned<SpeechSynthesizer> {
  const { voices, languages, model, transport } = options;
  const traits: SynthesizerTraits = {
    voices: everyLanguage(voices, languages),
    formats: rawFormats(rates),
    speeds: { min: 0.7, max: 1.2 },
  };
  const speaker = ({ name, language, format }: ChosenVoice): Speaker => ({
    model,
    voice: name,
    language: codeOf(language),
    rate: format.rate,
  });
  const common = { name: "elevenlabs", provider: "ElevenLabs", traits, textLimit: 5000 };
  if (transport === "http") {
    return synthesizerOverHttp({
      ...common,
      atOnce: options.concurrency,
      refusal,
      ask: (text, voice, speed) => streamRequest(options, speaker(voice), text, speed),
    }, options);
  }
  return synthesizerOverSocket({
    ...common,
    limits,
    concurrency: options.concurrency,
    closing,
    connection: (voice) => connection(options, speaker(voice)),
    read: readMessage,
    text: (context, _voice, speed) => ({
      phrase: (text, first) => [
        ...(first ? [beginMessage(context, speed)] : []),
        phraseMessage(context, text),
      ],
      end: () => [flushMessage(context), closeMessage(context)],
      cancel: () => [closeMessage(context)],
    }),
  }, options);
}

const settings = {
  ELEVENLABS_API_KEY: keySetting("ElevenLabs"),
  PARLEY_ELEVENLABS_URL: addressSetting("https://api.elevenlabs.io", "Where ElevenLabs' routes begin"),
  PARLEY_ELEVENLABS_MODEL: nameSetting("eleven_flash_v2_5", "Which model of ElevenLabs speaks"),
  PARLEY_ELEVENLABS_VOICES: namesSetting(
    "JBFqnCBsd6RMkjVDRZzb",
    "The identifiers of ElevenLabs' voices, separated by commas; the first is the default",
  ),
  PARLEY_ELEVENLABS_LANGUAGES: languagesSetting(
    "en,ar,bg,cs,da,de,el,es,fi,fil,fr,hi,hr,hu,id,it,ja,ko,ms,nb,nl,pl,pt,ro,ru,sk,sv,ta,tr,uk,vi,zh",
    "What the model of ElevenLabs speaks, separated by commas",
  ),
  PARLEY_ELEVENLABS_CONCURRENCY: concurrencySetting(
    4,
    "How many texts ElevenLabs' plan lets a key have spoken at a time: 4 with the smallest and a Flash model, 30 with Scale",
  ),
  PARLEY_ELEVENLABS_TRANSPORT: choiceSetting(
    ["socket", "http"],
    "socket to speak a text while it comes in, http for models without a socket such as eleven_v3",
  ),
};

/** `PARLEY_TTS=elevenlabs`: speech by ElevenLabs. */
export const elevenlabs: Provider<SpeechSynthesizer, typeof settings> = {
  name: "elevenlabs",
  settings,
  create: (values) =>
    elevenLabsSynthesizer({
      key: values.ELEVENLABS_API_KEY,
      address: values.PARLEY_ELEVENLABS_URL,
      model: values.PARLEY_ELEVENLABS_MODEL,
      voices: values.PARLEY_ELEVENLABS_VOICES,
      languages: values.PARLEY_ELEVENLABS_LANGUAGES,
      transport: values.PARLEY_ELEVENLABS_TRANSPORT,
      concurrency: values.PARLEY_ELEVENLABS_CONCURRENCY,
    }),
};
