import type { SynthesizerTraits } from "../../../pipeline/ports.ts";

/**
 * The voices of espeak-ng 1.51 that are offered, by the name that `-v` takes. Galician, Occitan and Asturian have none. The first voice of
 * a language is its default.
 */
export const voices: SynthesizerTraits["voices"] = [
  { name: "en-gb", language: "en-GB" },
  { name: "en-us", language: "en-US" },
  { name: "es", language: "es-ES" },
  { name: "es-419", language: "es-419" },
  { name: "ca", language: "ca" },
  { name: "pt", language: "pt-PT" },
  { name: "pt-br", language: "pt-BR" },
  { name: "fr-fr", language: "fr-FR" },
  { name: "it", language: "it" },
  { name: "de", language: "de" },
  { name: "nl", language: "nl" },
  { name: "ro", language: "ro" },
  { name: "eu", language: "eu" },
  { name: "eo", language: "eo" },
  { name: "pl", language: "pl" },
  { name: "sv", language: "sv" },
  { name: "da", language: "da" },
  { name: "nb", language: "nb" },
];
