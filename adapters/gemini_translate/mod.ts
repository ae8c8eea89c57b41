import { type Clock, systemClock } from "../../flow/clock.ts";
import type { LanguageTag } from "../../pipeline/language.ts";
import type { SpeechRecognizer } from "../../pipeline/ports.ts";
import { AgreedLink } from "../net/agreed_link.ts";
import { endToEndRecognizer } from "../net/end_to_end_recognizer.ts";
import { languagePairs } from "../net/language_pairs.ts";
import { SessionPerTarget } from "../net/session_per_target.ts";
import { addressSetting, keySetting, languagesSetting, nameSetting } from "../net/settings.ts";
import { type ConnectSocket, socketConnector } from "../net/socket.ts";
import { targetCodes } from "../net/target_codes.ts";
import type { Owned, Provider } from "../provider.ts";
import { RollingLink } from "./rolling_link.ts";
import {
  audioMessage,
  chunkMs,
  type GeminiAccess,
  type GeminiEvent,
  type GeminiWish,
  inputRate,
  kindOfClosing,
  outputRate,
  provider,
  readMessage,
  sessionAddress,
  sessionHeaders,
  setupMessage,
} from "./wire.ts";

/** Options of {@linkcode geminiTranslateRecognizer}. */
export interface GeminiTranslateOptions extends GeminiAccess {
  /** What may be spoken, and what it is translated into. */
  readonly languages: readonly LanguageTag[];
  readonly targets: readonly LanguageTag[];
  /** A connection that is so old is replaced by another one, in ms; 8 minutes by default, as the provider ends it after about 10. */
  readonly renewAfterMs?: number;
  readonly clock?: Clock;
  readonly connect?: ConnectSocket;
}

/** How many targets a session can have, each over a connection of its own. */
const atOnce = 8;
/** A word that may still go on has ended when nothing was joined to it for so long, in ms of media time. */
const stableAfterMs = 1000;
const rates = [inputRate, 24_000, 48_000, 8_000];
const usualRenewAfterMs = 8 * 60_000;
/** What was said is translated some seconds later: when nothing has come for so long, everything has, in ms. */
const quietMs = 3000;

/**
 * Hears and speaks with Gemini Live Translate: speech in, translated speech out while the speaker goes on, with the text of both. It detects the source's language,
 * and takes no glossary.
 */
export function geminiTranslateRecognizer(options: GeminiTranslateOptions): Owned<SpeechRecognizer> {
  const { languages, targets, clock = systemClock, renewAfterMs = usualRenewAfterMs } = options;
  const outside = { clock, connect: options.connect ?? socketConnector({ clock }) };
  const raw = (rate: number) => ({ codec: "pcm_s16le", rate }) as const;
  const connect = (wish: GeminiWish, signal: AbortSignal) =>
    AgreedLink.open(
      {
        provider,
        url: sessionAddress(options),
        headers: sessionHeaders(options),
        closing: kindOfClosing,
        wish: setupMessage(options, wish),
        read: readMessage,
        says: ({ type }: GeminiEvent) => type === "ready" ? "agreed" : undefined,
      },
      outside,
      signal,
    );
  return endToEndRecognizer({
    name: "gemini_translate",
    provider,
    traits: {
      languages,
      formats: rates.map(raw),
      stableAfterMs,
      speaks: { pairs: languagePairs(languages, targets), atOnce, formats: [raw(outputRate)] },
    },
    rate: inputRate,
    chunkMs,
    // Real time, a little faster after a delay: what comes is understood by how far the source is.
    pacing: { speed: 1.25, burstMs: 5 * chunkMs },
    // It is told that the source pauses, and needs no silence.
    idle: { afterMs: 1000, silenceMs: 0 },
    flush: { silenceMs: 0, quietMs, longestMs: 10_000 },
    end: { silenceMs: 0, quietMs, longestMs: 30_000 },
    open: (wish, signal) =>
      SessionPerTarget.open({
        targets: targetCodes(wish, targets, provider),
        message: audioMessage,
        open: (language, transcribes, signal) =>
          RollingLink.open({
            open: (signal) => connect({ language, transcribes }, signal),
            renewAfterMs,
            clock,
          }, signal),
      }, signal),
  }, clock);
}

/** The languages that Google lists (https://ai.google.dev/gemini-api/docs/live-api/live-translate#supported-languages). */
const listed =
  "en,af,ak,am,ar,az,be,bg,bn,ca,cs,da,de,el,es,et,eu,fa,fi,fil,fr,gl,gu,ha,he,hi,hr,hu,hy,id,is,it,ja,jv,ka,kk,km,kn,ko,lo,lt,lv,mk,ml,mn,mr,ms,my,nb,ne,nl,pa,pl,pt-BR,pt-PT,ro,ru,rw,sd,si,sk,sl,sq,sr,su,sv,sw,ta,te,th,tr,uk,ur,uz,vi,zh-Hans,zh-Hant,zu";

const settings = {
  GEMINI_API_KEY: keySetting("the Gemini API"),
  PARLEY_GEMINI_TRANSLATE_URL: addressSetting(
    "https://generativelanguage.googleapis.com",
    "Where the routes of the Gemini API begin",
  ),
  PARLEY_GEMINI_TRANSLATE_MODEL: nameSetting(
    "gemini-3.5-live-translate-preview",
    "Which of Gemini's models translates from speech to speech",
  ),
  PARLEY_GEMINI_TRANSLATE_SOURCES: languagesSetting(
    listed,
    "What may be spoken to Gemini's model that translates from speech to speech, separated by commas",
  ),
  PARLEY_GEMINI_TRANSLATE_TARGETS: languagesSetting(
    listed,
    "What Gemini's model speaks that translates from speech to speech, separated by commas",
  ),
};

/** `PARLEY_STT=gemini_translate`: hears, translates and speaks by one model. */
export const geminiTranslate: Provider<SpeechRecognizer, typeof settings> = {
  name: "gemini_translate",
  settings,
  create: (values) =>
    geminiTranslateRecognizer({
      address: values.PARLEY_GEMINI_TRANSLATE_URL,
      key: values.GEMINI_API_KEY,
      model: values.PARLEY_GEMINI_TRANSLATE_MODEL,
      languages: values.PARLEY_GEMINI_TRANSLATE_SOURCES,
      targets: values.PARLEY_GEMINI_TRANSLATE_TARGETS,
    }),
};
