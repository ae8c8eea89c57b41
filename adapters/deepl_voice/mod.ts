import { type Clock, systemClock } from "../../flow/clock.ts";
import { PipelineError } from "../../pipeline/error.ts";
import type { LanguageTag } from "../../pipeline/language.ts";
import type { OwnTarget, RecognizerTraits, SpeechRecognizer } from "../../pipeline/ports.ts";
import { Lifetime } from "../lifetime.ts";
import { ConnectionAudio } from "../net/connection_audio.ts";
import type { Fetch } from "../net/http.ts";
import { addressSetting, choiceSetting, keySetting } from "../net/settings.ts";
import { type ConnectSocket, socketConnector } from "../net/socket.ts";
import type { Owned, Provider } from "../provider.ts";
import { chunkMs, VoiceHearing } from "./hearing.ts";
import { pairs, sourceCode, sources, spokenPairs, targetCode } from "./languages.ts";
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
const renewAfterMs = 55 * 60_000;

/**
 * Hears with DeepL Voice, which translates what it hears: several languages at once, text with its place in the source. Speech, of one of them, only where
 * the account has it. Glossaries have to be stored there first: that of a session is ignored.
 */
export function voiceRecognizer(options: VoiceOptions): Owned<SpeechRecognizer> {
  const { speech, clock = systemClock } = options;
  const outside = {
    clock,
    connect: options.connect ?? socketConnector({ clock }),
    fetch: options.fetch ?? ((url: string, init: RequestInit) => fetch(url, init)),
  };
  const lifetime = new Lifetime(`recognizer ${provider}`);
  const raw = (rate: number) => ({ codec: "pcm_s16le", rate }) as const;
  const traits: RecognizerTraits = {
    languages: sources,
    formats: rates.map(raw),
    stableAfterMs,
    translates: { pairs, atOnce: targetsAtOnce },
    ...(speech
      ? { speaks: { pairs: spokenPairs, atOnce: speechAtOnce, formats: speechRates.map(raw) } }
      : {}),
  };
  return {
    name: "deepl_voice",
    traits,
    async open({ languages: [language], format, targets: wanted = [], signal }) {
      lifetime.check();
      signal.throwIfAborted();
      const source = language === undefined ? undefined : sourceCode(language);
      if (language === undefined || source === undefined) {
        throw new PipelineError(
          "unsupported_language",
          `Cannot hear a language: ${language ?? "none"} is not known to ${provider}`,
        );
      }
      if (!traits.formats.some(({ codec, rate }) => codec === format.codec && rate === format.rate)) {
        throw new PipelineError(
          "invalid_request",
          `Cannot hear the format: ${format.codec} at ${format.rate} Hz`,
        );
      }
      const codes = wanted.map((one) => ({ ...one, code: codeOf(one) }));
      const spoken = codes.find(({ speech }) => speech);
      const wish = {
        rate: format.rate,
        source,
        targets: codes.map(({ code }) => code),
        ...(spoken?.speech ? { speech: { target: spoken.code, rate: spoken.speech.rate } } : {}),
      };
      const stream = await VoiceStream.open(options, wish, outside, { signal, engine: lifetime.signal });
      const { rate } = format;
      return new VoiceHearing({
        stream,
        audio: new ConnectionAudio({ sourceRate: rate, rate, chunk: { bestMs: chunkMs } }),
        rate,
        language,
        targets: new Map(codes.map(({ code, target }) => [code.toLowerCase(), target])),
        speechRate: spoken?.speech?.rate ?? speechRates[0]!,
        renewAfterMs: options.renewAfterMs ?? renewAfterMs,
        clock,
        engine: lifetime,
      });
    },
    [Symbol.asyncDispose]() {
      lifetime.end();
      return Promise.resolve();
    },
  };
}

function codeOf({ target }: OwnTarget): string {
  const code = targetCode(target);
  if (code !== undefined) return code;
  throw unsupported(target);
}

function unsupported(target: LanguageTag): PipelineError {
  return new PipelineError(
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
