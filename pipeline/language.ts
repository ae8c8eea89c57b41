/** A BCP 47 language tag, such as `en`, `pt-BR` or `zh-Hant`. */
export type LanguageTag = string;

/** The canonical spelling of a tag (`EN-us` becomes `en-US`); `undefined` when it is not a language tag (RFC 5646). */
export function canonicalTag(tag: string): LanguageTag | undefined {
  // The empty text is what providers say most often where they know no language; to throw is slow.
  if (tag === "") return undefined;
  try {
    return Intl.getCanonicalLocales(tag)[0];
  } catch {
    return undefined;
  }
}

/** Whether both tags name the same language, whatever their regions and scripts: `en-US` and `en-GB` do. */
export function sameLanguage(one: LanguageTag, other: LanguageTag): boolean {
  return primarySubtag(one) === primarySubtag(other);
}

/** The language part of a tag: `pt` of `pt-BR`. */
export function primarySubtag(tag: LanguageTag): string {
  return tag.split("-", 1)[0]!.toLowerCase();
}

/** The entry of `tags` that serves `wanted`: the very tag, else the first of the same language, else `undefined`. */
export function matchTag(wanted: LanguageTag, tags: readonly LanguageTag[]): LanguageTag | undefined {
  return tags.find((tag) => tag === wanted) ?? tags.find((tag) => sameLanguage(tag, wanted));
}
