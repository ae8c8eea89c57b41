import * as v from "valibot";
import { type ErrorKind, PipelineError } from "../../pipeline/error.ts";
import { decodeBase64 } from "../net/base64.ts";
import type { ContextEvent } from "../net/context_link.ts";
import type { HttpRequest } from "../net/http.ts";
import { parseReply } from "../net/provider_reply.ts";

// https://github.com/elevenlabs/elevenlabs-docs, fern/apis/api/asyncapi.yml: /v1/text-to-speech/{voice_id}/multi-stream-input;
// https://elevenlabs.io/docs/api-reference/text-to-speech/stream: POST /v1/text-to-speech/{voice_id}/stream.

const provider = "ElevenLabs";

/** How ElevenLabs is reached. */
export interface ElevenLabsAccess {
  readonly key: string;
  /** Where its routes begin: `https://api.elevenlabs.io`. */
  readonly address: string;
}

/** What speaks. */
export interface Speaker {
  readonly model: string;
  readonly voice: string;
  /** As ElevenLabs calls it: `es`, `fil`, `no`. */
  readonly language: string;
  /** Samples a second. */
  readonly rate: number;
}

/** ElevenLabs' code for a language: the two letters of ISO 639-1 where there are some. */
export function codeOf(language: string): string {
  const code = language.split("-", 1)[0]!;
  return code === "nb" ? "no" : code;
}

/** The request that has a text spoken, for the models that have no socket and for servers in between that pass none on. */
export function streamRequest(
  { key, address }: ElevenLabsAccess,
  { model, voice, language, rate }: Speaker,
  text: string,
  speed: number,
): HttpRequest {
  const body = {
    text,
    model_id: model,
    language_code: language,
    ...(speed === 1 ? {} : { voice_settings: { speed } }),
  };
  return {
    method: "POST",
    url: `${address}/v1/text-to-speech/${encodeURIComponent(voice)}/stream?output_format=pcm_${rate}`,
    headers: { "xi-api-key": key, "content-type": "application/json" },
    body: JSON.stringify(body),
  };
}

/**
 * The connection over which a voice speaks. `auto_mode` has each message spoken as it comes, rather than after 120 characters; contexts live
 * for three minutes without text, the longest there is.
 */
export function connection(
  { key, address }: ElevenLabsAccess,
  { model, voice, language, rate }: Speaker,
): { readonly url: string; readonly headers: Readonly<Record<string, string>> } {
  const query = new URLSearchParams({
    model_id: model,
    language_code: language,
    output_format: `pcm_${rate}`,
    auto_mode: "true",
    inactivity_timeout: "180",
  });
  const base = address.replace(/^http/, "ws");
  return {
    url: `${base}/v1/text-to-speech/${encodeURIComponent(voice)}/multi-stream-input?${query}`,
    headers: { "xi-api-key": key },
  };
}

/** The message that begins a context: a space, and how it is to be spoken. */
export function beginMessage(context: string, speed: number): string {
  return JSON.stringify({
    text: " ",
    context_id: context,
    ...(speed === 1 ? {} : { voice_settings: { speed } }),
  });
}

/** The message that has a phrase spoken: it ends in a space, as ElevenLabs asks. */
export function phraseMessage(context: string, phrase: string): string {
  return JSON.stringify({ text: phrase.endsWith(" ") ? phrase : `${phrase} `, context_id: context });
}

/** The message after which everything that was sent is spoken. */
export function flushMessage(context: string): string {
  return JSON.stringify({ context_id: context, flush: true });
}

/** The message that ends a context; what was flushed is spoken to its end. */
export function closeMessage(context: string): string {
  return JSON.stringify({ context_id: context, close_context: true });
}

/** Spellings differ within the published specification itself: both are taken. */
const heard = v.object({
  audio: v.optional(v.nullable(v.string())),
  isFinal: v.optional(v.nullable(v.boolean())),
  is_final: v.optional(v.nullable(v.boolean())),
  contextId: v.optional(v.nullable(v.string())),
  context_id: v.optional(v.nullable(v.string())),
  error: v.optional(v.nullable(v.string())),
});

/** What a message says. */
export function readMessage(message: string): ContextEvent | undefined {
  const reply = parseReply(heard, parse(message), provider);
  const context = reply.contextId ?? reply.context_id ?? undefined;
  if (reply.error) {
    const kind = kinds[reply.error] ?? "unavailable";
    const error = new PipelineError(kind, `Cannot use ${provider}: it reports an error, ${kind}`);
    return { type: "failed", context, error };
  }
  if (context === undefined) return undefined;
  if (reply.audio) return { type: "audio", context, bytes: decodeBase64(reply.audio, provider) };
  return reply.isFinal || reply.is_final ? { type: "done", context } : undefined;
}

/** What ElevenLabs calls its errors (https://elevenlabs.io/docs/developers/resources/error-messages). */
const kinds: Readonly<Record<string, ErrorKind>> = {
  quota_exceeded: "quota_exhausted",
  too_many_concurrent_requests: "concurrency",
  system_busy: "overloaded",
  invalid_api_key: "unauthenticated",
  needs_authorization: "unauthenticated",
  voice_not_found: "invalid_request",
  voice_id_does_not_exist: "invalid_request",
  model_not_found: "invalid_request",
  max_character_limit_exceeded: "invalid_request",
  input_timeout_exceeded: "session_limit",
};

const refused = v.object({ detail: v.object({ status: v.string() }) });

/** What a refusal means: its word says more than its status. */
export function refusal(_status: number, body: unknown): ErrorKind | undefined {
  const result = v.safeParse(refused, body);
  return result.success ? kinds[result.output.detail.status] : undefined;
}

/** What the reason of a close says. */
export function closing(_code: number, reason: string): ErrorKind | undefined {
  return Object.entries(kinds).find(([word]) => reason.includes(word))?.[1];
}

function parse(message: string): unknown {
  try {
    return JSON.parse(message);
  } catch {
    throw new PipelineError("internal", `Cannot use ${provider}: its message is no JSON`);
  }
}
