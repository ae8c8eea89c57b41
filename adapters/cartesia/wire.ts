import * as v from "valibot";
import { PipelineError } from "../../pipeline/error.ts";
import { decodeBase64 } from "../net/base64.ts";
import type { ContextEvent } from "../net/context_link.ts";
import { kindOfStatus } from "../net/http_refusal.ts";
import { parseReply } from "../net/provider_reply.ts";

// https://docs.cartesia.ai/api-reference/tts/websocket, and the types of npm @cartesia/cartesia-js 4.2.0.

const provider = "Cartesia";
/** The version of the protocol that this is written for. */
const version = "2026-08-14";

/** How Cartesia is reached. */
export interface CartesiaAccess {
  readonly key: string;
  /** Where its routes begin: `https://api.cartesia.ai`. */
  readonly address: string;
}

/** What speaks, the same for everything in a context. */
export interface Speaker {
  readonly model: string;
  readonly voice: string;
  /** As Cartesia calls it: `es`, `tl`, `no`. */
  readonly language: string;
  /** Samples a second. */
  readonly rate: number;
  readonly speed: number;
}

/** Cartesia's code for a language. */
export function codeOf(language: string): string {
  const code = language.split("-", 1)[0]!;
  return { nb: "no", fil: "tl" }[code] ?? code;
}

/** The connection over which a voice speaks. */
export function connection(
  { key, address }: CartesiaAccess,
): { readonly url: string; readonly headers: Readonly<Record<string, string>> } {
  const base = address.replace(/^http/, "ws");
  return {
    url: `${base}/tts/websocket?cartesia_version=${version}`,
    headers: { authorization: `Bearer ${key}` },
  };
}

/**
 * The message that has a phrase spoken, or with `more` false and no phrase, the end of a context. Cartesia joins phrases as they are, so the
 * spaces between them go along. Its own buffer is off: phrases are cut where a voice can pause.
 */
export function phraseMessage(
  context: string,
  { model, voice, language, rate, speed }: Speaker,
  phrase: string,
  more: boolean,
): string {
  return JSON.stringify({
    model_id: model,
    transcript: phrase,
    voice: { id: voice },
    language,
    output_format: { container: "raw", encoding: "pcm_s16le", sample_rate: rate },
    context_id: context,
    continue: more,
    max_buffer_delay_ms: 0,
    ...(speed === 1 ? {} : { generation_config: { speed } }),
  });
}

/** The message that ends a context early: it stops what has not begun. */
export function cancelMessage(context: string): string {
  return JSON.stringify({ context_id: context, cancel: true });
}

const heard = v.object({
  type: v.optional(v.string()),
  context_id: v.optional(v.nullable(v.string())),
  data: v.optional(v.nullable(v.string())),
  status_code: v.optional(v.nullable(v.number())),
  error_code: v.optional(v.nullable(v.string())),
});

/** What a message says. */
export function readMessage(message: string): ContextEvent | undefined {
  const reply = parseReply(heard, parse(message), provider);
  const context = reply.context_id ?? undefined;
  if (reply.type === "error") {
    const kind = kindOf(reply.status_code ?? 500, reply.error_code ?? "");
    const error = new PipelineError(kind, `Cannot use ${provider}: it reports an error, ${kind}`);
    return { type: "failed", context, error };
  }
  if (context === undefined) return undefined;
  if (reply.type === "chunk" && reply.data) {
    return { type: "audio", context, bytes: decodeBase64(reply.data, provider) };
  }
  return reply.type === "done" ? { type: "done", context } : undefined;
}

function kindOf(status: number, code: string) {
  if (code.includes("concurren")) return "concurrency";
  if (code.includes("quota") || code.includes("credit")) return "quota_exhausted";
  return kindOfStatus(status);
}

function parse(message: string): unknown {
  try {
    return JSON.parse(message);
  } catch {
    throw new PipelineError("internal", `Cannot use ${provider}: its message is no JSON`);
  }
}
