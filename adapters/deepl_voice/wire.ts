import * as v from "valibot";
import type { ErrorKind } from "../../pipeline/error.ts";
import { decodeBase64, encodeBase64 } from "../net/base64.ts";
import type { HttpRequest } from "../net/http.ts";
import { kindOfStatus } from "../net/http_refusal.ts";
import { parseMessage } from "../net/json_message.ts";
import { parseReply } from "../net/provider_reply.ts";

// https://github.com/DeepLcom/openapi: POST and GET /v3/voice/realtime, voice.asyncapi.yaml.

/** What the provider is called in messages. */
export const provider = "DeepL Voice";

/** How DeepL is reached. */
export interface VoiceAccess {
  readonly key: string;
  /** Where its routes begin; the key decides when this is empty: those of the free plan end in `:fx`. */
  readonly address: string;
}

/** How a session is to be: languages by DeepL's codes. */
export interface VoiceWish {
  readonly rate: number;
  readonly source: string;
  readonly targets: readonly string[];
  /** The target that is to be spoken, too, and at which rate. */
  readonly speech?: { readonly target: string; readonly rate: number };
}

/** Where a session's connection is to be opened, once: its token is of no use after that but to ask for the next one. */
export interface Ticket {
  readonly url: string;
  readonly token: string;
}

/** A stretch of a transcript; ms count from the first sample that was sent. */
export interface Stretch {
  readonly text: string;
  readonly startMs: number;
  readonly endMs: number;
}

/** What a server message means to us; other messages mean nothing. */
export type VoiceEvent =
  | {
    readonly type: "transcript";
    /** The code of the target; absent for the source. */
    readonly target?: string;
    readonly concluded: readonly Stretch[];
    readonly tentative: readonly Stretch[];
  }
  | { readonly type: "media"; readonly target: string; readonly pieces: readonly Uint8Array[] }
  | { readonly type: "end" }
  | { readonly type: "error"; readonly kind: ErrorKind };

/** The request for a session. */
export function sessionRequest(
  access: VoiceAccess,
  { rate, source, targets, speech }: VoiceWish,
): HttpRequest {
  const body = {
    message_format: "json",
    source_media_content_type: contentType(rate),
    source_language: source,
    source_language_mode: "fixed",
    target_languages: targets,
    ...(speech
      ? { target_media_languages: [speech.target], target_media_content_type: contentType(speech.rate) }
      : {}),
  };
  return {
    method: "POST",
    url: `${addressOf(access)}/v3/voice/realtime`,
    headers: { ...headersOf(access), "content-type": "application/json" },
    body: JSON.stringify(body),
  };
}

/** The request for another connection of a session, with the token that came last. */
export function reconnectRequest(access: VoiceAccess, token: string): HttpRequest {
  return {
    method: "GET",
    url: `${addressOf(access)}/v3/voice/realtime?token=${encodeURIComponent(token)}`,
    headers: headersOf(access),
  };
}

const ticket = v.object({ streaming_url: v.pipe(v.string(), v.regex(/^wss?:\/\//)), token: v.string() });

/** The answer to both requests. */
export function readTicket(reply: unknown): Ticket {
  const { streaming_url: url, token } = parseReply(ticket, reply, provider);
  return { url, token };
}

/** Where a ticket's connection is opened. */
export function connectionAddress({ url, token }: Ticket): string {
  return `${url}?token=${encodeURIComponent(token)}`;
}

/** What the statuses mean that are DeepL's own. */
export function refusal(status: number): ErrorKind | undefined {
  return status === 456 ? "quota_exhausted" : undefined;
}

/** The message with a piece of the source. The text around it has a fixed form: no JSON is made on the path of audio. */
export function chunkMessage(samples: Int16Array): string {
  const bytes = new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);
  return `{"source_media_chunk":{"data":"${encodeBase64(bytes)}"}}`;
}

/** The message after which everything that is left comes, and then `end_of_stream`. */
export const endMessage = JSON.stringify({ end_of_source_media: {} });

const stretches = v.array(v.object({ text: v.string(), start_time: v.number(), end_time: v.number() }));
const messages = v.object({
  source_transcript_update: v.optional(v.object({ concluded: stretches, tentative: stretches })),
  target_transcript_update: v.optional(
    v.object({ language: v.string(), concluded: stretches, tentative: stretches }),
  ),
  target_media_chunk: v.optional(
    v.object({
      language: v.string(),
      data: v.array(v.string()),
      headers: v.optional(v.nullable(v.number())),
    }),
  ),
  end_of_stream: v.optional(v.object({})),
  error: v.optional(v.object({ error_code: v.number() })),
});

/**
 * What a message means; `undefined` where it means nothing to us.
 *
 * @throws {PipelineError} `internal` when it is not as agreed.
 */
export function readMessage(data: string | Uint8Array): VoiceEvent | undefined {
  const message = parseReply(messages, parseMessage(data, provider), provider);
  const { source_transcript_update: source, target_transcript_update: target } = message;
  if (source) return { type: "transcript", ...timed(source) };
  if (target) return { type: "transcript", target: target.language, ...timed(target) };
  if (message.target_media_chunk) {
    const { language, data: pieces, headers } = message.target_media_chunk;
    const audio = pieces.slice(headers ?? 0).map((piece) => decodeBase64(piece, provider));
    return { type: "media", target: language, pieces: audio };
  }
  if (message.end_of_stream) return { type: "end" };
  return message.error && { type: "error", kind: kindOfVoiceError(message.error.error_code) };
}

function timed(update: Record<"concluded" | "tentative", v.InferOutput<typeof stretches>>) {
  const stretch = ({ text, start_time: startMs, end_time: endMs }: (typeof update)["concluded"][number]) => ({
    text,
    startMs,
    endMs,
  });
  return { concluded: update.concluded.map(stretch), tentative: update.tentative.map(stretch) };
}

function kindOfVoiceError(code: number): ErrorKind {
  return refusal(code) ?? kindOfStatus(code);
}

function contentType(rate: number): string {
  return `audio/pcm;encoding=s16le;rate=${rate}`;
}

function addressOf({ key, address }: VoiceAccess): string {
  if (address !== "") return address;
  return key.endsWith(":fx") ? "https://api-free.deepl.com" : "https://api.deepl.com";
}

function headersOf({ key }: VoiceAccess): Record<string, string> {
  return { authorization: `DeepL-Auth-Key ${key}` };
}
