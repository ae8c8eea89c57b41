import type { SpeechSynthesizer, SynthesizerTraits } from "../../pipeline/ports.ts";
import { rawFormats } from "../net/choose_voice.ts";
import { readJson } from "../net/http.ts";
import { synthesizerOverHttp } from "../net/synthesizer_over_http.ts";
import type { Outside } from "../net/translator_over_http.ts";
import type { Owned } from "../provider.ts";
import { refusal } from "./error.ts";
import { readAudio, synthesizeRequest, voicesRequest } from "./speech_wire.ts";
import type { GoogleAccess } from "./translate_wire.ts";

/** Options of {@linkcode googleSynthesizer}. */
export interface GoogleSynthesizerOptions extends GoogleAccess, Outside {
  readonly voices: SynthesizerTraits["voices"];
}

/**
 * Speaks with Google's Cloud Text-to-Speech: one request a text, and all of its audio at once, as the route that streams speaks gRPC only. Opening
 * asks for the voices, so that a bad key shows early.
 */
export function googleSynthesizer(options: GoogleSynthesizerOptions): Owned<SpeechSynthesizer> {
  return synthesizerOverHttp({
    name: "google",
    provider: "Google",
    traits: {
      voices: options.voices,
      formats: rawFormats([24_000, 16_000, 48_000, 22_050, 8_000]),
      speeds: { min: 0.5, max: 2 },
    },
    // 5,000 bytes a request, at up to three bytes a unit.
    textLimit: 1600,
    refusal,
    prepare: (ask) => ask(voicesRequest(options, "en-US")),
    ask: (text, { name, language, format }, speed) =>
      synthesizeRequest(options, { text, language, voice: name, rate: format.rate, speed }),
    async *audio(body) {
      yield readAudio(await readJson(body, "Google"));
    },
  }, options);
}
