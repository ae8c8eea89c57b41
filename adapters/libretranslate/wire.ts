import * as v from "valibot";
import { canonicalTag, type LanguageTag } from "../../pipeline/language.ts";
import { closestTag } from "../net/closest_tag.ts";
import type { HttpRequest } from "../net/http.ts";
import { parseReply } from "../net/provider_reply.ts";

// https://docs.libretranslate.com/api: GET /languages, POST /translate.

/** How a server is reached. Its key goes into the body: it takes it nowhere else. */
export interface LibreTranslateAccess {
  readonly address: string;
  readonly key: string;
}

/** The codes of a pair, as the server calls them. */
export interface Codes {
  readonly source: string;
  readonly target: string;
}

/** The request that lists what the server translates. */
export function languagesRequest({ address }: LibreTranslateAccess): HttpRequest {
  return { method: "GET", url: `${address}/languages` };
}

const languages = v.array(v.object({ code: v.string(), targets: v.array(v.string()) }));

/** Codes of older servers that are no tags. */
const oddCodes: Readonly<Record<string, LanguageTag>> = { zt: "zh-Hant", pb: "pt-BR" };

/** The server's codes for a pair; `undefined` when it does not have it. */
export function readCodes(
  reply: unknown,
  wanted: { readonly source: LanguageTag; readonly target: LanguageTag },
): Codes | undefined {
  const served = parseReply(languages, reply, "LibreTranslate");
  const source = closestCode(wanted.source, served.map(({ code }) => code));
  const targets = served.find(({ code }) => code === source)?.targets ?? [];
  const target = closestCode(wanted.target, targets.filter((code) => code !== source));
  return source === undefined || target === undefined ? undefined : { source, target };
}

function closestCode(wanted: LanguageTag, codes: readonly string[]): string | undefined {
  const tags = new Map(codes.map((code) => [canonicalTag(oddCodes[code] ?? code) ?? code, code]));
  const tag = closestTag(wanted, [...tags.keys()].filter((tag) => canonicalTag(tag) !== undefined));
  return tag === undefined ? undefined : tags.get(tag);
}

/** The request that has a text translated. */
export function translateRequest(
  { address, key }: LibreTranslateAccess,
  text: string,
  { source, target }: Codes,
): HttpRequest {
  const body = { q: text, source, target, format: "text", ...(key === "" ? {} : { api_key: key }) };
  return {
    method: "POST",
    url: `${address}/translate`,
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  };
}

const translated = v.object({ translatedText: v.string() });

/** The translation in an answer. */
export function readTranslation(reply: unknown): string {
  return parseReply(translated, reply, "LibreTranslate").translatedText;
}
