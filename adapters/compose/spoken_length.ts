/** How many letters of an alphabet a character is about as long as, when it is spoken. */
const weights: readonly (readonly [RegExp, number])[] = [
  [/\s|\p{M}/u, 0],
  [/\p{sc=Han}|\p{Nd}/u, 3],
  [/\p{sc=Hira}|\p{sc=Kana}|\p{sc=Hang}/u, 2],
];
const pause = /[\p{L}\p{N}]/u;
const words = new Intl.Segmenter(undefined, { granularity: "word" });
/** So much of a letter may be missing of a word that was spoken: clocks and samples are rounded. */
const tolerance = 0.5;

/** How long a text is when it is spoken, in letters of an alphabet; white space takes no time, a syllable's or a word's character more than a letter. */
export function spokenLength(text: string): number {
  let length = 0;
  for (const character of text) {
    // Nearly all there is of most languages; the rest need not be fast.
    length += character > " " && character <= "/" || character >= ":" && character <= "\u02FF"
      ? 1
      : weights.find(([what]) => what.test(character))?.[1] ?? 1;
  }
  return length;
}

/** Whether there is anything to be said in a text. */
export function saysSomething(text: string): boolean {
  return pause.test(text);
}

/** Where the word begins that is being said when so much of a text was spoken, or the text ends; in UTF-16 units. */
export function placeAfter(text: string, length: number): number {
  let left = length + tolerance;
  for (const { at, word } of spokenWords(text)) {
    left -= spokenLength(word);
    if (left < 0) return at;
  }
  return text.length;
}

/** Where the word begins that holds a character of the text; in UTF-16 units. */
export function wordBeginning(text: string, character: number): number {
  let beginning = 0;
  for (const { at } of spokenWords(text)) {
    if (at > character) break;
    beginning = at;
  }
  return beginning;
}

/** Words as white space parts them; where a script has none, as dictionaries do. */
function* spokenWords(text: string): Generator<{ readonly at: number; readonly word: string }, void> {
  for (const match of text.matchAll(/\S+/g)) {
    if (!/[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmr}\p{sc=Mymr}]/u.test(match[0])) {
      yield { at: match.index, word: match[0] };
      continue;
    }
    for (const { index, segment } of words.segment(match[0])) {
      yield { at: match.index + index, word: segment };
    }
  }
}
