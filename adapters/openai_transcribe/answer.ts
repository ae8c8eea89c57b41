import * as v from "valibot";
import { PipelineError } from "../../pipeline/error.ts";
import { serverSentEvents } from "../net/event_stream.ts";
import { readJson } from "../net/http.ts";
import { kindOfError } from "../net/openai_error.ts";
import { parseReply } from "../net/provider_reply.ts";
import type { TimedPiece } from "../net/transcript_words.ts";

// https://github.com/openai/openai-openapi: CreateTranscriptionResponseJson, …VerboseJson, …StreamEvent.

/** The longest transcript, in UTF-16 units; half a minute of speech has a tenth of it. */
const textLimit = 10_000;

/** What an answer says, as it comes: text to be appended, then the whole. */
export type TranscribeEvent =
  | { readonly type: "append"; readonly text: string }
  | Transcript;

/** A whole answer. */
export interface Transcript {
  readonly type: "transcript";
  readonly text: string;
  /** The times of its pieces, counted from the beginning of the file; `exact` when no piece is longer than a word. */
  readonly pieces?: { readonly exact: boolean; readonly timed: readonly TimedPiece[] };
  /** What was spoken, as a tag or by its English name. */
  readonly language?: string;
  readonly tokens?: number;
}

/**
 * Reads an answer in whichever form it comes: some servers and models send everything at once when they are asked for a stream. What was appended is
 * the beginning of the transcript, whatever the end of the stream says.
 *
 * @throws {PipelineError} `internal` when it is not as agreed, `unavailable` when it is cut short, or what an error in it means.
 */
export async function* readAnswer(
  body: AsyncIterable<Uint8Array>,
  provider: string,
): AsyncGenerator<TranscribeEvent> {
  const { isJson, whole } = await lookAhead(body);
  if (isJson) yield readTranscript(await readJson(whole, provider), provider);
  else yield* readStream(whole, provider);
}

const piece = v.object({ start: v.number(), end: v.number() });
const usage = v.optional(v.nullable(v.object({ total_tokens: v.optional(v.nullable(v.number())) })));
const detected = v.optional(v.nullable(v.array(v.object({ code: v.string() }))));
const transcript = v.object({
  text: v.string(),
  language: v.optional(v.nullable(v.string())),
  languages: detected,
  words: v.optional(v.nullable(v.array(v.object({ word: v.string(), ...piece.entries })))),
  segments: v.optional(v.nullable(v.array(v.object({
    text: v.string(),
    start: v.optional(v.number()),
    end: v.optional(v.number()),
    words: v.optional(v.nullable(v.array(v.object({
      word: v.string(),
      start: v.optional(v.number()),
      end: v.optional(v.number()),
    })))),
  })))),
  usage,
});

function readTranscript(reply: unknown, provider: string): Transcript {
  const { text, language, languages, words, segments, usage } = parseReply(transcript, reply, provider);
  checkLength(text, provider);
  const exact = words ?? segments?.flatMap((segment) => segment.words ?? []) ?? [];
  const timed = timedPieces(exact.map(({ word, start, end }) => ({ text: word, start, end }))) ??
    timedPieces(segments ?? []);
  return {
    type: "transcript",
    text,
    ...timed && { pieces: { exact: exact.length > 0, timed } },
    ...languageOf(language, languages),
    ...tokensOf(usage),
  };
}

/** `undefined` where there are none, or one has no times. */
function timedPieces(
  pieces: readonly {
    readonly text: string;
    readonly start?: number | undefined;
    readonly end?: number | undefined;
  }[],
): TimedPiece[] | undefined {
  const timed = pieces.flatMap(({ text, start, end }) =>
    start === undefined || end === undefined ? [] : [{ text, startMs: 1000 * start, endMs: 1000 * end }]
  );
  return timed.length > 0 && timed.length === pieces.length ? timed : undefined;
}

const streamed = v.object({
  type: v.optional(v.string()),
  delta: v.optional(v.string()),
  text: v.optional(v.string()),
  languages: detected,
  usage,
  error: v.optional(v.unknown()),
});

async function* readStream(
  body: AsyncIterable<Uint8Array>,
  provider: string,
): AsyncGenerator<TranscribeEvent> {
  let heard = "";
  const append = function* (text: string): Generator<TranscribeEvent> {
    heard += text;
    checkLength(heard, provider);
    if (text !== "") yield { type: "append", text };
  };
  let isUntyped = false;
  for await (const { data } of serverSentEvents(body, provider)) {
    if (data === "[DONE]") break;
    const event = parseReply(streamed, parsed(data, provider), provider);
    if (event.error !== undefined && event.error !== null) {
      const kind = kindOfError({ error: event.error }) ?? "unavailable";
      throw new PipelineError(kind, `Cannot use ${provider}: it broke its answer off, ${kind}`);
    }
    if (event.type === "transcript.text.delta") yield* append(event.delta ?? "");
    // Older servers send a segment an event, without a type, and nothing at the end.
    else if (event.type === undefined && event.text !== undefined) {
      isUntyped = true;
      yield* append(heard === "" ? event.text : ` ${event.text}`);
    } else if (event.type === "transcript.text.done") {
      checkLength(event.text ?? "", provider);
      return yield {
        type: "transcript",
        text: wholeText(heard, event.text ?? ""),
        ...languageOf(undefined, event.languages),
        ...tokensOf(event.usage),
      };
    }
  }
  if (!isUntyped) {
    throw new PipelineError("unavailable", `Cannot use ${provider}: its answer was cut short`);
  }
  yield { type: "transcript", text: heard };
}

/** What was appended stays: some servers end a stream with an empty text. */
function wholeText(heard: string, done: string): string {
  return done.trim().startsWith(heard.trim()) ? done : heard;
}

function languageOf(
  language: string | null | undefined,
  languages: readonly { readonly code: string }[] | null | undefined,
): { readonly language?: string } {
  const found = languages?.[0]?.code ?? language;
  return found ? { language: found } : {};
}

function tokensOf(
  usage: { total_tokens?: number | null | undefined } | null | undefined,
): { tokens?: number } {
  const tokens = usage?.total_tokens;
  return typeof tokens === "number" && tokens >= 0 ? { tokens } : {};
}

function checkLength(text: string, provider: string): void {
  if (text.length <= textLimit) return;
  const message = `Cannot use ${provider}: a transcript has more than ${textLimit} characters`;
  throw new PipelineError("internal", message);
}

function parsed(data: string, provider: string): unknown {
  try {
    return JSON.parse(data);
  } catch {
    throw new PipelineError("internal", `Cannot use ${provider}: an event is no JSON`);
  }
}

/** Whether a body is JSON, rather than a stream of events, by its first character; and the body, as if nobody had looked. */
async function lookAhead(
  body: AsyncIterable<Uint8Array>,
): Promise<{ readonly isJson: boolean; readonly whole: AsyncIterable<Uint8Array> }> {
  const rest = body[Symbol.asyncIterator]();
  const seen: Uint8Array[] = [];
  let first: number | undefined;
  while (first === undefined) {
    const { value, done } = await rest.next();
    if (done) break;
    seen.push(value);
    first = value.find((byte) => byte > 0x20);
  }
  return {
    isJson: first === 0x7b,
    whole: (async function* () {
      try {
        yield* seen;
        yield* { [Symbol.asyncIterator]: () => rest };
      } finally {
        await rest.return?.();
      }
    })(),
  };
}
