import { spaceBetween, type TextUnit, textUnits, unitKey } from "./text_units.ts";

/** Where a text goes on after what was given: the best place so far. */
interface Place {
  readonly cost: number;
  /** How many units come before it. */
  readonly units: number;
  /** In UTF-16 units. */
  readonly at: number;
  /** Whether it is within a word of which the beginning was given. */
  readonly within: boolean;
}

/**
 * What of a text, as it comes in pieces, follows another text that was given before: the rest of a translation that one engine began, out of the whole that
 * another one makes. The given units (words, or characters of scripts without spaces) are aligned with the beginning of the new ones: as few of them as
 * can be left out, put in or exchanged; of equally good alignments the one with most units in common, then the one that ends nearest to as many new
 * units as were given, then the longer one, which repeats less. Where what was given ends within a word, a word that begins so is gone on with. Nothing is
 * given out before it is certain that no more text could make another alignment the better one.
 *
 * The distance to prefixes is the last row of the table of Sellers, The theory and computation of evolutionary distances, J. Algorithms 1 (1980).
 */
export class TextRemainder {
  readonly #given: string;
  readonly #units: readonly TextUnit[];
  readonly #keys: readonly string[];
  /** Whether the last given unit may be the beginning of a longer one. */
  readonly #open: boolean;
  /** What an edit costs; a unit in common is a gain of 1, and all of them together are less than an edit. */
  readonly #edit: number;
  /** The costs of the given units up to each, aligned with the new ones so far. */
  #costs: readonly number[];
  #text = "";
  #count = 0;
  #readTo = 0;
  #best: Place;
  #certain: boolean;
  #begun = false;

  constructor(given: string) {
    this.#given = given;
    this.#units = textUnits(given);
    this.#keys = this.#units.map(({ text }) => unitKey(text));
    this.#open = !/\s$/.test(given);
    this.#edit = this.#units.length + 1;
    this.#costs = this.#units.map((_, index) => (index + 1) * this.#edit);
    this.#best = { cost: this.#costs.at(-1) ?? 0, units: 0, at: 0, within: false };
    this.#certain = this.#units.length === 0;
  }

  /** Takes more of the text; returns what can be given of it now, often nothing. */
  push(text: string): string {
    this.#text += text;
    if (!this.#certain) {
      const units = textUnits(this.#text, this.#readTo);
      // The last one may go on.
      if (units.at(-1) && !/\s$/.test(this.#text)) units.pop();
      this.#align(units);
    }
    return this.#certain ? this.#give() : "";
  }

  /** The text has ended: returns what is left to be given. */
  end(): string {
    if (!this.#certain) this.#align(textUnits(this.#text, this.#readTo));
    return this.#give();
  }

  #align(units: readonly TextUnit[]): void {
    for (const unit of units) {
      this.#take(unit);
      this.#readTo = unit.at + unit.text.length;
      this.#certain = this.#isCertain();
      if (this.#certain) return;
    }
  }

  /** One more column of the table. */
  #take(unit: TextUnit): void {
    const key = unitKey(unit.text);
    const last = this.#units.length - 1;
    const begun = this.#open && startsLike(unit.text, this.#units[last]!.text);
    const before = this.#costs;
    const costs: number[] = [];
    let diagonal = this.#count * this.#edit;
    let above = diagonal + this.#edit;
    let within = false;
    for (const [index, given] of this.#keys.entries()) {
      const same = given === key;
      const cost = same ? -1 : index === last && begun ? 0 : this.#edit;
      above = Math.min(diagonal + cost, before[index]! + this.#edit, above + this.#edit);
      within = index === last && begun && above === diagonal + cost;
      costs.push(above);
      diagonal = before[index]!;
    }
    this.#costs = costs;
    this.#count += 1;
    const at = unit.at + (within ? this.#units[last]!.text.length : unit.text.length);
    const place: Place = { cost: costs[last]!, units: this.#count, at, within };
    if (this.#isBetter(place)) this.#best = place;
  }

  #isBetter({ cost, units }: Place): boolean {
    if (cost !== this.#best.cost) return cost < this.#best.cost;
    return this.#off(units) <= this.#off(this.#best.units);
  }

  #off(units: number): number {
    return Math.abs(units - this.#units.length);
  }

  /** Whether no later place can be the better one: every alignment that ends there goes through the last column. */
  #isCertain(): boolean {
    const given = this.#units.length;
    let least = this.#costs[given - 1]! + this.#edit;
    least = Math.min(least, this.#count * this.#edit - given);
    for (let index = 0; index < given - 1; index += 1) {
      least = Math.min(least, this.#costs[index]! - (given - 1 - index));
    }
    if (this.#best.cost !== least) return this.#best.cost < least;
    return this.#count + 1 >= given && this.#off(this.#best.units) < this.#off(this.#count + 1);
  }

  /** What follows the best place and was not given out yet; the white space before it with its first word. */
  #give(): string {
    if (!this.#begun) {
      const rest = this.#text.slice(this.#best.at);
      if (rest.trim() === "") return "";
      this.#begun = true;
      this.#text = "";
      if (this.#best.within) return rest;
      if (this.#given === "" || /\s$/.test(this.#given)) return rest.trimStart();
      return spaceBetween(this.#given, rest) + rest;
    }
    const rest = this.#text;
    this.#text = "";
    return rest;
  }
}

/** Whether a word begins with another, whatever its case. */
function startsLike(word: string, beginning: string): boolean {
  return word.slice(0, beginning.length).toLowerCase() === beginning.toLowerCase();
}
