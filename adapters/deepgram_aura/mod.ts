import type { SpeechSynthesizer, SynthesizerTraits } from "../../pipeline/ports.ts";
import { rawFormats } from "../net/choose_voice.ts";
import { addressSetting, keySetting, suffixedVoicesSetting } from "../net/settings.ts";
import { synthesizerOverHttp } from "../net/synthesizer_over_http.ts";
import type { Outside } from "../net/translator_over_http.ts";
import type { Owned, Provider } from "../provider.ts";
import { type DeepgramAccess, refusal, speakRequest } from "./wire.ts";

/** Options of {@linkcode auraSynthesizer}. */
export interface AuraOptions extends DeepgramAccess, Outside {
  readonly voices: SynthesizerTraits["voices"];
}

/** What Deepgram changes the speed of. */
const paced: ReadonlySet<string> = new Set(["en", "es"]);

/**
 * Speaks with Deepgram's Aura: one request a text, audio as it is made. English and Spanish follow the speed that is asked for, the other
 * languages keep their own. Its socket is not used: it speaks one text at a time, may be flushed 20 times a minute only, and has no contexts.
 */
export function auraSynthesizer(options: AuraOptions): Owned<SpeechSynthesizer> {
  return synthesizerOverHttp({
    name: "deepgram_aura",
    provider: "Deepgram Aura",
    traits: {
      voices: options.voices,
      formats: rawFormats([24_000, 16_000, 48_000, 32_000, 8_000]),
      speeds: { min: 0.9, max: 1.5 },
    },
    textLimit: 2000,
    refusal,
    ask: (text, { name, language, format }, speed) =>
      speakRequest(options, { text, model: name, rate: format.rate, speed: paced.has(language) ? speed : 1 }),
  }, options);
}

const settings = {
  DEEPGRAM_API_KEY: keySetting("Deepgram"),
  PARLEY_DEEPGRAM_SPEAK_URL: addressSetting(
    "https://api.deepgram.com",
    "Where the routes of Deepgram's voices begin",
  ),
  PARLEY_DEEPGRAM_VOICES: suffixedVoicesSetting(
    "aura-2-thalia-en,aura-2-andromeda-en,aura-2-apollo-en,aura-2-celeste-es,aura-2-nestor-es,aura-2-aurelia-de,aura-2-agathe-fr,aura-2-beatrix-nl,aura-2-cesare-it,aura-2-ebisu-ja",
    "The names of Deepgram's voices, separated by commas; the first of a language is its default",
  ),
};

/** `PARLEY_TTS=deepgram_aura`: speech by Deepgram. */
export const deepgramAura: Provider<SpeechSynthesizer, typeof settings> = {
  name: "deepgram_aura",
  settings,
  create: (values) =>
    auraSynthesizer({
      key: values.DEEPGRAM_API_KEY,
      address: values.PARLEY_DEEPGRAM_SPEAK_URL,
      voices: values.PARLEY_DEEPGRAM_VOICES,
    }),
};
