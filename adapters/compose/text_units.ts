/** Scripts that are written without spaces, with their punctuation and wide forms. */
const unspaced =
  "\\p{sc=Han}\\p{sc=Hira}\\p{sc=Kana}\\p{sc=Thai}\\p{sc=Lao}\\p{sc=Khmr}\\p{sc=Mymr}\\u30FC\\u3001-\\u303F\\uFF01-\\uFFEF";
const units = new RegExp(`[${unspaced}]\\p{M}*|[^\\s${unspaced}]+`, "gu");
const beginsUnspaced = new RegExp(`^[${unspaced}]`, "u");
const endsUnspaced = new RegExp(`[${unspaced}]\\p{M}*$`, "u");

/** A piece of a text that stands for itself: a word with its punctuation, or one character of a script without spaces. */
export interface TextUnit {
  readonly text: string;
  /** Where it begins in its text, in UTF-16 units. */
  readonly at: number;
}

/** The units of a text from a place on, which is the beginning of one. */
export function textUnits(text: string, from = 0): TextUnit[] {
  return [...text.slice(from).matchAll(units)].map((match) => ({ text: match[0], at: from + match.index }));
}

/** What two units have in common that differ in nothing but case, width and punctuation. */
export function unitKey(unit: string): string {
  const folded = unit.normalize("NFKC").toLowerCase();
  const bare = folded.replaceAll(/[\p{P}\p{S}]/gu, "");
  return bare === "" ? folded : bare;
}

/** What has to stand between two texts that are joined: a space where both are written with spaces and there is none. */
export function spaceBetween(before: string, after: string): "" | " " {
  if (before === "" || after === "" || /\s$/.test(before) || /^\s/.test(after)) return "";
  return endsUnspaced.test(before) || beginsUnspaced.test(after) ? "" : " ";
}
