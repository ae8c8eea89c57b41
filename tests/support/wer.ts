/**
 * The words of a text in the form in which transcripts are compared: lower case, without punctuation, common abbreviations written out.
 * Digits stay as they are, so references spell numbers out.
 */
export function normalisedWords(text: string): string[] {
  return text
    .normalize("NFKC")
    .toLowerCase()
    .replaceAll("’", "'")
    .replaceAll(/[^\p{Letter}\p{Mark}\p{Number}']+/gu, " ")
    .split(" ")
    .map((word) => word.replaceAll(/^'+|'+$/g, ""))
    .filter((word) => word !== "")
    .map((word) => writtenOut.get(word) ?? word);
}

const writtenOut: ReadonlyMap<string, string> = new Map([
  ["mr", "mister"],
  ["mrs", "missus"],
  ["dr", "doctor"],
  ["ok", "okay"],
]);

/** How a transcript differs from what was said. */
export interface WordErrors {
  readonly substitutions: number;
  readonly deletions: number;
  readonly insertions: number;
  /** How many words were said. */
  readonly words: number;
  /** Word error rate: all errors for each word that was said; may exceed 1. */
  readonly rate: number;
}

/** Compares a transcript with what was said, by the alignment with the fewest errors (Levenshtein), after {@linkcode normalisedWords}. */
export function wordErrors(said: string, transcript: string): WordErrors {
  const reference = normalisedWords(said);
  const hypothesis = normalisedWords(transcript);
  type Counts = { substitutions: number; deletions: number; insertions: number; errors: number };
  let row: Counts[] = Array.from(
    { length: hypothesis.length + 1 },
    (_, insertions) => ({ substitutions: 0, deletions: 0, insertions, errors: insertions }),
  );
  for (const word of reference) {
    const first = row[0]!;
    const next: Counts[] = [{ ...first, deletions: first.deletions + 1, errors: first.errors + 1 }];
    for (const [index, heard] of hypothesis.entries()) {
      const diagonal = row[index]!;
      const above = row[index + 1]!;
      const left = next[index]!;
      const wrong = word === heard ? 0 : 1;
      if (diagonal.errors + wrong <= Math.min(above.errors, left.errors) + 1) {
        next.push({
          ...diagonal,
          substitutions: diagonal.substitutions + wrong,
          errors: diagonal.errors + wrong,
        });
      } else if (above.errors <= left.errors) {
        next.push({ ...above, deletions: above.deletions + 1, errors: above.errors + 1 });
      } else {
        next.push({ ...left, insertions: left.insertions + 1, errors: left.errors + 1 });
      }
    }
    row = next;
  }
  const { substitutions, deletions, insertions, errors } = row.at(-1)!;
  const words = reference.length;
  return {
    substitutions,
    deletions,
    insertions,
    words,
    rate: words === 0 ? (errors > 0 ? 1 : 0) : errors / words,
  };
}
