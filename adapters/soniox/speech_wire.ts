import * as v from "valibot";
import { decodeBase64 } from "../net/base64.ts";
import type { ContextEvent } from "../net/context_link.ts";
import { parseMessage } from "../net/json_message.ts";
import { parseReply } from "../net/provider_reply.ts";
import { errorOf, provider } from "./error.ts";
import type { SonioxAccess } from "./wire.ts";

// https://soniox.com/docs/api-reference/tts/websocket-api, and the types of npm @soniox/client 2.3.0. A stream there is a context here.

/** What speaks, the same for everything in a stream. */
export interface Speaker {
  readonly model: string;
  readonly voice: string;
  /** As Soniox calls it: `es`, `no`, `tl`. */
  readonly language: string;
  /** Samples a second. */
  readonly rate: number;
  readonly speed: number;
}

/** The connection over which all voices speak: the key in a header, since in the first message it is refused from 15 January 2027 on. */
export function connection(
  { key, address }: SonioxAccess,
): { readonly url: string; readonly headers: Readonly<Record<string, string>> } {
  const base = address.replace(/^http/, "ws");
  return { url: `${base}/tts-websocket`, headers: { authorization: `Bearer ${key}` } };
}

/** The message that begins a stream. Times of characters are not asked for: they are those of a text that Soniox has rewritten. */
export function startMessage(stream: string, { model, voice, language, rate, speed }: Speaker): string {
  return JSON.stringify({
    model,
    language,
    voice,
    audio_format: "pcm_s16le",
    sample_rate: rate,
    ...(speed === 1 ? {} : { speed }),
    stream_id: stream,
  });
}

/** The message that has a phrase spoken. Soniox joins phrases as they are, so the spaces between them go along. */
export function phraseMessage(stream: string, phrase: string): string {
  return JSON.stringify({ text: phrase, text_end: false, stream_id: stream });
}

/** The message that ends the text of a stream; what was sent is spoken to its end. */
export function endMessage(stream: string): string {
  return JSON.stringify({ text: "", text_end: true, stream_id: stream });
}

/** The message that ends a stream early. */
export function cancelMessage(stream: string): string {
  return JSON.stringify({ stream_id: stream, cancel: true });
}

/** Keeps a connection open while nothing is spoken over it; streams that wait for text are given up nevertheless. */
export const keepaliveMessage = JSON.stringify({ keep_alive: true });

const heard = v.object({
  stream_id: v.optional(v.nullable(v.string())),
  audio: v.optional(v.nullable(v.string())),
  terminated: v.optional(v.nullable(v.boolean())),
  error_code: v.optional(v.nullable(v.union([v.number(), v.string()]))),
});

/**
 * What a message says. A stream is over when it is `terminated`, not with its last audio; what comes of one that has failed is of no interest.
 *
 * @throws {PipelineError} `internal` when it is not as agreed.
 */
export function readMessage(message: string): ContextEvent | undefined {
  const { stream_id, audio, terminated, error_code: code } = parseReply(
    heard,
    parseMessage(message, provider),
    provider,
  );
  const context = stream_id ?? undefined;
  if (code !== undefined && code !== null) return { type: "failed", context, error: errorOf(Number(code)) };
  if (context === undefined) return undefined;
  const last = terminated === true;
  if (audio) return { type: "audio", context, bytes: decodeBase64(audio, provider), last };
  return last ? { type: "done", context } : undefined;
}
