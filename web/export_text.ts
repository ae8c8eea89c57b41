import { type Clause, wholeText } from "./clause.ts";

/** The talk to be read: each clause as it was said, under it its translation. */
export function exportText(clauses: readonly Clause[]): string {
  const pairs = clauses.map(({ source, target }) =>
    [wholeText(source), wholeText(target)].map((text) => text.trim()).filter((text) => text !== "").join("\n")
  );
  return pairs.filter((pair) => pair !== "").map((pair) => `${pair}\n`).join("\n");
}
