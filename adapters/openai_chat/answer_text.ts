const opening = "<think>";
const closing = "</think>";
/** The marks around the source, which weaker models repeat. */
const marks = /<\/?source>/g;
/** An end that may turn out to be the end of all, or the beginning of a mark. */
const uncertain = /\s*(?:<[/a-z]{0,7}>?\s*)?$/;

/**
 * The translation in a model's answer, as it comes: without what the model thought aloud at the beginning, without marks, and without white
 * space at either end.
 */
export class AnswerText {
  #waiting = "";
  #state: "beginning" | "thinking" | "answering" = "beginning";
  #given = 0;

  /** How many UTF-16 units of the translation there were so far. */
  get given(): number {
    return this.#given;
  }

  /** What can be given now; empty when it is not clear yet. */
  push(text: string): string {
    this.#waiting += text;
    if (this.#state === "beginning") this.#begin();
    if (this.#state === "thinking") this.#think();
    return this.#state === "answering" ? this.#give(this.#waiting.search(uncertain)) : "";
  }

  /** What is left at the end. */
  end(): string {
    return this.#state === "thinking" ? "" : this.#give(this.#waiting.length).trimEnd();
  }

  #begin(): void {
    this.#waiting = this.#waiting.trimStart();
    if (this.#waiting.startsWith(opening)) {
      this.#state = "thinking";
      this.#waiting = this.#waiting.slice(opening.length);
    } else if (!opening.startsWith(this.#waiting)) this.#state = "answering";
  }

  #think(): void {
    const end = this.#waiting.indexOf(closing);
    if (end >= 0) this.#state = "answering";
    this.#waiting = end < 0
      ? this.#waiting.slice(-closing.length)
      : this.#waiting.slice(end + closing.length);
  }

  #give(end: number): string {
    const cleaned = this.#waiting.slice(0, end).replaceAll(marks, "");
    const text = this.#given === 0 ? cleaned.trimStart() : cleaned;
    this.#waiting = this.#waiting.slice(end);
    this.#given += text.length;
    return text;
  }
}
