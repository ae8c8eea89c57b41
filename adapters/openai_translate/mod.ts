import { type Clock, systemClock } from "../../flow/clock.ts";
import type { LanguageTag } from "../../pipeline/language.ts";
import type { SpeechRecognizer } from "../../pipeline/ports.ts";
import { endToEndRecognizer } from "../net/end_to_end_recognizer.ts";
import { languagePairs } from "../net/language_pairs.ts";
import { openaiAccess, openaiSettings } from "../net/openai_access.ts";
import { SessionPerTarget } from "../net/session_per_target.ts";
import { choiceSetting, languagesSetting, nameSetting } from "../net/settings.ts";
import { type ConnectSocket, socketConnector } from "../net/socket.ts";
import { targetCodes } from "../net/target_codes.ts";
import type { Owned, Provider } from "../provider.ts";
import { type TranslateAccess, TranslateLink } from "./link.ts";
import { appendMessage, engineRate, frameMs, provider } from "./wire.ts";

/** Options of {@linkcode translateRecognizer}. */
export interface TranslateOptions extends TranslateAccess {
  /** Writes down what was said. */
  readonly transcriptionModel: string;
  /** What may be spoken, and what it is translated into. */
  readonly languages: readonly LanguageTag[];
  readonly targets: readonly LanguageTag[];
  readonly noiseReduction?: "near_field" | "far_field";
  readonly clock?: Clock;
  readonly connect?: ConnectSocket;
}

/** How many targets a session can have, each over a connection of its own. */
const atOnce = 8;
/** A word that may still go on has ended when nothing was joined to it for so long, in ms of media time. */
const stableAfterMs = 1000;
const rates = [engineRate, 16_000, 48_000, 8_000];
/** How much silence takes the place of a source that pauses: as much as it pauses, since the engine's clock is what it is sent. */
const pauseMs = 2 * frameMs;

/**
 * Hears and speaks with OpenAI's realtime translation: speech in, translated speech out while the speaker goes on, with the text of both. It is told no
 * source language, and takes no glossary.
 */
export function translateRecognizer(options: TranslateOptions): Owned<SpeechRecognizer> {
  const { languages, targets, transcriptionModel, noiseReduction, clock = systemClock } = options;
  const outside = { clock, connect: options.connect ?? socketConnector({ clock }) };
  const raw = (rate: number) => ({ codec: "pcm_s16le", rate }) as const;
  return endToEndRecognizer({
    name: "openai_translate",
    provider,
    traits: {
      languages,
      formats: rates.map(raw),
      stableAfterMs,
      speaks: { pairs: languagePairs(languages, targets), atOnce, formats: [raw(engineRate)] },
    },
    rate: engineRate,
    chunkMs: frameMs,
    // Events come as fast as audio is sent, and are understood by how far the source is.
    pacing: { speed: 2, burstMs: 2 * frameMs },
    idle: { afterMs: pauseMs, silenceMs: pauseMs },
    flush: { silenceMs: frameMs, quietMs: 1000, longestMs: 5000 },
    open: (wish, signal) =>
      SessionPerTarget.open({
        targets: targetCodes(wish, targets, provider),
        message: appendMessage,
        open: (language, transcribes, signal) =>
          TranslateLink.open(
            options,
            {
              language,
              ...(transcribes ? { transcriptionModel } : {}),
              ...(noiseReduction === undefined ? {} : { noiseReduction }),
            },
            outside,
            signal,
          ),
      }, signal),
  }, clock);
}

const settings = {
  ...openaiSettings,
  PARLEY_OPENAI_TRANSLATE_MODEL: nameSetting(
    "gpt-realtime-translate",
    "Which model translates from speech to speech",
  ),
  PARLEY_OPENAI_TRANSLATE_TRANSCRIPTION_MODEL: nameSetting(
    "gpt-realtime-whisper",
    "Which model writes down what was said while another translates it",
  ),
  PARLEY_OPENAI_TRANSLATE_SOURCES: languagesSetting(
    "en,af,ar,az,be,bg,bn,bs,ca,cs,cy,da,de,el,es,et,eu,fa,fi,fil,fr,gl,gu,he,hi,hr,ht,hu,hy,id,it,ja,jv,ka,kk,ko,ku,lt,lv,mi,mk,ml,mn,ms,my,nb,ne,nl,nn,pa,pl,pt,ro,ru,sk,sl,sn,sq,sr,sv,sw,te,th,tr,uk,uz,vi,yo,zh",
    "What may be spoken to the model that translates from speech to speech, separated by commas",
  ),
  PARLEY_OPENAI_TRANSLATE_TARGETS: languagesSetting(
    "en,es,pt,fr,ja,ru,zh,de,ko,hi,id,vi,it",
    "What the model speaks that translates from speech to speech, separated by commas",
  ),
  PARLEY_OPENAI_TRANSLATE_NOISE_REDUCTION: choiceSetting(
    ["none", "near_field", "far_field"],
    "Whether the model's input is cleaned of noise, and how far away the speaker is",
  ),
};

/** `PARLEY_STT=openai_translate`: hears, translates and speaks by one model. */
export const openaiTranslate: Provider<SpeechRecognizer, typeof settings> = {
  name: "openai_translate",
  settings,
  create(values) {
    const noise = values.PARLEY_OPENAI_TRANSLATE_NOISE_REDUCTION;
    return translateRecognizer({
      ...openaiAccess(values, { url: "", key: "" }),
      model: values.PARLEY_OPENAI_TRANSLATE_MODEL,
      transcriptionModel: values.PARLEY_OPENAI_TRANSLATE_TRANSCRIPTION_MODEL,
      languages: values.PARLEY_OPENAI_TRANSLATE_SOURCES,
      targets: values.PARLEY_OPENAI_TRANSLATE_TARGETS,
      ...(noise === "none" ? {} : { noiseReduction: noise }),
    });
  },
};
