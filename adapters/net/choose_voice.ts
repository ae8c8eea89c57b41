import type { Format } from "../../pipeline/audio.ts";
import { PipelineError } from "../../pipeline/error.ts";
import { type LanguageTag, sameLanguage } from "../../pipeline/language.ts";
import type { SynthesizerOptions, SynthesizerTraits } from "../../pipeline/ports.ts";
import { closestTag } from "./closest_tag.ts";

/** A voice of a provider, with what it is to speak. */
export interface ChosenVoice {
  readonly name: string;
  /** As the traits have it. */
  readonly language: LanguageTag;
  readonly format: Format;
}

/** A voice that speaks each of the languages, one entry for each. */
export function everyLanguage(
  names: readonly string[],
  languages: readonly LanguageTag[],
): SynthesizerTraits["voices"] {
  return languages.flatMap((language) => names.map((name) => ({ name, language })));
}

/** The raw format at each of the rates. */
export function rawFormats(rates: readonly number[]): readonly Format[] {
  return rates.map((rate) => ({ codec: "pcm_s16le", rate }));
}

/**
 * The voice and the format that are wanted.
 *
 * @throws {PipelineError} `unsupported_language` or `invalid_request`, when the provider has none such.
 */
export function chooseVoice(
  { voices, formats }: Pick<SynthesizerTraits, "voices" | "formats">,
  wanted: Omit<SynthesizerOptions, "signal">,
  provider: string,
): ChosenVoice {
  const spoken = voices.filter(({ language }) => sameLanguage(language, wanted.language));
  const language = closestTag(wanted.language, voices.map((voice) => voice.language));
  if (language === undefined) {
    const message = `Cannot speak ${wanted.language}: ${provider} has no voice for it`;
    throw new PipelineError("unsupported_language", message);
  }
  const voice = wanted.voice === undefined
    ? voices.find((voice) => voice.language === language)
    : spoken.find(({ name }) => name === wanted.voice) ??
      voices.find((voice) => voice.language === language && voice.name === wanted.voice);
  if (!voice) {
    const names = [...new Set(spoken.map(({ name }) => name))].join(", ");
    const message = `Cannot speak ${wanted.language} with the wanted voice: expected one of ${names}`;
    throw new PipelineError("invalid_request", message);
  }
  const format = wanted.formats.find(({ codec, rate }) =>
    formats.some((one) => one.codec === codec && one.rate === rate)
  );
  if (!format) {
    const rates = formats.map(({ codec, rate }) => `${codec} at ${rate} Hz`).join(", ");
    const message = `Cannot speak in any of the wanted formats: expected one of ${rates}`;
    throw new PipelineError("invalid_request", message);
  }
  return { ...voice, format };
}

/** @throws {RangeError} when a voice cannot speak at this speed. */
export function checkSpeed(speed: number, { min, max }: SynthesizerTraits["speeds"]): void {
  if (speed >= min && speed <= max) return;
  throw new RangeError(`Cannot speak: speed is ${speed}, expected ${min} to ${max}`);
}
