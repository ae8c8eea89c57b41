import * as v from "valibot";
import type { ErrorKind } from "../../pipeline/error.ts";
import type { Pair } from "../../pipeline/ports.ts";
import type { HttpRequest } from "../net/http.ts";
import { parseReply } from "../net/provider_reply.ts";

// https://github.com/DeepLcom/openapi: POST /v2/translate, GET /v2/usage.

/** How DeepL is reached. */
export interface DeepLAccess {
  readonly key: string;
  /** Where its routes begin; the key decides when this is empty: those of the free plan end in `:fx`. */
  readonly address: string;
}

/** A text to be translated. */
export interface DeepLText {
  readonly source: string;
  readonly target: string;
  readonly model: "latency_optimized" | "quality_optimized";
  readonly text: string;
  readonly history: readonly Pair[];
}

/** The request that has a text translated. What was said before goes along as context, which is neither translated nor charged for. */
export function translateRequest(access: DeepLAccess, text: DeepLText): HttpRequest {
  const context = text.history.map(({ source }) => source).join(" ");
  const body = {
    text: [text.text],
    source_lang: text.source,
    target_lang: text.target,
    model_type: text.model,
    show_billed_characters: true,
    ...(context === "" ? {} : { context: context.toWellFormed() }),
  };
  return {
    method: "POST",
    url: `${addressOf(access)}/v2/translate`,
    headers: { ...headersOf(access), "content-type": "application/json" },
    body: JSON.stringify(body),
  };
}

/** The request that shows whether the key is good and how much of the plan is used. */
export function usageRequest(access: DeepLAccess): HttpRequest {
  return { method: "GET", url: `${addressOf(access)}/v2/usage`, headers: headersOf(access) };
}

const translated = v.object({
  translations: v.tuple([v.object({ text: v.string(), billed_characters: v.optional(v.number()) })]),
});

/** The translation of the one text in a request. */
export function readTranslation(reply: unknown): { readonly text: string; readonly characters?: number } {
  const { translations: [{ text, billed_characters: characters }] } = parseReply(translated, reply, "DeepL");
  return { text, ...(characters === undefined ? {} : { characters }) };
}

const usage = v.object({
  character_count: v.optional(v.number()),
  character_limit: v.optional(v.number()),
});

/** Whether the plan's characters are used up. */
export function isUsedUp(reply: unknown): boolean {
  const { character_count: count, character_limit: limit } = parseReply(usage, reply, "DeepL");
  return count !== undefined && limit !== undefined && count >= limit;
}

/** What the statuses mean that are DeepL's own. */
export function refusal(status: number): ErrorKind | undefined {
  return status === 456 ? "quota_exhausted" : undefined;
}

function addressOf({ key, address }: DeepLAccess): string {
  if (address !== "") return address;
  return key.endsWith(":fx") ? "https://api-free.deepl.com" : "https://api.deepl.com";
}

function headersOf({ key }: DeepLAccess): Record<string, string> {
  return { authorization: `DeepL-Auth-Key ${key}` };
}
