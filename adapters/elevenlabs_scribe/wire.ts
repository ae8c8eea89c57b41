import * as v from "valibot";
import { type ErrorKind, PipelineError } from "../../pipeline/error.ts";
import type { Glossary } from "../../pipeline/ports.ts";
import { encodeBase64 } from "../net/base64.ts";
import { parseReply } from "../net/provider_reply.ts";
import type { TimedPiece } from "../net/transcript_words.ts";

// https://github.com/elevenlabs/packages, packages/types/schemas/scribe.asyncapi.yaml;
// https://elevenlabs.io/docs/api-reference/speech-to-text/v-1-speech-to-text-realtime.

const provider = "ElevenLabs Scribe";

/** How Scribe is reached. */
export interface ScribeAccess {
  readonly key: string;
  /** Where ElevenLabs' routes begin: `https://api.elevenlabs.io`. */
  readonly address: string;
}

/** What is to be recognised. */
export interface ScribeSpeech {
  readonly model: string;
  /** What is spoken, as Scribe calls it: `en`, `fil`; whatever it finds where absent. */
  readonly language: string | undefined;
  /** Samples a second. */
  readonly rate: number;
  /** How much silence ends an utterance, in ms: above 300, up to 3000. */
  readonly silenceMs: number;
  readonly glossary: Glossary;
}

/** Scribe takes so many terms, of so many characters each (https://elevenlabs.io/docs/eleven-api/guides/how-to/speech-to-text/batch/keyterm-prompting). */
const termsLimit = 50;
const termLimit = 20;

/** Scribe's code for a language: the two letters of ISO 639-1 where there are some. */
export function codeOf(language: string): string {
  const code = language.split("-", 1)[0]!;
  return code === "nb" ? "no" : code;
}

/**
 * The connection for a session. Without a strategy nothing would be committed by itself; the times of words come in a second message for each
 * commit.
 */
export function connection(
  { key, address }: ScribeAccess,
  { model, language, rate, silenceMs, glossary }: ScribeSpeech,
): { readonly url: string; readonly headers: Readonly<Record<string, string>> } {
  const query = new URLSearchParams({
    model_id: model,
    audio_format: `pcm_${rate}`,
    commit_strategy: "vad",
    vad_silence_threshold_secs: String(silenceMs / 1000),
    include_timestamps: "true",
    ...(language === undefined ? {} : { language_code: language }),
  });
  const terms = Object.keys(glossary).filter((term) => term !== "" && term.length <= termLimit);
  for (const term of terms.slice(0, termsLimit)) query.append("keyterms", term);
  const url = `${address.replace(/^http/, "ws")}/v1/speech-to-text/realtime?${query}`;
  return { url, headers: { "xi-api-key": key } };
}

/** A message of audio. Scribe's wire is JSON with base64, so this one is too. */
export function audioMessage(bytes: Uint8Array, rate: number): string {
  return chunkMessage(encodeBase64(bytes), false, rate);
}

/** Makes everything final that was sent so far; ignored where that is less than 0.3 s. */
export function commitMessage(rate: number): string {
  return chunkMessage("", true, rate);
}

function chunkMessage(audio: string, commit: boolean, rate: number): string {
  return JSON.stringify({
    message_type: "input_audio_chunk",
    audio_base_64: audio,
    commit,
    sample_rate: rate,
  });
}

/** What a message says, as far as it is of interest. Times are those of the session, in ms. */
export type ScribeMessage =
  | { readonly type: "started" }
  /** What was said since the last commit. */
  | { readonly type: "partial"; readonly text: string }
  /** What was said since the last commit will not change any more; the times of its words come next. */
  | { readonly type: "committed"; readonly text: string }
  /** The same once more, with times. */
  | {
    readonly type: "timed";
    readonly text: string;
    readonly pieces: readonly TimedPiece[];
    readonly language: string | undefined;
  }
  /** There was too little to commit. */
  | { readonly type: "throttled" }
  | { readonly type: "error"; readonly error: PipelineError };

const heard = v.object({ message_type: v.optional(v.string(), "") });
const transcript = v.object({ text: v.string() });
const timed = v.object({
  text: v.string(),
  language_code: v.optional(v.nullable(v.string())),
  words: v.optional(
    v.nullable(v.array(v.object({
      text: v.string(),
      type: v.string(),
      start: v.optional(v.nullable(v.number())),
      end: v.optional(v.nullable(v.number())),
    }))),
  ),
});

/** What a message says; nothing where its type is unknown or of no interest. */
export function readMessage(message: string): ScribeMessage | undefined {
  const reply = parse(message);
  const type = parseReply(heard, reply, provider).message_type;
  switch (type) {
    case "session_started":
      return { type: "started" };
    case "partial_transcript":
    case "final_transcript":
      return { type: "partial", text: parseReply(transcript, reply, provider).text };
    case "committed_transcript":
      return { type: "committed", text: parseReply(transcript, reply, provider).text };
    case "committed_transcript_with_timestamps": {
      const { text, language_code, words } = parseReply(timed, reply, provider);
      const pieces = (words ?? []).flatMap(({ text, type, start, end }) =>
        type === "word" && typeof start === "number" && typeof end === "number"
          ? [{ text, startMs: start * 1000, endMs: end * 1000 }]
          : []
      );
      return { type: "timed", text, pieces, language: language_code ?? undefined };
    }
    case "commit_throttled":
      return { type: "throttled" };
    default: {
      const kind = kinds.get(type);
      if (kind === undefined) return undefined;
      const message = `Cannot use ${provider}: it reports an error, ${kind}`;
      return { type: "error", error: new PipelineError(kind, message) };
    }
  }
}

/** What Scribe's errors mean; `commit_throttled` is none, since the session goes on. */
const kinds: ReadonlyMap<string, ErrorKind> = new Map<string, ErrorKind>([
  ["error", "unavailable"],
  ["auth_error", "unauthenticated"],
  ["quota_exceeded", "quota_exhausted"],
  ["transcriber_error", "unavailable"],
  ["unaccepted_terms", "unauthenticated"],
  ["rate_limited", "rate_limited"],
  ["input_error", "invalid_request"],
  ["invalid_request", "invalid_request"],
  ["queue_overflow", "overloaded"],
  ["resource_exhausted", "overloaded"],
  ["session_time_limit_exceeded", "session_limit"],
  ["chunk_size_exceeded", "invalid_request"],
  ["insufficient_audio_activity", "session_limit"],
]);

/** What the reason of a close says. */
export function closing(_code: number, reason: string): ErrorKind | undefined {
  return kinds.get(reason);
}

function parse(message: string): unknown {
  try {
    return JSON.parse(message);
  } catch {
    throw new PipelineError("internal", `Cannot use ${provider}: its message is no JSON`);
  }
}
