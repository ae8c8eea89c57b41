import type { SpeechSynthesizer, SynthesizerTraits } from "../../pipeline/ports.ts";
import * as v from "valibot";
import { rawFormats } from "../net/choose_voice.ts";
import { addressSetting, localeVoicesSetting } from "../net/settings.ts";
import { synthesizerOverHttp } from "../net/synthesizer_over_http.ts";
import type { Outside } from "../net/translator_over_http.ts";
import type { Owned, Provider } from "../provider.ts";
import { wavBody } from "./wav_body.ts";
import { type PiperAccess, synthesizeRequest, voicesRequest } from "./wire.ts";

/** Options of {@linkcode piperSynthesizer}. */
export interface PiperOptions extends PiperAccess, Outside {
  /** Voices that the server has, by Piper's names: `es_ES-davefx-medium`. */
  readonly voices: SynthesizerTraits["voices"];
  /** Samples a second of all of them: 22,050 for those called medium and high, 16,000 for low. */
  readonly rate: number;
}

const provider = "Piper";

/**
 * Speaks with a Piper server (piper1-gpl): one request a text, and all of its audio at once, as a WAV file. Opening asks for the server's voices,
 * so that a server that is not there shows early.
 */
export function piperSynthesizer(options: PiperOptions): Owned<SpeechSynthesizer> {
  const { voices, rate } = options;
  return synthesizerOverHttp({
    name: "piper",
    provider,
    traits: { voices, formats: rawFormats([rate]), speeds: { min: 0.6, max: 1.6 } },
    textLimit: 5000,
    prepare: (ask) => ask(voicesRequest(options)),
    ask: (text, { name }, speed) => synthesizeRequest(options, { text, voice: name, speed }),
    audio: (body) => wavBody(body, rate, provider),
  }, options);
}

const settings = {
  PARLEY_PIPER_URL: addressSetting("http://127.0.0.1:5000", "Where the Piper server is"),
  PARLEY_PIPER_VOICES: localeVoicesSetting(
    "en_US-lessac-medium,es_ES-davefx-medium",
    "The voices of the Piper server, separated by commas; the first of a language is its default",
  ),
  PARLEY_PIPER_RATE: v.pipe(
    v.optional(v.picklist(["22050", "16000"], "expected 22050 or 16000"), "22050"),
    v.transform(Number),
    v.description("How many samples a second Piper's voices have: 22050, or 16000 for those called low"),
  ),
};

/** `PARLEY_TTS=piper`: speech by a Piper server. */
export const piper: Provider<SpeechSynthesizer, typeof settings> = {
  name: "piper",
  settings,
  create: (values) =>
    piperSynthesizer({
      address: values.PARLEY_PIPER_URL,
      voices: values.PARLEY_PIPER_VOICES,
      rate: values.PARLEY_PIPER_RATE,
    }),
};
