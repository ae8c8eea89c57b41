import { type Clock, systemClock } from "../../flow/clock.ts";
import { PipelineError } from "../../pipeline/error.ts";
import type { LanguageTag } from "../../pipeline/language.ts";
import type { SpeechRecognizer } from "../../pipeline/ports.ts";
import { endToEndRecognizer } from "../net/end_to_end_recognizer.ts";
import type { EndToEndWish } from "../net/end_to_end_wire.ts";
import type { Fetch } from "../net/http.ts";
import { addressSetting, choiceSetting, keySetting } from "../net/settings.ts";
import { type ConnectSocket, socketConnector } from "../net/socket.ts";
import type { Owned, Provider } from "../provider.ts";
import { pairs, sourceCode, sources, spokenPairs, targetCode } from "./languages.ts";
import { VoiceSession } from "./session.ts";
import { VoiceStream } from "./stream.ts";
import { provider, type VoiceAccess } from "./wire.ts";

/** Options of {@linkcode voiceRecognizer}. */
export interface VoiceOptions extends VoiceAccess {
  /** Whether the account may have speech, too: a closed beta. */
  readonly speech: boolean;
  /** A connection that is so old is replaced by another one, in ms; 55 minutes by default, as the provider ends it after 60. */
  readonly renewAfterMs?: number;
  readonly clock?: Clock;
  readonly connect?: ConnectSocket;
  readonly fetch?: Fetch;
}

const rates = [16_000, 48_000, 44_100, 8_000];
const speechRates = [24_000, 16_000];
/** A word that was concluded stays; one that was not may still change for as long as it is said. */
const stableAfterMs = 1500;
const targetsAtOnce = 5;
const speechAtOnce = 1;
const usualRenewAfterMs = 55 * 60_000;
/** The length of a message of audio, in ms: 50 to 250 are best, a second is the most. */
const chunkMs = 100;
/** What may still change is waited for so long after the last of it came, in ms of media time; then it counts as it is. */
const tentativePauseMs = 5000;

/**
 * Hears with DeepL Voice, which translates what it hears: several languages at once, text with its place in the source. Speech, of one of them, only where
 * the account has it. Glossaries have to be stored there first: that of a session is ignored.
 */
export function voiceRecognizer(options: VoiceOptions): Owned<SpeechRecognizer> {
  const { speech, clock = systemClock, renewAfterMs = usualRenewAfterMs } = options;
  const outside = {
    clock,
    connect: options.connect ?? socketConnector({ clock }),
    fetch: options.fetch ?? ((url: string, init: RequestInit) => fetch(url, init)),
  };
  const raw = (rate: number) => ({ codec: "pcm_s16le", rate }) as const;
  return endToEndRecognizer({
    name: "deepl_voice",
    provider,
    traits: {
      languages: sources,
      formats: rates.map(raw),
      stableAfterMs,
      translates: { pairs, atOnce: targetsAtOnce },
      ...(speech
        ? { speaks: { pairs: spokenPairs, atOnce: speechAtOnce, formats: speechRates.map(raw) } }
        : {}),
    },
    chunkMs,
    // No faster than twice as fast as it is spoken; a little less, as clocks differ.
    pacing: { speed: 1.9, burstMs: chunkMs },
    // The provider ends a session over which nothing comes for 30 s.
    idle: { afterMs: 10_000, silenceMs: chunkMs },
    flush: { silenceMs: 1000, quietMs: 1000, longestMs: 6000 },
    tentativePauseMs,
    async open(wish, signal) {
      const codes = new Map(wish.targets.map(({ target }) => [target, codeOf(target)]));
      return new VoiceSession({
        stream: await VoiceStream.open(options, voiceWish(wish, codes), outside, signal),
        targets: new Map([...codes].map(([target, code]) => [code.toLowerCase(), target])),
        renewAfterMs,
      });
    },
  }, clock);
}

function voiceWish({ source, rate, targets }: EndToEndWish, codes: ReadonlyMap<LanguageTag, string>) {
  const spoken = targets.find(({ speech }) => speech);
  return {
    rate,
    source: sourceCode(source) ?? source,
    targets: [...codes.values()],
    ...(spoken?.speech ? { speech: { target: codes.get(spoken.target)!, rate: spoken.speech.rate } } : {}),
  };
}

function codeOf(target: LanguageTag): string {
  const code = targetCode(target);
  if (code !== undefined) return code;
  throw new PipelineError(
    "unsupported_language",
    `Cannot translate into ${target}: it is not known to ${provider}`,
  );
}

const settings = {
  DEEPL_API_KEY: keySetting("DeepL"),
  PARLEY_DEEPL_URL: addressSetting(
    "",
    "Where DeepL's routes begin; its own address for the key's plan by default",
  ),
  PARLEY_DEEPL_VOICE_SPEECH: choiceSetting(
    ["off", "on"],
    "Whether DeepL Voice speaks its translations, too: on where the account has it",
  ),
};

/** `PARLEY_STT=deepl_voice`: hears and translates with DeepL Voice. */
export const deeplVoice: Provider<SpeechRecognizer, typeof settings> = {
  name: "deepl_voice",
  settings,
  create: (values) =>
    voiceRecognizer({
      key: values.DEEPL_API_KEY,
      address: values.PARLEY_DEEPL_URL,
      speech: values.PARLEY_DEEPL_VOICE_SPEECH === "on",
    }),
};
