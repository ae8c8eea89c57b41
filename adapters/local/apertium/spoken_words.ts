import { type LanguageTag, sameLanguage } from "../../../pipeline/language.ts";

/** Words that recognizers write as they are spoken and that Apertium only knows as they are written. */
const written: Readonly<Record<string, string>> = { mister: "Mr", missus: "Mrs", "i'": "I'" };

/** The text with its English titles and `I'm`, `I've` as they are written; other languages as they are. */
export function asWritten(text: string, language: LanguageTag): string {
  if (!sameLanguage(language, "en")) return text;
  return text.replaceAll(/\b(?:mister|missus)\b|\bi'/g, (word) => written[word]!);
}
