import * as v from "valibot";
import { type ErrorKind, PipelineError } from "../../pipeline/error.ts";
import type { Glossary } from "../../pipeline/ports.ts";
import { parseReply } from "../net/provider_reply.ts";
import type { WireWord } from "../net/recognizer_wire.ts";

// https://github.com/deepgram/deepgram-api-specs, asyncapi.yml: /v1/listen; https://developers.deepgram.com/docs/live-streaming-audio.

const provider = "Deepgram";
/** Deepgram takes so many tokens of terms, which are parts of words (https://developers.deepgram.com/docs/keyterm). */
const termTokens = 500;
/** At the most a token for so many letters. */
const lettersPerToken = 2;

/** How Deepgram is reached. */
export interface DeepgramAccess {
  readonly key: string;
  /** Where its routes begin: `https://api.deepgram.com`. */
  readonly address: string;
}

/** What is to be recognised. */
export interface DeepgramSpeech {
  readonly model: string;
  /** As Deepgram calls it: a tag, or `multi`. */
  readonly language: string;
  /** Samples a second. */
  readonly rate: number;
  readonly glossary: Glossary;
  /** How much silence ends an utterance, in ms. */
  readonly silenceMs: number;
  /** How long after the last word it is over where noise hides the silence, in ms: at least 1000. */
  readonly wordlessMs: number;
}

/** The connection for a stream. What is not said here has bad defaults: an utterance would end after 10 ms of silence. */
export function connection(
  { key, address }: DeepgramAccess,
  { model, language, rate, glossary, silenceMs, wordlessMs }: DeepgramSpeech,
): { readonly url: string; readonly headers: Readonly<Record<string, string>> } {
  const query = new URLSearchParams({
    model,
    language,
    encoding: "linear16",
    sample_rate: String(rate),
    channels: "1",
    interim_results: "true",
    punctuate: "true",
    endpointing: String(silenceMs),
    utterance_end_ms: String(wordlessMs),
    vad_events: "true",
  });
  // Other models know no such terms.
  if (model.startsWith("nova-3")) { for (const term of termsOf(glossary)) query.append("keyterm", term); }
  const url = `${address.replace(/^http/, "ws")}/v1/listen?${query}`;
  return { url, headers: { authorization: `Token ${key}` } };
}

/** As many terms as Deepgram takes, in the glossary's order. */
function* termsOf(glossary: Glossary): Generator<string> {
  let tokens = 0;
  for (const term of Object.keys(glossary)) {
    if (term.trim() === "") continue;
    tokens += Math.ceil(term.length / lettersPerToken);
    if (tokens > termTokens) return;
    yield term;
  }
}

/** Keeps the stream open while there is no audio. A text: as bytes it would be audio. */
export const keepaliveMessage = JSON.stringify({ type: "KeepAlive" });
/** Makes everything final that was sent so far; that it is may be told. */
export const finalizeMessage = JSON.stringify({ type: "Finalize" });
/** Ends the audio: the rest becomes final, then a summary comes and the connection is closed. */
export const closeMessage = JSON.stringify({ type: "CloseStream" });

/** What a message says, as far as it is of interest. Times are those of the stream, in ms. */
export type DeepgramMessage =
  | { readonly type: "started"; readonly atMs: number }
  | DeepgramResult
  /** No word has come for a while. */
  | { readonly type: "utterance_end"; readonly lastWordMs: number }
  /** The stream is over. */
  | { readonly type: "metadata" };

/** What was said in a stretch of the stream. An utterance is made of several. */
export interface DeepgramResult {
  readonly type: "result";
  readonly words: readonly WireWord[];
  readonly fromMs: number;
  readonly toMs: number;
  /** Whether another result for the same stretch may come. */
  readonly final: boolean;
  /** Whether the utterance ends with it. */
  readonly speechFinal: boolean;
  readonly fromFinalize: boolean;
  /** As Deepgram calls it, the most frequent one. */
  readonly language: string | undefined;
}

const heard = v.object({ type: v.optional(v.string(), "") });
const results = v.object({
  start: v.number(),
  duration: v.number(),
  is_final: v.optional(v.boolean(), false),
  speech_final: v.optional(v.boolean(), false),
  from_finalize: v.optional(v.boolean(), false),
  channel: v.object({
    alternatives: v.array(v.object({
      languages: v.optional(v.nullable(v.array(v.string()))),
      words: v.array(v.object({
        word: v.string(),
        punctuated_word: v.optional(v.nullable(v.string())),
        start: v.number(),
        end: v.number(),
      })),
    })),
  }),
});
const started = v.object({ timestamp: v.number() });
const utteranceEnd = v.object({ last_word_end: v.number() });
const failure = v.object({ variant: v.optional(v.nullable(v.string())) });

/**
 * What a message says; nothing where its type is unknown or of no interest.
 *
 * @throws {PipelineError} when it is an error, or not as agreed.
 */
export function readMessage(message: string): DeepgramMessage | undefined {
  const reply = parse(message);
  switch (parseReply(heard, reply, provider).type) {
    case "Results":
      return resultOf(parseReply(results, reply, provider));
    case "SpeechStarted":
      return { type: "started", atMs: parseReply(started, reply, provider).timestamp * 1000 };
    case "UtteranceEnd":
      return {
        type: "utterance_end",
        lastWordMs: parseReply(utteranceEnd, reply, provider).last_word_end * 1000,
      };
    case "Metadata":
      return { type: "metadata" };
    case "Error": {
      const { variant } = parseReply(failure, reply, provider);
      const kind: ErrorKind = variant?.startsWith("DATA") ? "invalid_request" : "unavailable";
      throw new PipelineError(kind, `Cannot use ${provider}: it reports an error, ${kind}`);
    }
    default:
      return undefined;
  }
}

function resultOf(
  { start, duration, is_final, speech_final, from_finalize, channel }: v.InferOutput<typeof results>,
): DeepgramResult {
  const [best] = channel.alternatives;
  return {
    type: "result",
    words: (best?.words ?? []).map(({ word, punctuated_word, start, end }) => ({
      text: punctuated_word ?? word,
      startMs: start * 1000,
      endMs: end * 1000,
    })),
    fromMs: start * 1000,
    toMs: (start + duration) * 1000,
    final: is_final,
    speechFinal: speech_final,
    fromFinalize: from_finalize,
    language: best?.languages?.[0],
  };
}

/** What the close codes mean (https://developers.deepgram.com/docs/stt-troubleshooting-websocket-data-and-net-errors). */
export function closing(code: number): ErrorKind | undefined {
  // DATA-0000: what was sent is no audio. With 1011 it is NET-0000, Deepgram's own fault, or NET-0001, no audio for too long: both pass.
  return code === 1008 ? "invalid_request" : undefined;
}

function parse(message: string): unknown {
  try {
    return JSON.parse(message);
  } catch {
    throw new PipelineError("internal", `Cannot use ${provider}: its message is no JSON`);
  }
}
