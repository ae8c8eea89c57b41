import type { LanguageTag } from "../../pipeline/language.ts";

/** What the fakes claim to know unless they are told otherwise. */
export const fakeLanguages: readonly LanguageTag[] = ["en", "es", "ca", "de", "fr", "it", "ja", "pt"];
