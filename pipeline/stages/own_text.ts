import type { LanguageTag } from "../language.ts";
import { type Mark, markOf, MarkReader } from "./mark_reader.ts";
import type { Segment } from "./segment.ts";
import type { Share } from "./share.ts";

/** How much the ends of a text and of a segment may differ and still mean the same place, in ms. */
const toleranceMs = 100;
/** How long after the end of a segment its translation may begin, in ms of media time. */
const patienceMs = 10_000;
/** How many segments may wait for their text, fewer than a lane takes in; and how many pieces of text for a segment, or are known by their places. */
const openLimit = 8;
const heldLimit = 64;

interface Open {
  readonly segment: number;
  readonly startMs: number;
  readonly endMs: number;
  readonly mark: Mark;
  /** Whether it is there for text that has no other segment: then it takes all of it. */
  readonly wordless: boolean;
  /** How many of its commas have no counterpart in the translation yet. */
  commas: number;
  /** Whether it got some of the text. */
  begun: boolean;
}

/** A stretch of the source. */
interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

interface Held {
  readonly text: string;
  readonly mark: Mark;
  /** The stretch of the source that it translates, where that is known. */
  readonly span?: Span;
}

/**
 * Shares the running translation of a recognizer out to the segments of its source, in order: by where in the source the text comes from, where
 * the recognizer knows that, else by the punctuation marks of both. No text is lost or repeated; a segment whose sentence was translated in another way
 * may get none. One for which nothing comes in time is given up; where the recognizer always knows the place, it is told as missing, and what comes later
 * of its sentence is dropped, as somebody else translates it.
 */
export class OwnText {
  readonly #reader: MarkReader;
  readonly #open: Open[] = [];
  readonly #held: Held[] = [];
  #shares: Share[] = [];
  #toMs = 0;
  #tentative = "";
  readonly #withinMs: number | undefined;
  /** What the last pieces of text cover, and where the last segment ends that is told as missing. */
  readonly #covered: Span[] = [];
  #missingToMs = -Infinity;

  /** @param withinMs as in `OwnTranslations` of the port. */
  constructor(target: LanguageTag, withinMs?: number) {
    this.#reader = new MarkReader(target);
    this.#withinMs = withinMs;
  }

  /** Whether there is so much text without a segment that it needs one, whatever was heard. */
  get overflowing(): boolean {
    return this.#held.length >= heldLimit;
  }

  /** Whether there is text without a segment. */
  get stranded(): boolean {
    return this.#held.length > 0;
  }

  /** A segment was cut: it is the next one to get text. */
  cut({ segment, startMs, endMs, words, language }: Segment): readonly Share[] {
    const marks = words.map(({ text }) => markOf(text, language));
    const commas = marks.filter((mark) => mark === "comma").length;
    const wordless = words.length === 0;
    this.#open.push({ segment, startMs, endMs, mark: marks.at(-1), wordless, commas, begun: false });
    this.#settle();
    if (this.#open.length > openLimit) this.#finish(1);
    if (this.#open.length === 1 && this.#tentative !== "") this.#showTentative();
    return this.#told();
  }

  /** More of the translation; `toMs` is where in the source its text ends, where that is known. */
  take(append: string, tentative: string, toMs: number | undefined): readonly Share[] {
    if (toMs !== undefined) {
      const fromMs = Math.min(this.#toMs, toMs);
      this.#toMs = Math.max(this.#toMs, toMs);
      if (append !== "") this.#place(append, { fromMs, toMs });
    } else {
      this.#held.push(...this.#reader.read(append));
    }
    this.#settle();
    const changed = tentative !== this.#tentative;
    this.#tentative = tentative;
    if (changed) this.#showTentative();
    return this.#told();
  }

  /** The recognizer has listened so far: what is waited for in vain is given up. */
  heard(heardMs: number): readonly Share[] {
    const inTime = this.#open.findIndex((open, index) => this.#deadlineMs(open, index) >= heardMs);
    this.#finish(inTime < 0 ? this.#open.length : inTime);
    return this.#told();
  }

  /** Everything that was said is translated. */
  end(): readonly Share[] {
    this.#finish(this.#open.length);
    return this.#told();
  }

  #place(text: string, span: Span): void {
    if (this.#withinMs !== undefined) {
      if (span.fromMs >= span.toMs) return;
      // Somebody else translates the beginning of it, and now the rest, too.
      if (span.fromMs < this.#missingToMs - toleranceMs) return this.#finishBefore(span.toMs + toleranceMs);
    }
    this.#held.push({ text, mark: undefined, span });
    this.#covered.push(span);
    if (this.#covered.length > heldLimit) this.#covered.shift();
  }

  /** Until when a segment may wait for its text, in ms on the source clock. */
  #deadlineMs({ endMs }: Open, index: number): number {
    const usualMs = endMs + patienceMs;
    if (this.#withinMs === undefined) return usualMs;
    const sentence = this.#open.find(({ mark }, at) => at >= index && mark === "sentence");
    return sentence ? Math.min(usualMs, sentence.endMs + this.#withinMs) : usualMs;
  }

  #showTentative(): void {
    const [first] = this.#open;
    if (!first) return;
    this.#shares.push({ segment: first.segment, append: "", tentative: this.#tentative, over: false });
  }

  #settle(): void {
    while (this.#held.length > 0) {
      const { text, mark, span } = this.#held[0]!;
      if (span) this.#finishBefore((span.fromMs + span.toMs) / 2, { sparing: true });
      const [first] = this.#open;
      if (!first) return;
      this.#held.shift();
      first.begun = true;
      this.#shares.push({ segment: first.segment, append: text, tentative: "", over: false });
      if (first.wordless && this.#held.length > 0) continue;
      if (span) this.#finishBefore(span.toMs + toleranceMs);
      else if (mark === "sentence") this.#finishSentence();
      else if (mark === "comma" && first.mark === "comma" && --first.commas <= 0) this.#finish(1);
    }
  }

  /** A sentence of the translation is over: so is that of the source, as far as it has marks. */
  #finishSentence(): void {
    const last = this.#open.findIndex(({ mark }) => mark === "sentence");
    this.#finish(last < 0 ? this.#open.length : last + 1);
  }

  #finishBefore(ms: number, { sparing = false } = {}): void {
    const next = this.#open.findIndex(({ endMs, wordless }) => endMs > ms || (sparing && wordless));
    this.#finish(next < 0 ? this.#open.length : next);
  }

  #finish(count: number): void {
    for (const open of this.#open.splice(0, count)) {
      const { segment, endMs } = open;
      const missing = this.#isMissing(open);
      if (missing) this.#missingToMs = endMs;
      this.#shares.push({ segment, append: "", tentative: "", over: true, ...(missing ? { missing } : {}) });
    }
  }

  /** Whether no text holds what the segment says, as far as places tell. */
  #isMissing({ startMs, endMs, begun, wordless }: Open): boolean {
    if (this.#withinMs === undefined || begun || wordless) return false;
    const middleMs = (startMs + endMs) / 2;
    return !this.#covered.some(({ fromMs, toMs }) => fromMs <= middleMs && middleMs <= toMs);
  }

  #told(): readonly Share[] {
    const shares = this.#shares;
    this.#shares = [];
    return shares;
  }
}
