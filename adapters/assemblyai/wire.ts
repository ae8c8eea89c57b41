import * as v from "valibot";
import { type ErrorKind, PipelineError } from "../../pipeline/error.ts";
import type { Glossary, Word } from "../../pipeline/ports.ts";
import { parseReply } from "../net/provider_reply.ts";

// https://assemblyai.com/docs/streaming/api-spec/streaming-websocket, …/message-sequence, …/common-session-errors-and-closures, and the types of
// npm assemblyai 4.41.5.

const provider = "AssemblyAI";

/** How AssemblyAI is reached. */
export interface AssemblyAiAccess {
  readonly key: string;
  /** Where its routes begin: `https://streaming.assemblyai.com`. */
  readonly address: string;
}

/** What is to be recognised. */
export interface AssemblyAiSpeech {
  readonly model: string;
  /** Samples a second. */
  readonly rate: number;
  /** What may be spoken, as AssemblyAI calls it: `en`, `pt`. */
  readonly languages: readonly string[];
  /** Whether a turn that has ended is given once more, with punctuation and capitals. */
  readonly formatted: boolean;
  /** How much silence ends a turn where its end is likely, in ms, and how much where it is not. */
  readonly silenceMs: number;
  readonly longestSilenceMs: number;
  readonly glossary: Glossary;
}

/** AssemblyAI takes so many terms, of so many characters each (https://assemblyai.com/docs/streaming/keyterms-prompting). */
const termsLimit = 100;
const termLimit = 50;

/** AssemblyAI's code for a language: the two letters of ISO 639-1. */
export function codeOf(language: string): string {
  return language.split("-", 1)[0]!;
}

/** The connection for a session. The key stands in its header without a scheme before it. */
export function connection(
  { key, address }: AssemblyAiAccess,
  { model, rate, languages, formatted, silenceMs, longestSilenceMs, glossary }: AssemblyAiSpeech,
): { readonly url: string; readonly headers: Readonly<Record<string, string>> } {
  const terms = Object.keys(glossary).filter((term) => term.length <= termLimit).slice(0, termsLimit);
  const query = new URLSearchParams({
    sample_rate: String(rate),
    encoding: "pcm_s16le",
    speech_model: model,
    format_turns: String(formatted),
    min_turn_silence: String(silenceMs),
    max_turn_silence: String(longestSilenceMs),
    ...(languages.length > 1 ? { language_detection: "true" } : {}),
    ...(terms.length > 0 ? { keyterms_prompt: JSON.stringify(terms) } : {}),
  });
  return { url: `${address.replace(/^http/, "ws")}/v3/ws?${query}`, headers: { authorization: key } };
}

/** Ends the turn that is being spoken; not answered while nobody speaks. */
export const forceEndpointMessage = JSON.stringify({ type: "ForceEndpoint" });
/** Ends the session, which is charged for until this is said. */
export const terminateMessage = JSON.stringify({ type: "Terminate" });

/** What a message says, as far as it is of interest. */
export type AssemblyAiMessage =
  | { readonly type: "begin" }
  | { readonly type: "speech"; readonly atMs: number }
  | AssemblyAiTurn
  /** The session is over; `audioMs` is what was heard, `sessionMs` what is charged for. */
  | { readonly type: "termination"; readonly audioMs: number; readonly sessionMs: number }
  | { readonly type: "error"; readonly error: PipelineError };

/** What was said in a turn so far. */
export interface AssemblyAiTurn {
  readonly type: "turn";
  /** Turns are counted; each may be told of many times, and after it has ended, too. */
  readonly turn: number;
  readonly words: readonly Word[];
  /** The first so many words stay as they are until the turn has ended. */
  readonly stable: number;
  readonly ended: boolean;
  readonly formatted: boolean;
  readonly language: string | undefined;
}

