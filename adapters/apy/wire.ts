import * as v from "valibot";
import { canonicalTag, type LanguageTag, sameLanguage } from "../../pipeline/language.ts";
import { closestTag } from "../net/closest_tag.ts";
import type { HttpRequest } from "../net/http.ts";
import { parseReply } from "../net/provider_reply.ts";

// https://wiki.apertium.org/wiki/Apertium-apy: GET /listPairs, POST /translate.

/** The codes of a pair, as the server calls them: `eng` and `spa`. */
export interface Codes {
  readonly source: string;
  readonly target: string;
}

/** The request that lists the installed pairs. */
export function pairsRequest(address: string): HttpRequest {
  return { method: "GET", url: `${address}/listPairs` };
}

const listed = v.object({
  responseData: v.array(v.object({ sourceLanguage: v.string(), targetLanguage: v.string() })),
});

/** The server's codes for a pair; `undefined` when it is not installed. */
export function readCodes(
  reply: unknown,
  wanted: { readonly source: LanguageTag; readonly target: LanguageTag },
): Codes | undefined {
  const { responseData } = parseReply(listed, reply, "Apertium APy");
  const pairs = responseData.flatMap(({ sourceLanguage, targetLanguage }) => {
    const [source, target] = [tagOf(sourceLanguage), tagOf(targetLanguage)];
    return source && target
      ? [{ source, target, codes: { source: sourceLanguage, target: targetLanguage } }]
      : [];
  }).filter(({ source }) => sameLanguage(source, wanted.source));
  const target = closestTag(wanted.target, pairs.map((pair) => pair.target));
  return pairs.find((pair) => pair.target === target)?.codes;
}

/** `en` of `eng`, `en-US` of `eng_US`: the canonical tag of a three-letter code is the two-letter one. */
function tagOf(code: string): LanguageTag | undefined {
  return canonicalTag(code.replace("_", "-"));
}

/** The request that has a text translated: a form, since the server reads nothing else. */
export function translateRequest(address: string, text: string, { source, target }: Codes): HttpRequest {
  const form = { langpair: `${source}|${target}`, q: text, markUnknown: "no", format: "txt" };
  return {
    method: "POST",
    url: `${address}/translate`,
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams(form).toString(),
  };
}

const translated = v.object({ responseData: v.object({ translatedText: v.string() }) });

/** The translation in an answer. */
export function readTranslation(reply: unknown): string {
  return parseReply(translated, reply, "Apertium APy").responseData.translatedText.trim();
}
