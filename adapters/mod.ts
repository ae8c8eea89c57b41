import type { SpeechRecognizer, SpeechSynthesizer, Translator } from "../pipeline/ports.ts";
import { fakeRecognizerProvider, fakeSynthesizerProvider, fakeTranslatorProvider } from "./fake/mod.ts";
import {
  simulatedRecognizerProvider,
  simulatedSynthesizerProvider,
  simulatedTranslatorProvider,
} from "./fake/simulated_providers.ts";
import { apy } from "./apy/mod.ts";
import { assemblyai } from "./assemblyai/mod.ts";
import { azureSpeech, azureTranslate } from "./azure/mod.ts";
import { cartesia } from "./cartesia/mod.ts";
import { deepgram } from "./deepgram/mod.ts";
import { deepgramAura } from "./deepgram_aura/mod.ts";
import { deepgramFlux } from "./deepgram_flux/mod.ts";
import { deepl } from "./deepl/mod.ts";
import { deeplVoice } from "./deepl_voice/mod.ts";
import { elevenlabs } from "./elevenlabs/mod.ts";
import { elevenlabsScribe } from "./elevenlabs_scribe/mod.ts";
import { geminiTranslate } from "./gemini_translate/mod.ts";
import { googleSpeech, googleTranslate } from "./google/mod.ts";
import { libretranslate } from "./libretranslate/mod.ts";
import { apertium } from "./local/apertium/mod.ts";
import { espeak } from "./local/espeak/mod.ts";
import { pocketsphinx } from "./local/pocketsphinx/mod.ts";
import { openaiChat } from "./openai_chat/mod.ts";
import { openaiRealtime } from "./openai_realtime/mod.ts";
import { openaiSpeech } from "./openai_speech/mod.ts";
import { openaiTranscribe } from "./openai_transcribe/mod.ts";
import { openaiTranslate } from "./openai_translate/mod.ts";
import { piper } from "./piper/mod.ts";
import type { Provider } from "./provider.ts";
import { soniox, sonioxSpeech } from "./soniox/mod.ts";
import { speechmatics } from "./speechmatics/mod.ts";
import { vosk } from "./vosk/mod.ts";

/** Every provider there is, by port. The first of each list is the default. */
export const providers: {
  readonly stt: readonly Provider<SpeechRecognizer>[];
  readonly mt: readonly Provider<Translator>[];
  readonly tts: readonly Provider<SpeechSynthesizer>[];
} = {
  stt: [
    pocketsphinx,
    deepgram,
    deepgramFlux,
    soniox,
    assemblyai,
    speechmatics,
    elevenlabsScribe,
    openaiRealtime,
    openaiTranscribe,
    vosk,
    openaiTranslate,
    deeplVoice,
    geminiTranslate,
    fakeRecognizerProvider,
    simulatedRecognizerProvider,
  ],
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
    sonioxSpeech,
    openaiSpeech,
    deepgramAura,
    googleSpeech,
    azureSpeech,
    piper,
    fakeSynthesizerProvider,
    simulatedSynthesizerProvider,
  ],
};
