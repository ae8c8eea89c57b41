import * as v from "valibot";
import { PipelineError } from "../../pipeline/error.ts";
import type { HttpRequest } from "../net/http.ts";
import { kindOfError } from "../net/openai_error.ts";
import { parseReply } from "../net/provider_reply.ts";
import type { ChatMessage } from "./prompt.ts";

// https://github.com/openai/openai-openapi: POST /chat/completions, GET /models.

/** How a server is reached. */
export interface ChatAccess {
  /** Where its routes begin: `https://api.openai.com/v1`. */
  readonly address: string;
  /** Empty where the server wants none. */
  readonly key: string;
}

/** What is asked of the model. */
export interface ChatOptions {
  readonly model: string;
  /**
   * `compatible` is what every server takes: `max_tokens`, and `temperature` 0. `openai` is for OpenAI's models that think, which take neither:
   * `max_completion_tokens`, and as little thinking as there is.
   */
  readonly dialect: "compatible" | "openai";
  /** The most tokens that an answer may have. */
  readonly tokens: number;
}

/** The request that has a chat continued, as a stream. */
export function chatRequest(
  access: ChatAccess,
  { model, dialect, tokens }: ChatOptions,
  messages: readonly ChatMessage[],
): HttpRequest {
  const manner = dialect === "compatible"
    ? { temperature: 0, max_tokens: tokens }
    : { reasoning_effort: "minimal", max_completion_tokens: tokens };
  return {
    method: "POST",
    url: `${access.address}/chat/completions`,
    headers: { ...headersOf(access), "content-type": "application/json", accept: "text/event-stream" },
    body: JSON.stringify({
      model,
      messages,
      stream: true,
      stream_options: { include_usage: true },
      ...manner,
    }),
  };
}

/** The request that shows whether the server is there and takes the key. */
export function modelsRequest(access: ChatAccess): HttpRequest {
  return { method: "GET", url: `${access.address}/models`, headers: headersOf(access) };
}

/** What one event of the stream says. */
export type ChatEvent =
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "finish"; readonly reason: string }
  | { readonly type: "tokens"; readonly tokens: number };

const chunk = v.object({
  choices: v.optional(v.nullable(v.array(v.object({
    delta: v.optional(v.nullable(v.object({ content: v.optional(v.nullable(v.string())) }))),
    finish_reason: v.optional(v.nullable(v.string())),
  })))),
  usage: v.optional(v.nullable(v.object({ total_tokens: v.optional(v.number()) }))),
  error: v.optional(v.unknown()),
});

/**
 * Reads the data of one event. What the model thinks (`reasoning_content`) is left out.
 *
 * @throws {PipelineError} when it is an error, which may come at any place of a stream, or is not as agreed.
 */
export function readChunk(data: string, provider: string): readonly ChatEvent[] {
  const { choices, usage, error } = parseReply(chunk, parse(data, provider), provider);
  if (error !== undefined && error !== null) {
    const kind = kindOfError({ error }) ?? "unavailable";
    throw new PipelineError(kind, `Cannot use ${provider}: it broke off its answer with an error, ${kind}`);
  }
  const events: ChatEvent[] = [];
  const [choice] = choices ?? [];
  if (choice?.delta?.content) events.push({ type: "text", text: choice.delta.content });
  if (choice?.finish_reason) events.push({ type: "finish", reason: choice.finish_reason });
  if (usage?.total_tokens !== undefined) events.push({ type: "tokens", tokens: usage.total_tokens });
  return events;
}

function parse(data: string, provider: string): unknown {
  try {
    return JSON.parse(data);
  } catch {
    throw new PipelineError("internal", `Cannot use ${provider}: an event in its answer is no JSON`);
  }
}

function headersOf({ key }: ChatAccess): Record<string, string> {
  return key === "" ? {} : { authorization: `Bearer ${key}` };
}
