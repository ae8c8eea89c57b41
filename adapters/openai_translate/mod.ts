import { type Clock, systemClock } from "../../flow/clock.ts";
import { PipelineError } from "../../pipeline/error.ts";
import { type LanguageTag, matchTag, sameLanguage } from "../../pipeline/language.ts";
import type { OwnTarget, RecognizerTraits, SpeechRecognizer } from "../../pipeline/ports.ts";
import { Lifetime } from "../lifetime.ts";
import { ConnectionAudio, type RateConverter } from "../net/connection_audio.ts";
import { closestTag } from "../net/closest_tag.ts";
import { addressSetting, choiceSetting, keySetting, languagesSetting, nameSetting } from "../net/settings.ts";
import { type ConnectSocket, socketConnector } from "../net/socket.ts";
import type { Owned, Provider } from "../provider.ts";
import { TranslateHearing } from "./hearing.ts";
import { type TranslateAccess, TranslateLink } from "./link.ts";
import { engineRate, frameMs, provider } from "./wire.ts";

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

/**
 * Hears and speaks with OpenAI's realtime translation: speech in, translated speech out while the speaker goes on, with the text of both. It is told no
 * source language, and takes no glossary.
 */
export function translateRecognizer(options: TranslateOptions): Owned<SpeechRecognizer> {
  const { languages, targets, transcriptionModel, noiseReduction, clock = systemClock } = options;
  const outside = { clock, connect: options.connect ?? socketConnector({ clock }) };
  const lifetime = new Lifetime(`recognizer ${provider}`);
  const speech = { codec: "pcm_s16le", rate: engineRate } as const;
  const pairs = languages.flatMap((source) =>
    targets.filter((target) => !sameLanguage(source, target)).map((target) => ({ source, target }))
  );
  const traits: RecognizerTraits = {
    languages,
    formats: rates.map((rate) => ({ codec: "pcm_s16le", rate })),
    stableAfterMs,
    speaks: { pairs, atOnce, formats: [speech] },
  };

  /** Without a target there is one session all the same, for its transcript. */
  const linksOf = (wanted: readonly OwnTarget[], source: LanguageTag) =>
    wanted.length > 0
      ? wanted.map(({ target }) => ({ target, language: codeOf(target, targets) }))
      : [{ target: undefined, language: targets.find((target) => !sameLanguage(target, source))! }];

  return {
    name: "openai_translate",
    traits,
    async open({ languages: [source], format, targets: wanted = [], signal }) {
      lifetime.check();
      if (source === undefined || matchTag(source, languages) === undefined) {
        throw new PipelineError(
          "unsupported_language",
          `Cannot hear a language: ${source ?? "none"} is not known to ${provider}`,
        );
      }
      if (!traits.formats.some(({ codec, rate }) => codec === format.codec && rate === format.rate)) {
        throw new PipelineError(
          "invalid_request",
          `Cannot hear the format: ${format.codec} at ${format.rate} Hz`,
        );
      }
      using either = lifetime.link(signal);
      await using stack = new AsyncDisposableStack();
      const opening = linksOf(wanted, source).map(async ({ target, language }, index) => {
        const wish = {
          language,
          ...(index === 0 ? { transcriptionModel } : {}),
          ...(noiseReduction === undefined ? {} : { noiseReduction }),
        };
        const link = await TranslateLink.open(options, wish, outside, either.signal);
        stack.use(link);
        return { target, link };
      });
      const opened = await Promise.allSettled(opening);
      const failure = opened.find((one) => one.status === "rejected");
      if (failure) throw failure.reason;
      const links = opened.flatMap((one) => one.status === "fulfilled" ? [one.value] : []);
      const converter = await rateConverter(format.rate);
      const chunk = { bestMs: frameMs };
      const audio = new ConnectionAudio({ sourceRate: format.rate, rate: engineRate, chunk, converter });
      stack.move();
      return new TranslateHearing({
        links,
        audio,
        converter,
        rate: format.rate,
        language: source,
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

function codeOf(target: LanguageTag, targets: readonly LanguageTag[]): string {
  const code = closestTag(target, targets);
  if (code !== undefined) return code;
  throw new PipelineError(
    "unsupported_language",
    `Cannot translate into ${target}: ${provider} does not speak it`,
  );
}

/** The rate is changed by a module that is loaded when it is needed. */
async function rateConverter(from: number): Promise<RateConverter | undefined> {
  if (from === engineRate) return undefined;
  const { Resampler } = await import("../../media/resample.ts");
  return await Resampler.create(from, engineRate);
}

const settings = {
  OPENAI_API_KEY: keySetting("OpenAI"),
  OPENAI_BASE_URL: addressSetting(
    "https://api.openai.com/v1",
    "Where OpenAI's routes begin, or those of a server like it",
  ),
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
      address: values.OPENAI_BASE_URL,
      key: values.OPENAI_API_KEY,
      model: values.PARLEY_OPENAI_TRANSLATE_MODEL,
      transcriptionModel: values.PARLEY_OPENAI_TRANSLATE_TRANSCRIPTION_MODEL,
      languages: values.PARLEY_OPENAI_TRANSLATE_SOURCES,
      targets: values.PARLEY_OPENAI_TRANSLATE_TARGETS,
      ...(noise === "none" ? {} : { noiseReduction: noise }),
    });
  },
};
