import { closestTag } from "../net/closest_tag.ts";
import { type LanguageTag, sameLanguage } from "../../pipeline/language.ts";
import type { TranslatorTraits } from "../../pipeline/ports.ts";

/**
 * What DeepL translates from (https://developers.deepl.com/docs/getting-started/supported-languages, without the beta languages): its codes
 * are the tags in capitals.
 */
const sources: readonly LanguageTag[] = (
  "ar bg cs da de el en es et fi fr he hu id it ja ko lt lv nb nl pl pt ro ru sk sl sv th tr uk vi zh"
).split(" ");

/** What it translates into: `EN`, `PT` and `ZH` by themselves are there for old programs only. */
const variants: Readonly<Record<LanguageTag, readonly LanguageTag[]>> = {
  en: ["en-US", "en-GB"],
  es: ["es", "es-419"],
  pt: ["pt-BR", "pt-PT"],
  zh: ["zh-Hans", "zh-Hant"],
};
const targets = sources.flatMap((tag) => variants[tag] ?? [tag]);

/** Every pair of DeepL. */
export const pairs: TranslatorTraits["pairs"] = sources.flatMap((source) =>
  targets.filter((target) => !sameLanguage(source, target)).map((target) => ({ source, target }))
);

/** DeepL's codes for a pair, such as `EN` and `PT-BR`; `undefined` where it does not have it. */
export function codesFor(
  source: LanguageTag,
  target: LanguageTag,
): { readonly source: string; readonly target: string } | undefined {
  const from = closestTag(source, sources);
  const to = closestTag(target, targets);
  if (from === undefined || to === undefined || sameLanguage(from, to)) return undefined;
  return { source: from.toUpperCase(), target: to.toUpperCase() };
}
