import * as v from "valibot";
import { type ErrorKind, PipelineError } from "../../pipeline/error.ts";
import { decodeBase64, encodeBase64 } from "../net/base64.ts";
import { kindOfStatus } from "../net/http_refusal.ts";
import { parseMessage } from "../net/json_message.ts";
import { parseReply } from "../net/provider_reply.ts";
import type { TargetEvent } from "../net/session_per_target.ts";

// https://ai.google.dev/api/live and https://ai.google.dev/gemini-api/docs/live-api/live-translate; the messages as npm @google/genai types them.

/** What the provider is called in messages. */
export const provider = "Gemini Live Translate";

/** What it takes, in samples a second. */
export const inputRate = 16_000;
/** What it gives, in samples a second. */
export const outputRate = 24_000;
/** The length of a message of audio, in ms, that Google asks for. */
export const chunkMs = 100;

const path = "/ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent";

/** Where a session is opened, and as whom. */
export interface GeminiAccess {
  /** Where the routes begin: `https://generativelanguage.googleapis.com`. */
  readonly address: string;
  readonly key: string;
  readonly model: string;
}

/** How a session is to be. */
export interface GeminiWish {
  /** Google's code of the language that is to be spoken. */
  readonly language: string;
  /** Whether it writes down what was said. */
  readonly transcribes: boolean;
}

/** What a server message says; a message may say several things. */
export type GeminiEvent =
  | { readonly type: "ready" }
  /** The connection is going to be closed. */
  | { readonly type: "leaving"; readonly leftMs: number }
  | TargetEvent;

/** Where sessions are opened. The key does not stand there: Google's own library for Python sends it in a header, too. */
export function sessionAddress({ address }: GeminiAccess): string {
  return address.replace(/^http/, "ws") + path;
}

/** The headers of a connection. */
export function sessionHeaders({ key }: GeminiAccess): Readonly<Record<string, string>> {
  return { "x-goog-api-key": key };
}

/** The first message: what the session is to be. The source's language is detected. */
export function setupMessage({ model }: GeminiAccess, { language, transcribes }: GeminiWish): string {
  return JSON.stringify({
    setup: {
      model: model.includes("/") ? model : `models/${model}`,
      generationConfig: {
        responseModalities: ["AUDIO"],
        translationConfig: { targetLanguageCode: language },
      },
      ...(transcribes ? { inputAudioTranscription: {} } : {}),
      outputAudioTranscription: {},
    },
  });
}

/** The message with a piece of the source. The text around it has a fixed form: no JSON is made on the path of audio. */
export function audioMessage(samples: Int16Array): string {
  const bytes = new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);
  return `{"realtimeInput":{"audio":{"mimeType":"audio/pcm;rate=${inputRate}","data":"${
    encodeBase64(bytes)
  }"}}}`;
}

/** The message after which what was not translated yet comes; audio may follow it. */
export const streamEndMessage = JSON.stringify({ realtimeInput: { audioStreamEnd: true } });

const transcription = v.optional(v.object({ text: v.optional(v.string()) }));
const counts = v.optional(
  v.array(v.object({ modality: v.optional(v.string()), tokenCount: v.optional(v.number(), 0) })),
  [],
);
const messages = v.object({
  setupComplete: v.optional(v.object({})),
  serverContent: v.optional(v.object({
    modelTurn: v.optional(v.object({
      parts: v.optional(
        v.array(v.object({
          inlineData: v.optional(
            v.object({ mimeType: v.optional(v.string()), data: v.optional(v.string(), "") }),
          ),
        })),
      ),
    })),
    inputTranscription: transcription,
    outputTranscription: transcription,
  })),
  usageMetadata: v.optional(v.object({ promptTokensDetails: counts, responseTokensDetails: counts })),
  goAway: v.optional(v.object({ timeLeft: v.optional(v.string(), "0s") })),
  error: v.optional(v.object({ code: v.optional(v.number(), 0) })),
});

/**
 * What a message says: JSON, which comes in frames of bytes.
 *
 * @throws {PipelineError} of its kind when it is an error, `internal` when it is not as agreed.
 */
export function readMessage(data: string | Uint8Array): readonly GeminiEvent[] {
  const message = parseReply(messages, parseMessage(data, provider), provider);
  const { setupComplete, serverContent, usageMetadata, goAway, error } = message;
  if (error) {
    const kind = error.code >= 400 ? kindOfStatus(error.code) : "internal";
    throw new PipelineError(kind, `Cannot use ${provider}: it reports an error, ${kind}`);
  }
  const events: GeminiEvent[] = [];
  if (setupComplete) events.push({ type: "ready" });
  const said = serverContent?.inputTranscription?.text;
  if (said) events.push({ type: "source", text: said });
  const translated = serverContent?.outputTranscription?.text;
  if (translated) events.push({ type: "target", text: translated });
  for (const { inlineData } of serverContent?.modelTurn?.parts ?? []) {
    if (!inlineData) continue;
    checkFormat(inlineData.mimeType);
    events.push({ type: "audio", bytes: decodeBase64(inlineData.data, provider) });
  }
  if (usageMetadata) {
    // The text that it counts, too, is its own.
    const tokens = [...usageMetadata.promptTokensDetails, ...usageMetadata.responseTokensDetails]
      .reduce((sum, { modality, tokenCount }) => modality === "AUDIO" ? sum + tokenCount : sum, 0);
    if (tokens > 0) events.push({ type: "usage", tokens });
  }
  if (goAway) events.push({ type: "leaving", leftMs: durationOf(goAway.timeLeft) });
  return events;
}

/** What a close means: its reason says more than its code. */
export function kindOfClosing(code: number, reason: string): ErrorKind | undefined {
  for (const [words, kind] of reasons) if (words.test(reason)) return kind;
  return code === 1008 ? "invalid_request" : undefined;
}

const reasons: readonly (readonly [words: RegExp, kind: ErrorKind])[] = [
  [/api key|unregistered callers|permission|denied|blocked/i, "unauthenticated"],
  [/quota|resource.?exhausted|rate limit/i, "rate_limited"],
  [/goaway|session duration/i, "session_limit"],
];

/** Audio without a rate has the one that is documented. */
function checkFormat(mimeType = ""): void {
  const rate = /rate=(\d+)/.exec(mimeType)?.[1];
  const isRaw = mimeType === "" || /^audio\/(pcm|l16)\b/i.test(mimeType);
  if (isRaw && (rate === undefined || Number(rate) === outputRate)) return;
  throw new PipelineError("internal", `Cannot use ${provider}: its audio is not raw at ${outputRate} Hz`);
}

/** A duration as protocol buffers write it in JSON (`9.5s`), in ms; 0 where it is none. */
function durationOf(text: string): number {
  const seconds = /^(\d+(?:\.\d+)?)s$/.exec(text)?.[1];
  return seconds === undefined ? 0 : Number(seconds) * 1000;
}
