import { type LanguageTag, sameLanguage } from "../../pipeline/language.ts";
import type { LanguagePair } from "../../pipeline/ports.ts";

/** Every source with every target that is another language. */
export function languagePairs(
  sources: readonly LanguageTag[],
  targets: readonly LanguageTag[],
): readonly LanguagePair[] {
  return sources.flatMap((source) =>
    targets.filter((target) => !sameLanguage(source, target)).map((target) => ({ source, target }))
  );
}
