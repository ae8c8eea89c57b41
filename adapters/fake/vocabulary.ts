import type { Random } from "./random.ts";

/** Some of the most frequent words of English: 4.1 characters on average, as in running text. */
const words = [
  "the",
  "people",
  "of",
  "this",
  "city",
  "have",
  "seen",
  "more",
  "water",
  "than",
  "in",
  "any",
  "other",
  "year",
  "we",
  "know",
  "that",
  "house",
  "was",
  "never",
  "far",
  "from",
  "school",
  "they",
  "work",
  "at",
  "night",
  "before",
  "their",
  "first",
  "day",
  "so",
] as const;

/** One of them. */
export function drawWord(random: Random): string {
  return random.pick(words);
}

/** Something of about the length of a translation from English into Spanish, 15 % longer: a letter more for some of the words. */
export function lengthen(text: string): string {
  return text.replaceAll(/\S+/g, (word) => word.length % 2 === 0 ? `${word}o` : word);
}
