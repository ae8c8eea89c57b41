import type { SpeechRecognizer, SpeechSynthesizer, Translator } from "../pipeline/ports.ts";
import { fakeRecognizerProvider, fakeSynthesizerProvider, fakeTranslatorProvider } from "./fake/mod.ts";
import { apertium } from "./local/apertium/mod.ts";
import { espeak } from "./local/espeak/mod.ts";
import { pocketsphinx } from "./local/pocketsphinx/mod.ts";
import type { Provider } from "./provider.ts";

/** Every provider there is, by port. The first of each list is the default. */
export const providers: {
  readonly stt: readonly Provider<SpeechRecognizer>[];
  readonly mt: readonly Provider<Translator>[];
  readonly tts: readonly Provider<SpeechSynthesizer>[];
} = {
  stt: [pocketsphinx, fakeRecognizerProvider],
  mt: [apertium, fakeTranslatorProvider],
  tts: [espeak, fakeSynthesizerProvider],
};
