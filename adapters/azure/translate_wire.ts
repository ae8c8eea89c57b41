import * as v from "valibot";
import { type ErrorKind } from "../../pipeline/error.ts";
import { canonicalTag, type LanguageTag } from "../../pipeline/language.ts";
import { closestTag } from "../net/closest_tag.ts";
import type { HttpRequest } from "../net/http.ts";
import { parseReply } from "../net/provider_reply.ts";

// https://learn.microsoft.com/azure/ai-services/translator/text-translation/reference/v3/translate; GET /languages is open to everybody.

const provider = "Azure";

/** How Azure's translator is reached. */
export interface AzureTranslatorAccess {
  readonly key: string;
  /** The resource's region; empty for a global one. */
  readonly region: string;
  /** Where the routes begin: `https://api.cognitive.microsofttranslator.com`. */
  readonly address: string;
  /** The two versions have different bodies. */
  readonly version: "3.0" | "2026-06-06";
}

/** The codes of a pair, as Azure calls them. */
export interface Codes {
  readonly source: string;
  readonly target: string;
}

/** The request that lists what Azure translates. */
export function languagesRequest({ address, version }: AzureTranslatorAccess): HttpRequest {
  return { method: "GET", url: `${address}/languages?api-version=${version}&scope=translation` };
}

const listed = v.object({ translation: v.record(v.string(), v.unknown()) });

/** Azure's codes for a pair, such as `en` and `zh-Hant`; `undefined` where it does not have it. */
export function readCodes(
  reply: unknown,
  wanted: { readonly source: LanguageTag; readonly target: LanguageTag },
): Codes | undefined {
  const codes = Object.keys(parseReply(listed, reply, provider).translation)
    .filter((code) => canonicalTag(code) !== undefined);
  const source = closestTag(wanted.source, codes);
  const target = closestTag(wanted.target, codes);
  return source === undefined || target === undefined || source === target ? undefined : { source, target };
}

/** The request that has a text translated. */
export function translateRequest(
  { key, region, address, version }: AzureTranslatorAccess,
  text: string,
  { source, target }: Codes,
): HttpRequest {
  const query = new URLSearchParams({
    "api-version": version,
    ...(version === "3.0" ? { from: source, to: target } : {}),
  });
  const body = version === "3.0"
    ? [{ text }]
    : { inputs: [{ text, language: source, targets: [{ language: target }] }] };
  return {
    method: "POST",
    url: `${address}/translate?${query}`,
    headers: {
      "ocp-apim-subscription-key": key,
      ...(region === "" ? {} : { "ocp-apim-subscription-region": region }),
      "content-type": "application/json",
    },
    body: JSON.stringify(body),
  };
}

const one = v.object({ translations: v.tuple([v.object({ text: v.string() })]) });
const translated = v.union([v.tuple([one]), v.object({ value: v.tuple([one]) })]);

/** The translation in an answer, of either version. */
export function readTranslation(reply: unknown): string {
  const read = parseReply(translated, reply, provider);
  const [{ translations: [{ text }] }] = "value" in read ? read.value : read;
  return text;
}

const failure = v.object({ error: v.object({ code: v.union([v.number(), v.string()]) }) });

/** What a refusal means whose code says more than its status. */
export function refusal(_status: number, body: unknown): ErrorKind | undefined {
  const result = v.safeParse(failure, body);
  if (!result.success) return undefined;
  // 403001: the free plan's quota is used up (six digits, of which the first three are the status).
  return String(result.output.error.code) === "403001" ? "quota_exhausted" : undefined;
}
