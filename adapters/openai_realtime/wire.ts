import * as v from "valibot";
import { type ErrorKind, PipelineError } from "../../pipeline/error.ts";
import type { LanguageTag } from "../../pipeline/language.ts";
import type { Glossary } from "../../pipeline/ports.ts";
import { encodeBase64 } from "../net/base64.ts";
import { kindOfError } from "../net/openai_error.ts";
import { parseReply } from "../net/provider_reply.ts";

// https://github.com/openai/openai-openapi: RealtimeTranscriptionSessionCreateRequestGA, RealtimeClientEvent…, RealtimeServerEvent….

/** What the provider is called in messages. */
export const provider = "OpenAI's realtime transcription";

/** The only rate of its PCM, in samples a second. */
export const realtimeRate = 24_000;

/** `ga` is OpenAI's; `beta` is what OpenAI's was before and that of speaches is: a flat session, whose turns the server alone decides on. */
export type RealtimeDialect = "ga" | "beta";

/** How a server is reached. */
export interface RealtimeAccess {
  /** Where its routes begin: `https://api.openai.com/v1`. */
  readonly address: string;
  /** Empty where the server wants none. */
  readonly key: string;
  readonly dialect: RealtimeDialect;
}

/** What is to be recognised. */
export interface RealtimeSpeech {
  readonly model: string;
  /** What may be spoken. */
  readonly languages: readonly LanguageTag[];
  readonly glossary: Glossary;
  /** How long a silence ends an utterance, in ms; `undefined` where we say when one ends. */
  readonly silenceMs: number | undefined;
  readonly delay: RealtimeDelay;
}

/** How long a model that writes while it listens waits for a word to become clear: longer is more accurate. */
export type RealtimeDelay = "minimal" | "low" | "medium" | "high" | "xhigh";

/** How much of a glossary goes along. */
const keywordLimit = 50;
const promptLimit = 600;

/** Where a session is opened, and with what. */
export function connection(
  { address, key, dialect }: RealtimeAccess,
  model: string,
): { readonly url: string; readonly headers: Readonly<Record<string, string>> } {
  const query = new URLSearchParams({ ...(dialect === "beta" ? { model } : {}), intent: "transcription" });
  return {
    url: `${address.replace(/^http/, "ws")}/realtime?${query}`,
    headers: key === "" ? {} : { authorization: `Bearer ${key}` },
  };
}

/** The message that says how the session is to be. */
export function updateMessage(dialect: RealtimeDialect, speech: RealtimeSpeech): string {
  const { model, languages, silenceMs } = speech;
  const [only, ...others] = languages.map(codeOf);
  const language = only !== undefined && others.length === 0 ? { language: only } : {};
  if (dialect === "beta") {
    // More than this it takes for a mistake.
    return message("session.update", { session: { input_audio_transcription: { model, ...language } } });
  }
  const input = {
    format: { type: "audio/pcm", rate: realtimeRate },
    transcription: { model, ...language, ...hintsOf(speech) },
    turn_detection: silenceMs === undefined ? null : { type: "server_vad", silence_duration_ms: silenceMs },
  };
  return message("session.update", { session: { type: "transcription", audio: { input } } });
}

/** A message of audio. The text around it has a fixed form: no JSON is made on the path of audio. */
export function appendMessage(bytes: Uint8Array): string {
  return `{"type":"input_audio_buffer.append","audio":"${encodeBase64(bytes)}"}`;
}

/** Ends the utterance here; an error where there is no audio in it. */
export const commitMessage = message("input_audio_buffer.commit");

/** Forgets the audio since the last commit: right after one it changes nothing, and its answer says that the commit was taken. */
export const clearMessage = message("input_audio_buffer.clear");

/** What a message says, as far as it is of interest. Times are those of all audio of the session, in ms. */
export type RealtimeMessage =
  | { readonly type: "updated" | "cleared" }
  | { readonly type: "started"; readonly item: string; readonly atMs: number }
  | { readonly type: "stopped"; readonly item: string; readonly atMs: number }
  | { readonly type: "committed"; readonly item: string; readonly after: string | undefined }
  | { readonly type: "delta"; readonly item: string; readonly text: string }
  | {
    readonly type: "completed";
    readonly item: string;
    readonly text: string;
    readonly language: string | undefined;
    readonly usage: { readonly tokens: number } | { readonly audioMs: number } | undefined;
  }
  /** The transcription of an item failed, or the session: `item` is absent then. */
  | { readonly type: "failed"; readonly kind: ErrorKind; readonly item?: string };

