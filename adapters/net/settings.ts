import * as v from "valibot";
import { canonicalTag } from "../../pipeline/language.ts";

/** A setting that is a provider's key; it has to be there. */
export function keySetting(vendor: string) {
  return v.pipe(
    v.optional(v.string(), ""),
    v.trim(),
    v.regex(/^[\x21-\x7e]+$/, `expected the key of ${vendor}`),
    v.description(`The key of ${vendor}`),
  );
}

/** A key that may be left out. */
export function optionalKeySetting(description: string) {
  return v.pipe(
    v.optional(v.string(), ""),
    v.trim(),
    v.regex(/^[\x21-\x7e]*$/, "expected a key"),
    v.description(description),
  );
}

/** The address that a provider's routes begin with, without the slash at its end. Keys do not belong there. */
export function addressSetting(fallback: string, description: string) {
  return v.pipe(
    v.optional(v.string(), fallback),
    v.trim(),
    v.check(
      (text) => text === "" && fallback === "" || isAddress(text),
      "expected an http(s) address without a key or query",
    ),
    v.transform((text) => text.replace(/\/+$/, "")),
    v.description(description),
  );
}

/** A name that a provider knows: of a model, a voice, a region. */
export function nameSetting(fallback: string, description: string) {
  return v.pipe(
    v.optional(v.string(), fallback),
    v.trim(),
    v.regex(/^[\w.:/@+-]{1,200}$/, "expected a name"),
    v.description(description),
  );
}

/** How much may be at work at a time with a key, 1 to 10,000. */
export function concurrencySetting(fallback: number, description: string) {
  return v.pipe(
    v.optional(v.string(), String(fallback)),
    v.trim(),
    v.regex(/^\d{1,5}$/, "expected a whole number"),
    v.transform(Number),
    v.minValue(1, "expected at least 1"),
    v.maxValue(10_000, "expected at most 10000"),
    v.description(description),
  );
}

/** One of a few words; the first is the default. */
export function choiceSetting<const Choices extends readonly [string, ...string[]]>(
  choices: Choices,
  description: string,
) {
  return v.pipe(
    v.optional(v.picklist(choices, `expected one of ${choices.join(", ")}`), choices[0]),
    v.description(description),
  );
}

/** Names, separated by commas. */
export function namesSetting(fallback: string, description: string) {
  return v.pipe(
    v.optional(v.string(), fallback),
    v.transform(parts),
    v.minLength(1, "expected names, separated by commas"),
    v.check(
      (names) => names.every((name) => /^[\w.:/@+-]{1,200}$/.test(name)),
      "expected names, separated by commas",
    ),
    v.description(description),
  );
}

/** BCP 47 tags, separated by commas; their canonical spelling comes out. */
export function languagesSetting(fallback: string, description: string) {
  return v.pipe(
    v.optional(v.string(), fallback),
    v.transform(parts),
    v.minLength(1, "expected language tags, separated by commas"),
    v.check(
      (tags) => tags.every((tag) => canonicalTag(tag) !== undefined),
      "expected language tags such as en or pt-BR, separated by commas",
    ),
    v.transform((tags) => tags.map((tag) => canonicalTag(tag)!)),
    v.description(description),
  );
}

function parts(text: string): string[] {
  return text.split(",").map((part) => part.trim()).filter((part) => part !== "");
}

function isAddress(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url !== undefined && /^https?:$/.test(url.protocol) && url.username === "" && url.password === "" &&
    url.search === "" && url.hash === "";
}

/** Names of voices that begin with their language, such as `es-ES-ElviraNeural` or `es_ES-davefx-medium`, separated by commas. */
export function localeVoicesSetting(fallback: string, description: string) {
  return voicesSetting(fallback, description, /^([a-z]{2,3}[-_][A-Z]{2})-/);
}

/** Names of voices that end with their language, such as `aura-2-thalia-en`, separated by commas. */
export function suffixedVoicesSetting(fallback: string, description: string) {
  return voicesSetting(fallback, description, /-([a-z]{2})$/);
}

function voicesSetting(fallback: string, description: string, language: RegExp) {
  const tagOf = (name: string) => canonicalTag(language.exec(name)?.[1]?.replace("_", "-") ?? "");
  return v.pipe(
    v.optional(v.string(), fallback),
    v.transform(parts),
    v.minLength(1, "expected names, separated by commas"),
    v.check(
      (names) => names.every((name) => /^[\w-]{1,200}$/.test(name) && tagOf(name)),
      "expected names with their language",
    ),
    v.transform((names) => names.map((name) => ({ name, language: tagOf(name)! }))),
    v.description(description),
  );
}
