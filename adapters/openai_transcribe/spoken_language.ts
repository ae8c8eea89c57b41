import { canonicalTag, type LanguageTag, sameLanguage } from "../../pipeline/language.ts";
import { closestTag } from "../net/closest_tag.ts";

const english = new Intl.DisplayNames("en", { type: "language" });

/** Which of the languages that may be spoken was: the one that is reported, by its tag or its English name (`spanish`), else the first. */
export function spokenLanguage(reported: string | undefined, wanted: readonly LanguageTag[]): LanguageTag {
  const first = wanted[0] ?? "und";
  if (reported === undefined || wanted.length < 2) return first;
  const tag = canonicalTag(reported);
  const byTag = tag === undefined ? undefined : closestTag(tag, wanted);
  if (byTag !== undefined) return byTag;
  const name = reported.toLowerCase();
  return wanted.find((tag) => english.of(new Intl.Locale(tag).language)?.toLowerCase() === name) ??
    wanted.find((tag) => sameLanguage(tag, reported)) ?? first;
}
