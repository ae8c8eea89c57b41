import { type LanguageTag, sameLanguage } from "../../pipeline/language.ts";

/** Tags that name a language which providers list under another one. */
const aliases: Readonly<Record<string, string>> = { no: "nb", tl: "fil" };

/**
 * The entry of `tags` that serves `wanted` best: the very tag, else the same language in the script and region that the tag implies (`pt` is
 * `pt-BR`, `zh-TW` is `zh-Hant`), else in the script, else in any; `undefined` when there is none.
 */
export function closestTag(wanted: LanguageTag, tags: readonly LanguageTag[]): LanguageTag | undefined {
  const asked = normal(wanted);
  const same = tags.filter((tag) => sameLanguage(normal(tag), asked));
  const exact = same.find((tag) => normal(tag) === asked);
  // To ask what a tag implies takes longer than all the rest.
  if (exact !== undefined || same.length < 2) return exact ?? same[0];
  const full = new Intl.Locale(asked).maximize();
  return same.find((tag) => new Intl.Locale(normal(tag)).maximize().toString() === full.toString()) ??
    same.find((tag) => new Intl.Locale(normal(tag)).maximize().script === full.script) ??
    same[0];
}

function normal(tag: LanguageTag): LanguageTag {
  const [language, ...rest] = tag.split("-");
  return [aliases[language!] ?? language!, ...rest].join("-");
}
