import * as v from "valibot";
import { canonicalTag, type LanguageTag } from "../../pipeline/language.ts";
import { closestTag } from "../net/closest_tag.ts";
import type { HttpRequest } from "../net/http.ts";
import { parseReply } from "../net/provider_reply.ts";

// https://cloud.google.com/translate/docs/reference/rest/v2/translate: POST and GET /language/translate/v2.

const provider = "Google";

/** How Google's services are reached. */
export interface GoogleAccess {
  readonly key: string;
  /** Where the routes begin: `https://translation.googleapis.com`. */
  readonly address: string;
}

/** The request that lists what Google translates. */
export function languagesRequest({ key, address }: GoogleAccess): HttpRequest {
  return {
    method: "GET",
    url: `${address}/language/translate/v2/languages`,
    headers: { "x-goog-api-key": key },
  };
}

const listed = v.object({ data: v.object({ languages: v.array(v.object({ language: v.string() })) }) });

/** Google's codes for a pair, such as `en` and `zh-TW`; `undefined` where it does not have it. */
export function readCodes(
  reply: unknown,
  wanted: { readonly source: LanguageTag; readonly target: LanguageTag },
): { readonly source: string; readonly target: string } | undefined {
  const codes = parseReply(listed, reply, provider).data.languages.map(({ language }) => language)
    .filter((code) => canonicalTag(code) !== undefined);
  const source = closestTag(wanted.source, codes);
  const target = closestTag(wanted.target, codes);
  return source === undefined || target === undefined || source === target ? undefined : { source, target };
}

/** The request that has a text translated: as text, since Google would escape it as HTML else. */
export function translateRequest(
  { key, address }: GoogleAccess,
  text: string,
  { source, target }: { readonly source: string; readonly target: string },
): HttpRequest {
  return {
    method: "POST",
    url: `${address}/language/translate/v2`,
    headers: { "x-goog-api-key": key, "content-type": "application/json" },
    body: JSON.stringify({ q: [text], source, target, format: "text" }),
  };
}

const translated = v.object({
  data: v.object({ translations: v.tuple([v.object({ translatedText: v.string() })]) }),
});

/** The translation in an answer. */
export function readTranslation(reply: unknown): string {
  return parseReply(translated, reply, provider).data.translations[0].translatedText;
}