const transcription = "conversation.item.input_audio_transcription";
const envelope = v.object({ type: v.string() });
const item = { item_id: v.string() };
const messages = {
  started: v.object({ ...item, audio_start_ms: v.number() }),
  stopped: v.object({ ...item, audio_end_ms: v.number() }),
  committed: v.object({ ...item, previous_item_id: v.optional(v.nullable(v.string())) }),
  delta: v.object({ ...item, delta: v.optional(v.string(), "") }),
  completed: v.object({
    ...item,
    transcript: v.string(),
    languages: v.optional(v.nullable(v.array(v.object({ code: v.string() })))),
    usage: v.optional(v.nullable(v.object({
      total_tokens: v.optional(v.nullable(v.number())),
      seconds: v.optional(v.nullable(v.number())),
    }))),
  }),
  failed: v.object(item),
  coded: v.object({ error: v.object({ code: v.string() }) }),
};

/**
 * What a message says; `undefined` where its type is unknown or of no interest.
 *
 * @throws {PipelineError} `internal` when it is not as agreed.
 */
export function readMessage(data: string | Uint8Array): RealtimeMessage | undefined {
  // Nothing is said in binary.
  if (typeof data !== "string") return undefined;
  const reply = parse(data);
  switch (parseReply(envelope, reply, provider).type) {
    case "session.updated":
    case "transcription_session.updated":
      return { type: "updated" };
    case "input_audio_buffer.cleared":
      return { type: "cleared" };
    case "input_audio_buffer.speech_started": {
      const { item_id, audio_start_ms } = parseReply(messages.started, reply, provider);
      return { type: "started", item: item_id, atMs: audio_start_ms };
    }
    case "input_audio_buffer.speech_stopped": {
      const { item_id, audio_end_ms } = parseReply(messages.stopped, reply, provider);
      return { type: "stopped", item: item_id, atMs: audio_end_ms };
    }
    case "input_audio_buffer.committed": {
      const { item_id, previous_item_id } = parseReply(messages.committed, reply, provider);
      return { type: "committed", item: item_id, after: previous_item_id ?? undefined };
    }
    case `${transcription}.delta`: {
      const { item_id, delta } = parseReply(messages.delta, reply, provider);
      return { type: "delta", item: item_id, text: delta };
    }
    case `${transcription}.completed`: {
      const { item_id, transcript, languages, usage } = parseReply(messages.completed, reply, provider);
      return {
        type: "completed",
        item: item_id,
        text: transcript,
        language: languages?.[0]?.code,
        usage: usageOf(usage?.total_tokens, usage?.seconds),
      };
    }
    case `${transcription}.failed`: {
      const { item_id } = parseReply(messages.failed, reply, provider);
      return { type: "failed", item: item_id, kind: kindOfError(reply) ?? "unavailable" };
    }
    case "error":
      return { type: "failed", kind: kindOfSessionError(reply) };
    default:
      return undefined;
  }
}

/** What an error of a kind says. */
export function failure(kind: ErrorKind): PipelineError {
  return new PipelineError(kind, `Cannot use ${provider}: it reports an error, ${kind}`);
}

function kindOfSessionError(reply: unknown): ErrorKind {
  const result = v.safeParse(messages.coded, reply);
  if (result.success && result.output.error.code === "session_expired") return "session_limit";
  return kindOfError(reply) ?? "unavailable";
}

function usageOf(tokens: number | null | undefined, seconds: number | null | undefined) {
  if (typeof tokens === "number" && tokens >= 0) return { tokens };
  if (typeof seconds === "number" && seconds >= 0) return { audioMs: Math.round(seconds * 1000) };
  return undefined;
}

/** How terms and several languages are told depends on the model. */
function hintsOf({ model, languages, glossary, delay }: RealtimeSpeech): Record<string, unknown> {
  const terms = Object.keys(glossary).filter((term) => term.trim() !== "");
  if (/^gpt-(live-)?transcribe/.test(model)) {
    return {
      ...(languages.length > 1 ? { languages: [...new Set(languages.map(codeOf))] } : {}),
      ...(terms.length > 0 ? { keywords: terms.slice(0, keywordLimit) } : {}),
    };
  }
  if (wantsTurns(model)) return { delay };
  const prompt = terms.join(", ").slice(0, promptLimit);
  return prompt === "" ? {} : { prompt };
}

/** Whether a model writes while it listens, and leaves it to us to say where utterances end; such a one takes no prompt either. */
export function wantsTurns(model: string): boolean {
  return model.startsWith("gpt-realtime-whisper");
}

function codeOf(language: LanguageTag): string {
  const code = new Intl.Locale(language).language;
  return { nb: "no", fil: "tl" }[code] ?? code;
}

function message(type: string, more: Readonly<Record<string, unknown>> = {}): string {
  return JSON.stringify({ type, ...more });
}

function parse(data: string): unknown {
  try {
    return JSON.parse(data);
  } catch {
    throw new PipelineError("internal", `Cannot use ${provider}: its message is no JSON`);
  }
}
