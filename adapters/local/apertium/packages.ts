import type { LanguageTag } from "../../../pipeline/language.ts";
import { findPath, modesOf } from "./modes.ts";

/** Debian's packages (bookworm) with the modes that each brings, for the languages of western Europe. */
const packages: Readonly<Record<string, readonly string[]>> = {
  "apertium-eng-spa": ["eng-spa", "spa-eng"],
  "apertium-eng-cat": ["eng-cat", "cat-eng"],
  "apertium-en-gl": ["en-gl", "gl-en"],
  "apertium-es-gl": ["es-gl", "gl-es"],
  "apertium-es-pt": ["es-pt", "pt-es"],
  "apertium-es-ro": ["ro-es"],
  "apertium-eu-es": ["eu-es"],
  "apertium-fr-es": ["fr-es", "es-fr"],
  "apertium-fra-cat": ["fra-cat", "cat-fra"],
  "apertium-cat-ita": ["cat-ita", "ita-cat"],
  "apertium-oc-es": ["oc-es", "es-oc"],
  "apertium-por-cat": ["por-cat", "cat-por"],
  "apertium-pt-gl": ["pt-gl", "gl-pt"],
  "apertium-spa-ast": ["spa-ast"],
  "apertium-spa-cat": ["spa-cat", "cat-spa"],
  "apertium-spa-ita": ["spa-ita", "ita-spa"],
};

/** A package that needs another one without saying so. */
const needs: Readonly<Record<string, string>> = { "apertium-spa-cat": "cg3" };

/** The packages that have to be installed for a pair of languages; empty when none would do. */
export function packagesFor(source: LanguageTag, target: LanguageTag): string[] {
  const entries = Object.entries(packages);
  const modes = modesOf(entries.flatMap(([, names]) => names.map((name) => `${name}.mode`)));
  return findPath(modes, source, target).flatMap(({ name }) => {
    const [found] = entries.find(([, names]) => names.includes(name))!;
    return needs[found] === undefined ? [found] : [found, needs[found]];
  });
}
