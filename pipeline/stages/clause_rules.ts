import { type LanguageTag, primarySubtag } from "../language.ts";

const sentenceEnd = /[.!?…。！？｡؟۔।]["'”’»)\]]*$/u;
const commaEnd = /[,;:–—、，；：،؛]["'”’»)\]]*$/u;
const initialOrAbbreviation = /^(\p{Lu}|\p{L}(\.\p{L})+)\.$/u;

const abbreviations: Readonly<Record<string, ReadonlySet<string>>> = {
  en: new Set(["mr.", "mrs.", "ms.", "dr.", "prof.", "st.", "vs.", "no.", "jr.", "sr.", "mt."]),
  es: new Set(["sr.", "sra.", "srta.", "dr.", "dra.", "prof.", "ud.", "uds.", "núm.", "pág."]),
  fr: new Set(["m.", "mm.", "mme.", "dr.", "st.", "ste."]),
  de: new Set(["hr.", "fr.", "dr.", "prof.", "nr.", "bzw.", "usw.", "ca."]),
  it: new Set(["sig.", "dott.", "prof.", "ing.", "avv."]),
  pt: new Set(["sr.", "sra.", "dr.", "dra.", "prof.", "núm."]),
};

const conjunctions: Readonly<Record<string, ReadonlySet<string>>> = {
  en: new Set(
    [
      "and",
      "but",
      "because",
      "so",
      "or",
      "which",
      "when",
      "while",
      "although",
      "if",
      "where",
      "who",
      "until",
      "since",
      "then",
    ],
  ),
  es: new Set([
    "y",
    "e",
    "pero",
    "porque",
    "o",
    "que",
    "cuando",
    "mientras",
    "aunque",
    "si",
    "donde",
    "sino",
    "pues",
    "entonces",
  ]),
  ca: new Set(["i", "però", "perquè", "o", "que", "quan", "mentre", "encara", "si", "on", "doncs"]),
  fr: new Set([
    "et",
    "mais",
    "parce",
    "ou",
    "qui",
    "que",
    "quand",
    "lorsque",
    "si",
    "où",
    "donc",
    "puis",
    "car",
  ]),
  de: new Set(["und", "aber", "weil", "oder", "dass", "wenn", "als", "während", "obwohl", "denn", "sondern"]),
  it: new Set(["e", "ma", "perché", "o", "che", "quando", "mentre", "se", "dove", "poi", "quindi"]),
  pt: new Set(["e", "mas", "porque", "ou", "que", "quando", "enquanto", "se", "onde", "então", "pois"]),
};

/** Whether a sentence ends with this word: `home.`, `是。`, but not `Mr.` or `J.`. */
export function endsSentence(word: string, language: LanguageTag): boolean {
  return sentenceEnd.test(word) && !initialOrAbbreviation.test(word) &&
    !abbreviations[primarySubtag(language)]?.has(word.toLowerCase());
}

/** Whether a comma, semicolon, colon or dash follows the word. */
export function endsWithComma(word: string): boolean {
  return commaEnd.test(word);
}

/** Whether a clause often begins with this word. */
export function isConjunction(word: string, language: LanguageTag): boolean {
  return conjunctions[primarySubtag(language)]?.has(word.toLowerCase()) ?? false;
}
