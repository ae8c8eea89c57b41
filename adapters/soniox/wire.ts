import * as v from "valibot";
import type { Glossary } from "../../pipeline/ports.ts";
import { parseMessage } from "../net/json_message.ts";
import { parseReply } from "../net/provider_reply.ts";
import { errorOf, provider } from "./error.ts";
import type { Token } from "./token_words.ts";

// https://soniox.com/docs/stt/api-reference/websocket-api, and the types of npm @soniox/client 2.3.0.

/** How much context Soniox takes, in characters (https://soniox.com/docs/stt/concepts/context), with room for what else stands in it. */
const contextLimit = 8000;

/** How Soniox is reached. */
export interface SonioxAccess {
  readonly key: string;
  /** Where its routes begin: `https://stt-rt.soniox.com`, and `https://tts-rt.soniox.com` for speech. */
  readonly address: string;
}

/** What is to be recognised. */
export interface SonioxSpeech {
  readonly model: string;
  /** What may be spoken, as Soniox calls it: `en`, `zh`. */
  readonly languages: readonly string[];
  /** Samples a second. */
  readonly rate: number;
  readonly glossary: Glossary;
  /** What it is translated into, as Soniox calls it. */
  readonly target?: string | undefined;
  /** How readily an utterance ends, from -1 to 1. */
  readonly sensitivity: number;
  /** When it ends at the latest, in ms after the speech: 500 to 3000. */
  readonly endpointMs: number;
}

/** Soniox's code for a language. */
export function codeOf(language: string): string {
  const code = language.split("-", 1)[0]!;
  return { nb: "no", fil: "tl" }[code] ?? code;
}

/** The connection for a stream: the key in a header, since in the first message it is refused from 15 January 2027 on. */
export function connection(
  { key, address }: SonioxAccess,
): { readonly url: string; readonly headers: Readonly<Record<string, string>> } {
  const base = address.replace(/^http/, "ws");
  return { url: `${base}/transcribe-websocket`, headers: { authorization: `Bearer ${key}` } };
}

/** The first message, which says what is to be recognised. */
export function startMessage(speech: SonioxSpeech): string {
  const { model, languages, rate, glossary, target, sensitivity, endpointMs } = speech;
  return JSON.stringify({
    model,
    audio_format: "pcm_s16le",
    sample_rate: rate,
    num_channels: 1,
    language_hints: languages,
    language_hints_strict: true,
    ...(languages.length > 1 ? { enable_language_identification: true } : {}),
    enable_endpoint_detection: true,
    max_endpoint_delay_ms: endpointMs,
    ...(sensitivity === 0 ? {} : { endpoint_sensitivity: sensitivity }),
    ...contextOf(glossary, target !== undefined),
    ...(target === undefined ? {} : { translation: { type: "one_way", target_language: target } }),
  });
}

/** As many terms as Soniox takes, in the glossary's order. */
function contextOf(glossary: Glossary, translated: boolean): object {
  const terms: string[] = [];
  const translationTerms: object[] = [];
  let length = 0;
  for (const [source, target] of Object.entries(glossary)) {
    const entry = { source, target };
    // In the worst case the term stands there twice.
    length += JSON.stringify(source).length + (translated ? JSON.stringify(entry).length : 0) + 2;
    if (length > contextLimit) break;
    terms.push(source);
    if (translated) translationTerms.push(entry);
  }
  if (terms.length === 0) return {};
  return { context: { terms, ...(translated ? { translation_terms: translationTerms } : {}) } };
}

/** Makes everything final that was sent so far; a token `<fin>` says that it is. */
export const finalizeMessage = JSON.stringify({ type: "finalize" });
/** Keeps the stream open while there is no audio. */
export const keepaliveMessage = JSON.stringify({ type: "keepalive" });
/** Ends the audio: the rest becomes final, `finished` says so, and the connection is closed. */
export const endMessage = "";

/** What a message says. Final tokens are new, those that are not replace those of the message before. */
export interface SonioxResult {
  /** What was said, up to the marks and from them on. */
  readonly parts: readonly SonioxPart[];
  readonly translation: { readonly append: string; readonly tentative: string };
  /** How far Soniox has listened, in ms of the stream. */
  readonly heardToMs: number;
  readonly finished: boolean;
}

/** Tokens of one utterance, and why it is over where it is. */
export interface SonioxPart {
  readonly tokens: readonly (Token & { readonly language: string | undefined })[];
  readonly end: "ended" | "finalized" | undefined;
}

const token = v.object({
  text: v.string(),
  start_ms: v.optional(v.nullable(v.number())),
  end_ms: v.optional(v.nullable(v.number())),
  is_final: v.boolean(),
  language: v.optional(v.nullable(v.string())),
  translation_status: v.optional(v.nullable(v.string())),
});
const result = v.object({
  tokens: v.optional(v.array(token), []),
  total_audio_proc_ms: v.optional(v.number(), 0),
  finished: v.optional(v.boolean(), false),
});
const failure = v.object({ error_code: v.union([v.number(), v.string()]) });

/** The marks among the tokens; they are no text. */
const marks: ReadonlyMap<string, SonioxPart["end"]> = new Map([["<end>", "ended"], [
  "<fin>",
  "finalized",
]]);

/**
 * What a message says.
 *
 * @throws {PipelineError} when it is an error, or not as agreed.
 */
export function readMessage(message: string): SonioxResult {
  const reply = parseMessage(message, provider);
  const failed = v.safeParse(failure, reply);
  if (failed.success) throw errorOf(Number(failed.output.error_code));
  const { tokens, total_audio_proc_ms: heardToMs, finished } = parseReply(result, reply, provider);
  const parts: SonioxPart[] = [];
  const translation = { append: "", tentative: "" };
  let part: SonioxPart["tokens"][number][] = [];
  for (const { text, start_ms, end_ms, is_final: final, language, translation_status: status } of tokens) {
    const end = marks.get(text);
    if (end) {
      parts.push({ tokens: part, end });
      part = [];
    } else if (status === "translation") {
      translation[final ? "append" : "tentative"] += text;
    } else if (text !== "") {
      part.push({
        text,
        final,
        language: language ?? undefined,
        ...(typeof start_ms === "number" ? { startMs: start_ms } : {}),
        ...(typeof end_ms === "number" ? { endMs: end_ms } : {}),
      });
    }
  }
  parts.push({ tokens: part, end: undefined });
  return { parts, translation, heardToMs, finished };
}
