import * as v from "valibot";
import { type ErrorKind, PipelineError } from "../../pipeline/error.ts";
import { decodeBase64, encodeBase64 } from "../net/base64.ts";
import { parseMessage } from "../net/json_message.ts";
import { kindOfError } from "../net/openai_error.ts";
import { parseReply } from "../net/provider_reply.ts";
import type { TargetEvent } from "../net/session_per_target.ts";

/** What the provider is called in messages. */
export const provider = "OpenAI's realtime translation";

/** What it takes and gives, in samples a second. */
export const engineRate = 24_000;
/** What its engine works in, in ms: audio is best sent in pieces of this length. */
export const frameMs = 200;

/** How a session is to be. */
export interface SessionWish {
  /** The code of the language that is to be spoken. */
  readonly language: string;
  /** The model that writes down what was said; no transcript of the source when absent. */
  readonly transcriptionModel?: string;
  readonly noiseReduction?: "near_field" | "far_field";
}

/** What a server message means to us; other messages mean nothing. */
export type TranslateEvent = { readonly type: "updated" } | { readonly type: "closed" } | TargetEvent;

/** Where sessions are opened. */
export function sessionAddress(address: string, model: string): string {
  return `${address.replace(/^http/, "ws")}/realtime/translations?model=${encodeURIComponent(model)}`;
}

/** The message that says how the session is to be. */
export function updateMessage({ language, transcriptionModel, noiseReduction }: SessionWish): string {
  const input = {
    ...(transcriptionModel === undefined ? {} : { transcription: { model: transcriptionModel } }),
    ...(noiseReduction === undefined ? {} : { noise_reduction: { type: noiseReduction } }),
  };
  return JSON.stringify({ type: "session.update", session: { audio: { input, output: { language } } } });
}

/** The message with a piece of the source. The text around it has a fixed form: no JSON is made on the path of audio. */
export function appendMessage(samples: Int16Array): string {
  const bytes = new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);
  return `{"type":"session.input_audio_buffer.append","audio":"${encodeBase64(bytes)}"}`;
}

/** The message after which everything that is left comes, and then `session.closed`. */
export const closeMessage = JSON.stringify({ type: "session.close" });

const elapsed = v.optional(v.nullable(v.number()));
const messages = {
  "session.output_audio.delta": v.object({
    delta: v.string(),
    sample_rate: v.optional(v.literal(engineRate), engineRate),
    channels: v.optional(v.literal(1), 1),
  }),
  "session.output_transcript.delta": v.object({ delta: v.string() }),
  "session.input_transcript.delta": v.object({ delta: v.string(), elapsed_ms: elapsed }),
};
const envelope = v.object({ type: v.string() });

/**
 * What a message means; nothing where its type is unknown or of no interest.
 *
 * @throws {PipelineError} of its kind when it is an error, `internal` when it is not as agreed.
 */
export function readMessage(data: string | Uint8Array): readonly TranslateEvent[] {
  const message = parseMessage(data, provider);
  const { type } = parseReply(envelope, message, provider);
  switch (type) {
    case "session.updated":
      return [{ type: "updated" }];
    case "session.closed":
      return [{ type: "closed" }];
    case "session.input_transcript.delta": {
      const { delta: text, elapsed_ms: atMs } = parseReply(messages[type], message, provider);
      return [{ type: "source", text, atMs: atMs ?? undefined }];
    }
    case "session.output_transcript.delta":
      return [{ type: "target", text: parseReply(messages[type], message, provider).delta }];
    case "session.output_audio.delta": {
      const { delta } = parseReply(messages[type], message, provider);
      return [{ type: "audio", bytes: decodeBase64(delta, provider) }];
    }
    case "error": {
      const kind = kindOfSessionError(message);
      throw new PipelineError(kind, `Cannot use ${provider}: it reports an error, ${kind}`);
    }
    default:
      return [];
  }
}

const coded = v.object({ error: v.object({ code: v.string() }) });

function kindOfSessionError(message: unknown): ErrorKind {
  const result = v.safeParse(coded, message);
  if (result.success && result.output.error.code === "session_expired") return "session_limit";
  return kindOfError(message) ?? "internal";
}
