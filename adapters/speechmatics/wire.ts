import * as v from "valibot";
import { type ErrorKind, PipelineError } from "../../pipeline/error.ts";
import type { Glossary } from "../../pipeline/ports.ts";
import { parseReply } from "../net/provider_reply.ts";

// https://github.com/speechmatics/docs, spec/realtime.yaml; https://docs.speechmatics.com/api-ref/realtime-transcription-websocket.

const provider = "Speechmatics";

/** How Speechmatics is reached. */
export interface SpeechmaticsAccess {
  readonly key: string;
  /** Where its routes begin: `https://eu.rt.speechmatics.com`. */
  readonly address: string;
}

/** What is to be recognised. */
export interface SpeechmaticsSpeech {
  readonly model: string;
  /** What is spoken, as Speechmatics calls it: `en`, `cmn`. */
  readonly language: string;
  /** Samples a second. */
  readonly rate: number;
  /** How long after a word its final transcript may come, in ms: 700 to 4000. */
  readonly delayMs: number;
  /** How much silence ends an utterance, in ms: up to 2000. */
  readonly silenceMs: number;
  readonly glossary: Glossary;
  /** What it is translated into, as Speechmatics calls it. */
  readonly targets: readonly string[];
}

/** Speechmatics takes so many terms (https://docs.speechmatics.com/speech-to-text/features/custom-dictionary). */
const termsLimit = 1000;

/** Speechmatics' code for a language: the two letters of ISO 639-1 but for the Chinese ones. */
export function codeOf(language: string): string {
  const code = language.split("-", 1)[0]!;
  return { zh: "cmn", nb: "no", fil: "tl" }[code] ?? code;
}

/** The connection for a session. */
export function connection(
  { key, address }: SpeechmaticsAccess,
): { readonly url: string; readonly headers: Readonly<Record<string, string>> } {
  return { url: `${address.replace(/^http/, "ws")}/v2`, headers: { authorization: `Bearer ${key}` } };
}

/** The first message, which says what is to be recognised; audio has to wait until it is answered. */
export function startMessage(speech: SpeechmaticsSpeech): string {
  const { model, language, rate, delayMs, silenceMs, glossary, targets } = speech;
  const terms = Object.keys(glossary).filter((term) => term !== "").slice(0, termsLimit);
  return JSON.stringify({
    message: "StartRecognition",
    audio_format: { type: "raw", encoding: "pcm_s16le", sample_rate: rate },
    transcription_config: {
      language,
      model,
      enable_partials: true,
      max_delay: delayMs / 1000,
      conversation_config: { end_of_utterance_silence_trigger: silenceMs / 1000 },
      ...(terms.length > 0 ? { additional_vocab: terms } : {}),
    },
    ...(targets.length > 0
      ? { translation_config: { target_languages: targets, enable_partials: true } }
      : {}),
  });
}

/** Makes everything final that was sent so far; the end of an utterance that is `forced` says that it is. */
export const forceEndMessage = JSON.stringify({ message: "ForceEndOfUtterance" });

/** Ends the audio: the rest becomes final, and the end of the transcript is told. */
export function endMessage(audioMessages: number): string {
  return JSON.stringify({ message: "EndOfStream", last_seq_no: audioMessages });
}

/** What a message says, as far as it is of interest. Times are those of the session, in ms. */
export type SpeechmaticsMessage =
  | { readonly type: "started" }
  /** More of the final transcript, or all of what follows it and may still change. */
  | {
    readonly type: "final" | "partial";
    readonly tokens: readonly SpeechmaticsToken[];
    readonly toMs: number;
  }
  /** More of the final translation, or all of what follows it and may still change. It comes after its transcript, whether an utterance has ended or not. */
  | {
    readonly type: "translation";
    readonly final: boolean;
    /** As Speechmatics calls it. */
    readonly language: string;
    readonly sentences: readonly TranslatedSentence[];
  }
  | { readonly type: "utterance_ended"; readonly atMs: number; readonly forced: boolean }
  | { readonly type: "ended" }
  | { readonly type: "error"; readonly error: PipelineError };

/** A word or a mark. */
export interface SpeechmaticsToken {
  readonly text: string;
  readonly startMs: number;
  readonly endMs: number;
  /** Whether it belongs to what stands before it, and whether what follows belongs to it. */
  readonly joinsPrevious: boolean;
  readonly joinsNext: boolean;
}

/** The translation of a sentence, and where that begins and ends. */
export interface TranslatedSentence {
  readonly text: string;
  readonly startMs: number;
  readonly endMs: number;
}

