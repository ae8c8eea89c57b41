/** The longest character n-gram that counts. */
const ORDER = 6;
/** Recall weighs this much more than precision: chrF2. */
const BETA = 2;

/**
 * How alike a translation is to a reference, from 0 to 100: chrF2, the F-score of character 1- to 6-grams without white space. The result is
 * that of sacreBLEU for texts of one segment, `chrF2|nrefs:1|case:mixed|eff:yes|nc:6|nw:0|space:no`.
 * Source: Maja Popović, chrF: character n-gram F-score for automatic MT evaluation, WMT 2015.
 */
export function chrF(hypothesis: string, reference: string): number {
  let precisions = 0;
  let recalls = 0;
  let orders = 0;
  for (let order = 1; order <= ORDER; order += 1) {
    const found = countNgrams(hypothesis, order);
    const wanted = countNgrams(reference, order);
    if (found.size === 0 || wanted.size === 0) continue;
    let matches = 0;
    for (const [ngram, count] of found) matches += Math.min(count, wanted.get(ngram) ?? 0);
    precisions += matches / total(found);
    recalls += matches / total(wanted);
    orders += 1;
  }
  if (precisions + recalls === 0) return 0;
  const precision = precisions / orders;
  const recall = recalls / orders;
  return 100 * (1 + BETA ** 2) * precision * recall / (BETA ** 2 * precision + recall);
}

function countNgrams(text: string, order: number): Map<string, number> {
  const characters = [...text.replaceAll(/\s/gu, "")];
  const counts = new Map<string, number>();
  for (let index = 0; index + order <= characters.length; index += 1) {
    const ngram = characters.slice(index, index + order).join("");
    counts.set(ngram, (counts.get(ngram) ?? 0) + 1);
  }
  return counts;
}

function total(counts: ReadonlyMap<string, number>): number {
  let sum = 0;
  for (const count of counts.values()) sum += count;
  return sum;
}
