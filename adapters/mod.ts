import type { SpeechRecognizer, SpeechSynthesizer, Translator } from "../pipeline/ports.ts";
import { fakeRecognizerProvider, fakeSynthesizerProvider, fakeTranslatorProvider } from "./fake/mod.ts";
import {
  simulatedRecognizerProvider,
  simulatedSynthesizerProvider,
  simulatedTranslatorProvider,
} from "./fake/simulated_providers.ts";
import { apy } from "./apy/mod.ts";
import { azureSpeech, azureTranslate } from "./azure/mod.ts";
import { cartesia } from "./cartesia/mod.ts";
import { deepgramAura } from "./deepgram_aura/mod.ts";
import { deepl } from "./deepl/mod.ts";
import { elevenlabs } from "./elevenlabs/mod.ts";
import { googleSpeech, googleTranslate } from "./google/mod.ts";
import { libretranslate } from "./libretranslate/mod.ts";
import { apertium } from "./local/apertium/mod.ts";
import { espeak } from "./local/espeak/mod.ts";
import { pocketsphinx } from "./local/pocketsphinx/mod.ts";
import { openaiChat } from "./openai_chat/mod.ts";
import { openaiSpeech } from "./openai_speech/mod.ts";
import { piper } from "./piper/mod.ts";
import type { Provider } from "./provider.ts";

/** Every provider there is, by port. The first of each list is the default. */
export const providers: {
  readonly stt: readonly Provider<SpeechRecognizer>[];
  readonly mt: readonly Provider<Translator>[];
  readonly tts: readonly Provider<SpeechSynthesizer>[];
} = {
  stt: [pocketsphinx, fakeRecognizerProvider, simulatedRecognizerProvider],
  mt: [
    apertium,
    deepl,
    openaiChat,
    googleTranslate,
    azureTranslate,
    libretranslate,
    apy,
    fakeTranslatorProvider,
    simulatedTranslatorProvider,
  ],
  tts: [
    espeak,
    elevenlabs,
    cartesia,
    openaiSpeech,
    deepgramAura,
    googleSpeech,
    azureSpeech,
    piper,
    fakeSynthesizerProvider,
    simulatedSynthesizerProvider,
  ],
};
