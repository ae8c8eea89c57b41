import type { Format } from "../../pipeline/audio.ts";
import { PipelineError } from "../../pipeline/error.ts";
import { matchTag } from "../../pipeline/language.ts";
import type { LanguagePair, OwnTargets, RecognizerOptions, RecognizerTraits } from "../../pipeline/ports.ts";

/**
 * What recognizers with these traits can do together. Words are trusted as late as the most careful of them asks for, and what one translates or
 * speaks itself counts only where each of them does: any of them may have to go on.
 */
export function recognizersTogether(traits: readonly RecognizerTraits[]): RecognizerTraits {
  const formats = traits.flatMap(({ formats }) => formats);
  return {
    languages: [...new Set(traits.flatMap(({ languages }) => languages))],
    formats: formats.filter((format, index) => formats.findIndex((one) => same(one, format)) === index),
    stableAfterMs: Math.max(...traits.map(({ stableAfterMs }) => stableAfterMs)),
    ...whereAll("translates", traits.map(({ translates }) => translates), (all) => ({
      ...ownTogether(all),
      ...whereAll("withinMs", all.map(({ withinMs }) => withinMs), (all) => Math.max(...all)),
    })),
    ...whereAll("speaks", traits.map(({ speaks }) => speaks), (all) => ({
      ...ownTogether(all),
      formats: all[0]!.formats.filter((format) =>
        all.every(({ formats }) => formats.some((one) => same(one, format)))
      ),
    })),
  };
}

function whereAll<const Key extends string, Trait>(
  key: Key,
  all: readonly (Trait | undefined)[],
  together: (all: readonly Trait[]) => Trait,
): { readonly [K in Key]?: Trait } {
  const known = all.filter((trait) => trait !== undefined);
  return known.length < all.length ? {} : { [key]: together(known) } as { readonly [K in Key]?: Trait };
}

function ownTogether(all: readonly OwnTargets[]): OwnTargets {
  const [first, ...others] = all;
  const known = others.map(({ pairs }) => new Set(pairs.map(nameOf)));
  return {
    pairs: first!.pairs.filter((pair) => known.every((names) => names.has(nameOf(pair)))),
    atOnce: Math.min(...all.map(({ atOnce }) => atOnce)),
  };
}

function nameOf({ source, target }: LanguagePair): string {
  return `${source} ${target}`;
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
