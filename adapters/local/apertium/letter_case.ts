/**
 * Recognizers without capitals write `i met john on monday`. Apertium's dictionaries know none of `i`, `john` and `monday`, and its rules
 * put a capital on the first word that they do know. What is here gives such a text its capitals and takes those from the translation.
 */
export function isCaseless(text: string): boolean {
  return /\p{Ll}/u.test(text) && !/\p{Lu}/u.test(text);
}

/** A word without a capital: `don't` is one, and so is `john` in `john's`. */
const lowerWord = /(?<![\p{L}\p{M}'’])\p{Ll}[\p{L}\p{M}]*(?:['’](?!s(?!\p{L}))\p{L}+)?/gu;

/** The different words of a text that could be written with a capital. */
export function wordsOf(text: string): string[] {
  return [...new Set(text.match(lowerWord) ?? [])];
}

/** A word with a capital. */
export function capitalize(word: string): string {
  const first = String.fromCodePoint(word.codePointAt(0)!);
  return first.toUpperCase() + word.slice(first.length);
}

/** The text with a capital on each word that `isName` says has one. */
export function capitalizeNames(text: string, isName: (word: string) => boolean): string {
  return text.replaceAll(lowerWord, (word) => isName(word) ? capitalize(word) : word);
}

/**
 * The translation of a text that had no capitals, without the capital that only marks where Apertium takes a sentence to begin. It is the
 * first in the translation, unless the word was not translated or stands for a name.
 *
 * @param source the text with the capitals of its names.
 */
export function withoutSentenceCapital(translation: string, source: string): string {
  const words = translation.split(" ");
  const sourceWords = source.split(" ");
  const at = words.findIndex((word) => /^[^\p{L}]*\p{Lu}/u.test(word) && !sourceWords.includes(word));
  if (at < 0 || isPronoun(words[at]!)) return translation;
  const rivals = at === 0 ? sourceWords.slice(0, 1) : sourceWords;
  const isName = (word: string) => /^\p{Lu}/u.test(word) && !isPronoun(word) && !words.includes(word);
  if (rivals.some(isName)) return translation;
  words[at] = words[at]!.replace(/\p{Lu}/u, (letter) => letter.toLowerCase());
  return words.join(" ");
}

/** English `I`, `I'm` and so on: a capital that is not a name. */
function isPronoun(word: string): boolean {
  return /^I(?!\p{L})/u.test(word);
}
