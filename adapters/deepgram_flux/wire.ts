import * as v from "valibot";
import { type ErrorKind, PipelineError } from "../../pipeline/error.ts";
import type { Glossary, Word } from "../../pipeline/ports.ts";
import { parseReply } from "../net/provider_reply.ts";
import { estimatedWords } from "../net/transcript_words.ts";

// https://github.com/deepgram/deepgram-api-specs, asyncapi.yml: /v2/listen, https://developers.deepgram.com/docs/flux, and for `ForceEndTurn`
// the types of npm @deepgram/sdk 5.13.0.

const provider = "Deepgram Flux";
/** How many terms Flux takes (https://developers.deepgram.com/docs/keyterm). */
const termLimit = 100;

/** How Flux is reached. */
export interface FluxAccess {
  readonly key: string;
  /** Where Deepgram's routes begin: `https://api.deepgram.com`. */
  readonly address: string;
}

/** What is to be recognised. */
export interface FluxSpeech {
  readonly model: string;
  /** What may be spoken, as Deepgram calls it; none for a model of one language. */
  readonly hints: readonly string[];
  /** Samples a second. */
  readonly rate: number;
  readonly glossary: Glossary;
  /** How sure Flux has to be that a turn is over: 0.5 to 1. */
  readonly threshold: number;
  /** After how much silence a turn is over anyway, in ms. */
  readonly timeoutMs: number;
}

/** The connection for a stream. */
export function connection(
  { key, address }: FluxAccess,
  { model, hints, rate, glossary, threshold, timeoutMs }: FluxSpeech,
): { readonly url: string; readonly headers: Readonly<Record<string, string>> } {
  const query = new URLSearchParams({
    model,
    encoding: "linear16",
    sample_rate: String(rate),
    eot_threshold: String(threshold),
    eot_timeout_ms: String(timeoutMs),
  });
  for (const hint of hints) query.append("language_hint", hint);
  const terms = Object.keys(glossary).filter((term) => term.trim() !== "" && !/[,;\n\r]/.test(term));
  for (const term of terms.slice(0, termLimit)) query.append("keyterm", term);
  const base = address.replace(/^http/, "ws");
  return { url: `${base}/v2/listen?${query}`, headers: { authorization: `Token ${key}` } };
}

/** Ends the turn, if there is one; else nothing comes of it. */
export const forceMessage = JSON.stringify({ type: "ForceEndTurn" });
/** Ends the stream: what was heard comes as an update, no turn ends. */
export const closeMessage = JSON.stringify({ type: "CloseStream" });

/** How a turn stands. */
export interface Turn {
  readonly index: number;
  /** All that was said in the turn so far; replaces what was there before. */
  readonly words: readonly Word[];
  readonly state: "started" | "updated" | "ended";
  /** Whether it has ended because it was told to. */
  readonly forced: boolean;
  /** How far Flux has listened, in ms of the stream. */
  readonly heardToMs: number;
  /** Detected, the most frequent one first; as Deepgram calls them. */
  readonly languages: readonly string[];
}

const turnInfo = v.object({
  event: v.string(),
  turn_index: v.number(),
  audio_window_start: v.number(),
  audio_window_end: v.number(),
  transcript: v.string(),
  trigger: v.optional(v.nullable(v.string())),
  words: v.custom<readonly unknown[]>(Array.isArray),
  languages: v.optional(v.nullable(v.array(v.string()))),
});
const turnWord = v.object({
  word: v.string(),
  start: v.optional(v.nullable(v.number())),
  end: v.optional(v.nullable(v.number())),
});
const heard = v.object({ type: v.string(), code: v.optional(v.nullable(v.string())) });

/**
 * What a message says about a turn; `undefined` when it says something else.
 *
 * @param known the words of the message before: those that are said again, which are most of them, are taken as they are.
 * @throws {PipelineError} when it is an error, or not as agreed.
 */
export function readMessage(message: string, known: readonly Word[] = []): Turn | undefined {
  const reply = parse(message);
  const { type, code } = parseReply(heard, reply, provider);
  if (type === "Error") {
    const kind = kinds[code ?? ""] ?? "unavailable";
    throw new PipelineError(kind, `Cannot use ${provider}: it reports an error, ${kind}`);
  }
  if (type !== "TurnInfo") return undefined;
  const info = parseReply(turnInfo, reply, provider);
  return {
    index: info.turn_index,
    words: wordsOf(info, known),
    // An early end of a turn is one more update: it may be taken back.
    state: info.event === "EndOfTurn" ? "ended" : info.event === "StartOfTurn" ? "started" : "updated",
    forced: info.event === "EndOfTurn" && info.trigger === "manual",
    heardToMs: info.audio_window_end * 1000,
    languages: info.languages ?? [],
  };
}

/** What Flux calls its errors. */
const kinds: Readonly<Record<string, ErrorKind>> = {
  UNPARSABLE_CLIENT_MESSAGE: "invalid_request",
};

/** The words with their times, which older deployments leave out. */
function wordsOf(
  { words, transcript, ...info }: v.InferOutput<typeof turnInfo>,
  known: readonly Word[],
): readonly Word[] {
  const timed: Word[] = [];
  for (const said of words) {
    const before = known[timed.length];
    if (before && saysAgain(said, before)) {
      timed.push(before);
      continue;
    }
    const { word, start, end } = parseReply(turnWord, said, provider);
    if (typeof start !== "number" || typeof end !== "number") {
      const span = { startMs: info.audio_window_start * 1000, endMs: info.audio_window_end * 1000 };
      return estimatedWords(transcript, span);
    }
    const span = { startMs: start * 1000, endMs: end * 1000 };
    if (/^\S+$/.test(word)) timed.push({ text: word, ...span, timing: "measured" });
    else timed.push(...estimatedWords(word, span));
  }
  return timed;
}

function saysAgain(said: unknown, { text, startMs, endMs, timing }: Word): boolean {
  if (typeof said !== "object" || said === null || timing !== "measured") return false;
  const { word, start, end } = said as Readonly<Record<string, unknown>>;
  return word === text && typeof start === "number" && start * 1000 === startMs &&
    typeof end === "number" && end * 1000 === endMs;
}

function parse(message: string): unknown {
  try {
    return JSON.parse(message);
  } catch {
    throw new PipelineError("internal", `Cannot use ${provider}: its message is no JSON`);
  }
}