const heard = v.object({ message: v.optional(v.string(), "") });
const transcript = v.object({
  metadata: v.object({ end_time: v.number() }),
  results: v.array(v.object({
    type: v.string(),
    start_time: v.number(),
    end_time: v.number(),
    attaches_to: v.optional(v.nullable(v.string())),
    alternatives: v.optional(v.array(v.object({ content: v.string() })), []),
  })),
});
const translation = v.object({
  language: v.string(),
  results: v.array(v.object({ content: v.string(), start_time: v.number(), end_time: v.number() })),
});
const utteranceEnd = v.object({
  metadata: v.object({ end_time: v.optional(v.number(), 0) }),
  forced: v.optional(v.boolean(), false),
});
const failure = v.object({ type: v.optional(v.string(), "") });

/** What a message says; nothing where its type is unknown or of no interest. */
export function readMessage(message: string): SpeechmaticsMessage | undefined {
  const reply = parse(message);
  const name = parseReply(heard, reply, provider).message;
  switch (name) {
    case "RecognitionStarted":
      return { type: "started" };
    case "AddTranscript":
    case "AddPartialTranscript": {
      const { metadata, results } = parseReply(transcript, reply, provider);
      return {
        type: name === "AddTranscript" ? "final" : "partial",
        tokens: results.map(tokenOf).filter(({ text }) => text !== ""),
        toMs: metadata.end_time * 1000,
      };
    }
    case "AddTranslation":
    case "AddPartialTranslation": {
      const { language, results } = parseReply(translation, reply, provider);
      const sentences = results.map(({ content, start_time, end_time }) => ({
        text: content.trim(),
        startMs: start_time * 1000,
        endMs: end_time * 1000,
      }));
      return { type: "translation", final: name === "AddTranslation", language, sentences };
    }
    case "EndOfUtterance": {
      const { metadata, forced } = parseReply(utteranceEnd, reply, provider);
      return { type: "utterance_ended", atMs: metadata.end_time * 1000, forced };
    }
    case "EndOfTranscript":
      return { type: "ended" };
    case "Error":
      return { type: "error", error: failed(parseReply(failure, reply, provider).type) };
    case "Warning":
      return untranslated.has(parseReply(failure, reply, provider).type)
        ? { type: "error", error: untranslatable() }
        : undefined;
    default:
      return undefined;
  }
}

function tokenOf(
  { start_time, end_time, attaches_to, alternatives }: v.InferOutput<typeof transcript>["results"][number],
): SpeechmaticsToken {
  return {
    text: alternatives[0]?.content ?? "",
    startMs: start_time * 1000,
    endMs: end_time * 1000,
    joinsPrevious: attaches_to === "previous" || attaches_to === "both",
    joinsNext: attaches_to === "next" || attaches_to === "both",
  };
}

/** What the errors mean that are told before a close. */
const kinds: ReadonlyMap<string, ErrorKind> = new Map<string, ErrorKind>([
  ["invalid_message", "invalid_request"],
  ["invalid_model", "unsupported_language"],
  ["invalid_language", "unsupported_language"],
  ["invalid_config", "invalid_request"],
  ["invalid_audio_type", "invalid_request"],
  ["invalid_output_format", "invalid_request"],
  ["not_authorised", "unauthenticated"],
  ["not_allowed", "unauthenticated"],
  ["job_error", "unavailable"],
  ["protocol_error", "invalid_request"],
  ["quota_exceeded", "concurrency"],
  ["timelimit_exceeded", "quota_exhausted"],
  ["idle_timeout", "session_limit"],
  ["session_timeout", "session_limit"],
]);

/** What Speechmatics asks to wait after these before another connection, in ms. */
const retryAfterMs = 5000;
const retriedLate: ReadonlySet<string> = new Set(["quota_exceeded", "job_error", "unknown_error"]);

function failed(type: string): PipelineError {
  const kind = kinds.get(type) ?? "unavailable";
  return new PipelineError(
    kind,
    `Cannot use ${provider}: it reports an error, ${kind}`,
    retriedLate.has(type) || !kinds.has(type) ? { retryAfterMs } : {},
  );
}

/** Warnings that a target will not be translated into. */
const untranslated: ReadonlySet<string> = new Set([
  "unsupported_translation_pair",
  "empty_translation_target_list",
]);

function untranslatable(): PipelineError {
  return new PipelineError(
    "unsupported_language",
    `Cannot translate with ${provider}: it does not take one of the pairs, expected PARLEY_SPEECHMATICS_TRANSLATION=off`,
  );
}

/** What the close codes mean (https://docs.speechmatics.com/api-ref/realtime-transcription-websocket#websocket-errors). */
export function closing(code: number): ErrorKind | undefined {
  return closes[code];
}

const closes: Readonly<Record<number, ErrorKind>> = {
  1003: "invalid_request",
  1008: "session_limit",
  4001: "unauthenticated",
  4003: "unauthenticated",
  4004: "unsupported_language",
  4005: "concurrency",
  4006: "quota_exhausted",
  4013: "unavailable",
};

function parse(message: string): unknown {
  try {
    return JSON.parse(message);
  } catch {
    throw new PipelineError("internal", `Cannot use ${provider}: its message is no JSON`);
  }
}
