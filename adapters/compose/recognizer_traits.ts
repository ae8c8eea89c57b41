import type { Format } from "../../pipeline/audio.ts";
import { PipelineError } from "../../pipeline/error.ts";
import { matchTag } from "../../pipeline/language.ts";
import type { RecognizerOptions, RecognizerTraits } from "../../pipeline/ports.ts";

/** What recognizers with these traits can do together. Words are trusted as late as the most careful of them asks for. */
export function recognizersTogether(traits: readonly RecognizerTraits[]): RecognizerTraits {
  const formats = traits.flatMap(({ formats }) => formats);
  return {
    languages: [...new Set(traits.flatMap(({ languages }) => languages))],
    formats: formats.filter((format, index) => formats.findIndex((one) => same(one, format)) === index),
    stableAfterMs: Math.max(...traits.map(({ stableAfterMs }) => stableAfterMs)),
  };
}

/**
 * Which recognizers can take part in a session, by their places: those that know the languages and take the format.
 *
 * @throws {PipelineError} when there is none.
 */
export function castRecognizers(
  traits: readonly RecognizerTraits[],
  { languages, format }: RecognizerOptions,
): readonly number[] {
  const knowing = [...traits.keys()].filter((index) =>
    languages.length > 0 &&
    languages.every((language) => matchTag(language, traits[index]!.languages) !== undefined)
  );
  if (knowing.length === 0) {
    const list = languages.length > 0 ? languages.join(", ") : "none";
    throw new PipelineError(
      "unsupported_language",
      `Cannot hear the languages: ${list}, no engine knows them`,
    );
  }
  const able = knowing.filter((index) => traits[index]!.formats.some((given) => same(given, format)));
  if (able.length > 0) return able;
  throw new PipelineError(
    "invalid_request",
    `Cannot hear the format: ${format.codec} at ${format.rate} Hz, no engine for ${
      languages.join(", ")
    } takes it`,
  );
}

function same(one: Format, other: Format): boolean {
  return one.codec === other.codec && one.rate === other.rate;
}
