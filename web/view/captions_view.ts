import { type Clause, gapBetween, type GrowingText, wholeText } from "../clause.ts";
import type { Captions } from "../captions.ts";
import type { Dictionary } from "../i18n/dictionary.ts";
import type { HeardClause } from "../playout.ts";
import { spokenWord } from "../spoken_word.ts";
import { byId, make, setText } from "./element.ts";

/** So many clauses are on the page; older ones are in the exports. */
const shownLimit = 300;
/** The reader follows the talk while the end is no further away than this, in pixels. */
const nearEnd = 80;

interface Row {
  readonly row: HTMLLIElement;
  readonly said: HTMLParagraphElement;
  readonly told: HTMLParagraphElement;
}

/** The talk on facing pages: what is said, and beside it its translation, clause by clause. */
export class CaptionsView {
  readonly #list = byId("clauses", HTMLOListElement);
  readonly #pages = byId("captions", HTMLDivElement);
  readonly #opening = byId("opening", HTMLDivElement);
  readonly #earlier = byId("earlier", HTMLParagraphElement);
  readonly #toNow = byId("to-now", HTMLButtonElement);
  readonly #rows = new Map<number, Row>();
  #words: Dictionary;
  #sourceLanguage = "";
  #captions: Captions | undefined;
  #heard: HeardClause | undefined;
  #following = true;
  #height = 0;

  constructor(words: Dictionary) {
    this.#words = words;
    this.#pages.addEventListener("scroll", () => {
      const { scrollHeight, scrollTop, clientHeight } = this.#pages;
      // The page moved because the room for it changed, not because the reader moved it.
      if (clientHeight !== this.#height) return this.#toEnd();
      this.#setFollowing(scrollHeight - scrollTop - clientHeight < nearEnd);
    }, { passive: true });
    this.#toNow.addEventListener("click", () => {
      this.#setFollowing(true);
      this.#toEnd();
      this.#pages.focus({ preventScroll: true });
    });
    new ResizeObserver(() => this.#toEnd()).observe(this.#list);
    new ResizeObserver(() => this.#toEnd()).observe(this.#pages);
  }

  /** Other words for the same talk. */
  setWords(words: Dictionary): void {
    this.#words = words;
    for (const segment of this.#rows.keys()) this.#render(segment);
    this.#countEarlier();
  }

  /** Begins another talk with an empty page. */
  begin(captions: Captions, sourceLanguage: string): void {
    this.#captions = captions;
    this.#sourceLanguage = sourceLanguage;
    this.#heard = undefined;
    this.#rows.clear();
    this.#list.replaceChildren();
    this.#list.hidden = this.#earlier.hidden = true;
    this.#opening.hidden = false;
    this.#setFollowing(true);
  }

  /** Shows what changed. */
  update(segments: readonly number[]): void {
    for (const segment of segments) this.#render(segment);
    while (this.#rows.size > shownLimit) this.#remove(this.#rows.keys().next().value!);
    const empty = this.#rows.size === 0;
    this.#list.hidden = empty;
    this.#opening.hidden = !empty;
    this.#countEarlier();
    this.#toEnd();
  }

  /** Shows which clause is being heard. */
  hear(heard: HeardClause | undefined): void {
    const before = this.#heard;
    this.#heard = heard;
    if (before && before.segment !== heard?.segment) this.#render(before.segment);
    if (heard) this.#render(heard.segment);
  }

  #render(segment: number): void {
    const clause = this.#captions?.clause(segment);
    if (!clause) return this.#remove(segment);
    const { row, said, told } = this.#rows.get(segment) ?? this.#insert(segment);
    const heard = this.#heard?.segment === segment ? this.#heard : undefined;
    row.toggleAttribute("data-growing", !clause.place);
    row.toggleAttribute("data-heard", heard !== undefined);
    setGrowing(said, clause.source);
    if (clause.targetLanguage !== "") told.lang = clause.targetLanguage;
    if (heard) setSpoken(told, clause, heard.share);
    else setGrowing(told, clause.target);
    const reason = clause.skipped === undefined ? undefined : this.#reason(clause.skipped);
    if (reason) told.append(make("span", "aside", ` (${reason})`));
  }

  #reason(skipped: string): string | undefined {
    const { notSpoken } = this.#words;
    switch (skipped) {
      case "muted":
        return undefined;
      case "late":
      case "failed":
      case "cancelled":
        return notSpoken[skipped];
      default:
        return notSpoken.other;
    }
  }

  #insert(segment: number): Row {
    const said = make("p", "said");
    said.lang = this.#sourceLanguage;
    const told = make("p", "told");
    said.dir = told.dir = "auto";
    const number = make("span", "number", String(segment));
    number.ariaHidden = "true";
    const row = make("li", "clause", said, number, told);
    row.dataset["segment"] = String(segment);
    const next = [...this.#rows].find(([known]) => known > segment)?.[1].row;
    this.#list.insertBefore(row, next ?? null);
    const made = { row, said, told };
    this.#rows.set(segment, made);
    return made;
  }

  #remove(segment: number): void {
    this.#rows.get(segment)?.row.remove();
    this.#rows.delete(segment);
  }

  #countEarlier(): void {
    const count = (this.#captions?.size ?? 0) - this.#rows.size;
    this.#earlier.hidden = count <= 0;
    if (count > 0) setText(this.#earlier, this.#words.earlier(count));
  }

  #toEnd(): void {
    this.#height = this.#pages.clientHeight;
    if (this.#following && !this.#list.hidden) this.#pages.scrollTop = this.#pages.scrollHeight;
  }

  #setFollowing(following: boolean): void {
    this.#following = following;
    this.#toNow.hidden = following || this.#list.hidden;
  }
}

function setGrowing(cell: HTMLElement, text: GrowingText): void {
  const { stable, tentative } = text;
  if (wholeText(text) === "") return cell.replaceChildren();
  const shown = make("span", "text", stable);
  if (tentative !== "") {
    shown.append(gapBetween(stable, tentative), make("span", "tentative", tentative));
  }
  cell.replaceChildren(shown);
}

function setSpoken(cell: HTMLElement, clause: Clause, share: number): void {
  const { before, word, after } = spokenWord(wholeText(clause.target), share, clause.targetLanguage);
  cell.replaceChildren(make("span", "text", before, make("span", "word", word), after));
}
