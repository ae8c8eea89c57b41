import type { LanguageTag } from "../../pipeline/language.ts";
import type { SpeechSynthesizer } from "../../pipeline/ports.ts";
import { everyLanguage, rawFormats } from "../net/choose_voice.ts";
import {
  addressSetting,
  concurrencySetting,
  keySetting,
  languagesSetting,
  nameSetting,
  namesSetting,
} from "../net/settings.ts";
import { type SocketOutside, synthesizerOverSocket } from "../net/synthesizer_over_socket.ts";
import type { Owned, Provider } from "../provider.ts";
import {
  cancelMessage,
  type CartesiaAccess,
  codeOf,
  connection,
  phraseMessage,
  readMessage,
} from "./wire.ts";

/** Options of {@linkcode cartesiaSynthesizer}. */
export interface CartesiaOptions extends CartesiaAccess, SocketOutside {
  readonly model: string;
  /** The voices' identifiers; each is taken to speak each of the languages, as all do with Sonic 3 and later. */
  readonly voices: readonly string[];
  readonly languages: readonly LanguageTag[];
  /** How many texts may be at work at a time: what the key's plan allows. */
  readonly concurrency: number;
}

/**
 * A connection carries dozens of contexts and is closed after five minutes without any (https://docs.cartesia.ai/use-the-api/concurrency-limits-and-timeouts);
 * no limit of its age is published: an hour is ours.
 */
const limits = { places: 16, idleMs: 300_000, sessionMs: 3_600_000 };
/** A context expires a second after its last audio (https://docs.cartesia.ai/use-the-api/tts-websocket/contexts). */
const pauseMs = 900;

/**
 * Speaks with Cartesia: over connections that all voices share, on which every text has a context of its own. Contexts that are at work count
 * towards the plan's concurrency.
 */
export function cartesiaSynthesizer(options: CartesiaOptions): Owned<SpeechSynthesizer> {
  const { model, voices, languages } = options;
  return synthesizerOverSocket({
    name: "cartesia",
    provider: "Cartesia",
    traits: {
      voices: everyLanguage(voices, languages),
      formats: rawFormats([24_000, 16_000, 22_050, 44_100, 48_000, 8_000]),
      speeds: { min: 0.6, max: 1.5 },
    },
    textLimit: 5000,
    limits,
    concurrency: options.concurrency,
    pauseMs,
    connection: () => connection(options),
    read: readMessage,
    text(context, { name, language, format }, speed) {
      const speaker = { model, voice: name, language: codeOf(language), rate: format.rate, speed };
      return {
        phrase: (text) => [phraseMessage(context, speaker, text, true)],
        end: () => [phraseMessage(context, speaker, "", false)],
        cancel: () => [cancelMessage(context)],
      };
    },
  }, options);
}

const settings = {
  CARTESIA_API_KEY: keySetting("Cartesia"),
  PARLEY_CARTESIA_URL: addressSetting("https://api.cartesia.ai", "Where Cartesia's routes begin"),
  PARLEY_CARTESIA_MODEL: nameSetting("sonic-3.5", "Which model of Cartesia speaks"),
  PARLEY_CARTESIA_VOICES: namesSetting(
    "9626c31c-bec5-4cca-baa8-f8ba9e84c8bc",
    "The identifiers of Cartesia's voices, separated by commas; the first is the default",
  ),
  PARLEY_CARTESIA_LANGUAGES: languagesSetting(
    "en,ar,bg,bn,cs,da,de,el,es,fi,fil,fr,gu,he,hi,hr,hu,id,it,ja,ka,kn,ko,ml,mr,ms,nb,nl,or,pa,pl,pt,ro,ru,sk,sv,ta,te,th,tr,uk,ur,vi,zh",
    "What the model of Cartesia speaks, separated by commas",
  ),
  PARLEY_CARTESIA_CONCURRENCY: concurrencySetting(
    2,
    "How many texts Cartesia's plan lets a key have spoken at a time: 2 with the smallest, 15 with Scale",
  ),
};

/** `PARLEY_TTS=cartesia`: speech by Cartesia. */
export const cartesia: Provider<SpeechSynthesizer, typeof settings> = {
  name: "cartesia",
  settings,
  create: (values) =>
    cartesiaSynthesizer({
      key: values.CARTESIA_API_KEY,
      address: values.PARLEY_CARTESIA_URL,
      model: values.PARLEY_CARTESIA_MODEL,
      voices: values.PARLEY_CARTESIA_VOICES,
      languages: values.PARLEY_CARTESIA_LANGUAGES,
      concurrency: values.PARLEY_CARTESIA_CONCURRENCY,
    }),
};
