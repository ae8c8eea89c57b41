import type { SpeechSynthesizer, SynthesizerTraits } from "../../pipeline/ports.ts";
import { rawFormats } from "../net/choose_voice.ts";
import { synthesizerOverHttp } from "../net/synthesizer_over_http.ts";
import type { Outside } from "../net/translator_over_http.ts";
import type { Owned } from "../provider.ts";
import { type AzureSpeechAccess, speechRequest, voicesRequest } from "./speech_wire.ts";

/** Options of {@linkcode azureSynthesizer}. */
export interface AzureSynthesizerOptions extends AzureSpeechAccess, Outside {
  readonly voices: SynthesizerTraits["voices"];
}

/**
 * Speaks with Azure's neural voices: one request a text, audio as it is made. Opening asks for the list of voices, so that a bad key or region
 * shows early.
 */
export function azureSynthesizer(options: AzureSynthesizerOptions): Owned<SpeechSynthesizer> {
  return synthesizerOverHttp({
    name: "azure",
    provider: "Azure",
    traits: {
      voices: options.voices,
      formats: rawFormats([24_000, 16_000, 48_000, 22_050, 8_000]),
      speeds: { min: 0.5, max: 2 },
    },
    textLimit: 5000,
    prepare: (ask) => ask(voicesRequest(options)),
    ask: (text, { name, language, format }, speed) =>
      speechRequest(options, { text, language, voice: name, rate: format.rate, speed }),
  }, options);
}
