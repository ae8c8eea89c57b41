import type { Labels, Reading } from "./definition.ts";

/** Counts by label: the values of a counter. */
export class Tally implements Iterable<Reading> {
  readonly #entries = new Map<string, { readonly labels: Labels; value: number }>();

  /** Adds to the series of these labels, which come in the same order every time. */
  add(labels: Labels, amount = 1): void {
    const key = Object.values(labels).join("\n");
    const entry = this.#entries.get(key);
    if (entry) entry.value += amount;
    else this.#entries.set(key, { labels, value: amount });
  }

  /** The sum of the series whose labels include these. */
  sum(wanted: Labels = {}): number {
    let sum = 0;
    for (const { labels, value } of this.#entries.values()) {
      if (Object.entries(wanted).every(([name, text]) => labels[name] === text)) sum += value;
    }
    return sum;
  }

  /** Sums by one label: `{ "1000": 9, "1011": 1 }`. */
  by(name: string): Readonly<Record<string, number>> {
    const sums: Record<string, number> = {};
    for (const { labels, value } of this) {
      const text = labels[name] ?? "";
      sums[text] = (sums[text] ?? 0) + value;
    }
    return sums;
  }

  [Symbol.iterator](): Iterator<Reading> {
    return this.#entries.values();
  }
}
