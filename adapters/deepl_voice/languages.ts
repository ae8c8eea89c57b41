import { closestTag } from "../net/closest_tag.ts";
import { languagePairs } from "../net/language_pairs.ts";
import type { LanguageTag } from "../../pipeline/language.ts";
import type { LanguagePair } from "../../pipeline/ports.ts";

/** What may be spoken to DeepL Voice, as its specification lists it. */
export const sources: readonly LanguageTag[] = (
  "ar bg bn cs da de el en es et fi fr ga he hr hu id it ja ko lt lv mt nb nl pl pt ro ru sk sl sv th tl tr uk vi zh"
).split(" ");

const variants: Readonly<Record<LanguageTag, readonly LanguageTag[]>> = {
  en: ["en", "en-GB", "en-US"],
  pt: ["pt", "pt-BR", "pt-PT"],
  zh: ["zh", "zh-Hans", "zh-Hant"],
};
const targets = sources.flatMap((tag) => variants[tag] ?? [tag]);

/** What it speaks itself, where an account has that. */
const spoken = (
  "ar bg cs da de el en en-GB en-US es fi fr hu id it ja ko nb nl pl pt pt-BR pt-PT ro ru sk sv tr uk vi zh zh-Hans zh-Hant"
).split(" ");

/** What it translates. */
export const pairs: readonly LanguagePair[] = languagePairs(sources, targets);

/** What it translates and speaks. */
export const spokenPairs: readonly LanguagePair[] = languagePairs(sources, spoken);

/** DeepL's code for a source, `undefined` where it does not have it. */
export function sourceCode(tag: LanguageTag): string | undefined {
  return closestTag(tag, sources);
}

/** DeepL's code for a target, such as `pt-BR` or `zh-HANS`; `undefined` where it does not have it. */
export function targetCode(tag: LanguageTag): string | undefined {
  return closestTag(tag, targets)?.replace(/-Han.$/, (script) => script.toUpperCase());
}