const heard = v.object({ type: v.optional(v.string(), "") });
const speech = v.object({ timestamp: v.number() });
const turn = v.object({
  turn_order: v.number(),
  turn_is_formatted: v.optional(v.boolean(), false),
  end_of_turn: v.boolean(),
  words: v.optional(v.custom<readonly unknown[]>(Array.isArray), []),
  language_code: v.optional(v.nullable(v.string())),
});
const turnWord = v.object({
  text: v.string(),
  start: v.number(),
  end: v.number(),
  word_is_final: v.optional(v.boolean(), true),
});
const termination = v.object({
  audio_duration_seconds: v.optional(v.number(), 0),
  session_duration_seconds: v.optional(v.number(), 0),
});
const failure = v.object({ error_code: v.optional(v.number(), 0), error: v.optional(v.string(), "") });

/**
 * What a message says; nothing where its type is unknown or of no interest. Times are those of the session.
 *
 * @param known the words of the turn as they were told last: those that are said again, which are most of them, are taken as they are.
 */
export function readMessage(message: string, known: readonly Word[] = []): AssemblyAiMessage | undefined {
  const reply = parse(message);
  const { type } = parseReply(heard, reply, provider);
  switch (type) {
    case "Begin":
      return { type: "begin" };
    case "SpeechStarted":
      return { type: "speech", atMs: parseReply(speech, reply, provider).timestamp };
    case "Turn":
      return turnOf(parseReply(turn, reply, provider), known);
    case "Termination": {
      const { audio_duration_seconds, session_duration_seconds } = parseReply(termination, reply, provider);
      return {
        type: "termination",
        audioMs: audio_duration_seconds * 1000,
        sessionMs: session_duration_seconds * 1000,
      };
    }
    case "Error": {
      const { error_code, error } = parseReply(failure, reply, provider);
      const kind = closing(error_code, error) ?? "unavailable";
      const message = `Cannot use ${provider}: it reports an error, ${kind} (${error_code})`;
      return { type: "error", error: new PipelineError(kind, message) };
    }
    default:
      return undefined;
  }
}

function turnOf(
  { turn_order, turn_is_formatted, end_of_turn, words: said, language_code }: v.InferOutput<typeof turn>,
  known: readonly Word[],
): AssemblyAiTurn {
  const words: Word[] = [];
  let stable: number | undefined;
  for (const one of said) {
    const before = known[words.length];
    const isKnown = before !== undefined && saysAgain(one, before);
    const { text, start, end, word_is_final } = isKnown ? one : parseReply(turnWord, one, provider);
    if (text.trim() === "") continue;
    if (word_is_final === false) stable ??= words.length;
    words.push(isKnown ? before : { text: text.trim(), startMs: start, endMs: end, timing: "measured" });
  }
  return {
    type: "turn",
    turn: turn_order,
    words,
    stable: stable ?? words.length,
    ended: end_of_turn,
    formatted: turn_is_formatted,
    language: language_code ?? undefined,
  };
}

interface SaidAgain {
  readonly text: string;
  readonly start: number;
  readonly end: number;
  readonly word_is_final?: boolean;
}

function saysAgain(said: unknown, { text, startMs, endMs }: Word): said is SaidAgain {
  if (typeof said !== "object" || said === null) return false;
  const word = said as Readonly<Record<keyof SaidAgain, unknown>>;
  return word.text === text && word.start === startMs && word.end === endMs &&
    (word.word_is_final === undefined || typeof word.word_is_final === "boolean");
}

/** What a code and its reason mean, of a close or of an error, which is told before the close. */
export function closing(code: number, reason: string): ErrorKind | undefined {
  if (code === 1008) {
    if (/concurrent/i.test(reason)) return "concurrency";
    if (/balance|fund/i.test(reason)) return "quota_exhausted";
    return /too many/i.test(reason) ? "rate_limited" : "unauthenticated";
  }
  return kinds[code];
}

const kinds: Readonly<Record<number, ErrorKind>> = {
  3006: "invalid_request",
  3007: "invalid_request",
  3008: "session_limit",
  3009: "concurrency",
  4000: "invalid_request",
  4001: "unauthenticated",
  4002: "quota_exhausted",
  4003: "quota_exhausted",
  4008: "session_limit",
  4029: "rate_limited",
  4031: "session_limit",
  4101: "invalid_request",
  4102: "concurrency",
};

function parse(message: string): unknown {
  try {
    return JSON.parse(message);
  } catch {
    throw new PipelineError("internal", `Cannot use ${provider}: its message is no JSON`);
  }
}
