import type { LanguageTag } from "../language.ts";
import type { Word } from "../ports.ts";
import { endsSentence, endsWithComma, isConjunction } from "./clause_rules.ts";
import { joinWords, splitUnspaced } from "./text.ts";

/** A clause: the unit that is translated, spoken, measured and cancelled. */
export interface Segment {
  /** Counts up by one within a session. */
  readonly segment: number;
  readonly utterance: number;
  readonly language: LanguageTag;
  readonly text: string;
  readonly words: readonly Word[];
  /** Where its speech begins and ends on the source clock, in ms. */
  readonly startMs: number;
  readonly endMs: number;
}

/** Where clauses are cut. */
export interface SegmentRules {
  /** A sentence mark cuts from this length up, in characters. */
  readonly sentenceChars: number;
  /** A comma cuts from this length up, in characters: less is not worth a breath. */
  readonly commaChars: number;
  /** A conjunction starts a new clause when the one before has this length, in characters. */
  readonly conjunctionChars: number;
  /** A pause between two words cuts from this length up, in ms ... */
  readonly pauseMs: number;
  /** ... when the clause before it has this length, in characters. */
  readonly pauseChars: number;
  /** No clause is longer, in characters ... */
  readonly maxChars: number;
  /** ... or ms of speech. */
  readonly maxMs: number;
  /** Whether the end of an utterance cuts. */
  readonly endOfUtterance: boolean;
}

/** Rules that serve recognizers with and without punctuation. */
export const defaultSegmentRules: SegmentRules = {
  sentenceChars: 0,
  commaChars: 20,
  conjunctionChars: 35,
  pauseMs: 250,
  pauseChars: 12,
  maxChars: 120,
  maxMs: 4000,
  endOfUtterance: true,
};

/** Rules where somebody else says when a clause is complete: only what was forgotten, or grows beyond all measure, is cut. */
export const onDemandSegmentRules: SegmentRules = {
  sentenceChars: Infinity,
  commaChars: Infinity,
  conjunctionChars: Infinity,
  pauseMs: 5000,
  pauseChars: 0,
  maxChars: 400,
  maxMs: 15_000,
  endOfUtterance: false,
};

/**
 * Cuts committed words into clauses: at a sentence mark always; at a comma, before a conjunction or at a pause when enough was said; at the
 * widest gap of the second half that was not shown yet when the clause grows too long; and at the end of the utterance.
 */
export class Segmenter {
  readonly #rules: SegmentRules;
  #next: number;
  #utterance = 0;
  #language: LanguageTag = "und";
  #run: Word[] = [];
  /** How many words of the run have been there since an earlier `add`: whoever was shown them must not lose them to the next clause. */
  #shown = 0;

  constructor(firstSegment = 1, rules: SegmentRules = defaultSegmentRules) {
    this.#rules = rules;
    this.#next = firstSegment;
  }

  /** The number that the clause now growing will have. */
  get growing(): number {
    return this.#next;
  }

  /** The text of the clause now growing; empty between clauses. */
  get pendingText(): string {
    return joinWords(this.#run, this.#language);
  }

  /** Takes words that were committed; returns the clauses that are complete with them. */
  add(words: readonly Word[], utterance: number, language: LanguageTag): Segment[] {
    const cut: Segment[] = [];
    if (utterance !== this.#utterance) cut.push(...this.endUtterance());
    this.#utterance = utterance;
    this.#language = language;
    for (const word of words.flatMap((word) => splitUnspaced(word, language))) {
      if (this.#breaksBefore(word)) cut.push(...this.close());
      this.#run.push(word);
      if (this.#breaksAfter(word)) cut.push(...this.close());
      else if (this.#tooLong()) cut.push(this.#cut(this.#widestGap()));
    }
    this.#shown = this.#run.length;
    return cut;
  }

  /** Tells that nothing was said up to `heardMs`, on the source clock: a pause closes the clause before the next word is known. */
  quiet(heardMs: number): Segment[] {
    const last = this.#run.at(-1);
    if (
      !last || heardMs - last.endMs < this.#rules.pauseMs || this.pendingText.length < this.#rules.pauseChars
    ) {
      return [];
    }
    return this.close();
  }

  /** The utterance is over. */
  endUtterance(): Segment[] {
    return this.#rules.endOfUtterance ? this.close() : [];
  }

  /** Ends the clause now growing, if there is one. */
  close(): Segment[] {
    return this.#run.length > 0 ? [this.#cut(this.#run.length)] : [];
  }

  /** A clause of which only its place is known, on the source clock: what was said has not been heard. To be asked for between clauses. */
  wordless(startMs: number, endMs: number, language: LanguageTag): Segment {
    const [segment, utterance] = [this.#next++, this.#utterance];
    return { segment, utterance, language, text: "", words: [], startMs, endMs };
  }

  /** The clause now growing as it will be if these words are committed, too; `undefined` while it would not be complete. */
  foresee(tentative: readonly Word[], utterance: number, language: LanguageTag): string | undefined {
    if (utterance !== this.#utterance && this.#run.length > 0) return undefined;
    const ahead = new Segmenter(this.#next, this.#rules);
    ahead.#utterance = utterance;
    ahead.#run = [...this.#run];
    ahead.#shown = this.#shown;
    return ahead.add(tentative, utterance, language)[0]?.text;
  }

  #breaksBefore(word: Word): boolean {
    const last = this.#run.at(-1);
    if (!last) return false;
    const length = this.pendingText.length;
    return (isConjunction(word.text, this.#language) && length >= this.#rules.conjunctionChars) ||
      (word.startMs - last.endMs >= this.#rules.pauseMs && length >= this.#rules.pauseChars);
  }

  #breaksAfter(word: Word): boolean {
    const { sentenceChars, commaChars } = this.#rules;
    return (endsSentence(word.text, this.#language) && this.pendingText.length >= sentenceChars) ||
      (endsWithComma(word.text) && this.pendingText.length >= commaChars);
  }

  #tooLong(): boolean {
    return this.pendingText.length >= this.#rules.maxChars ||
      this.#run.at(-1)!.endMs - this.#run[0]!.startMs >= this.#rules.maxMs;
  }

  #widestGap(): number {
    let best = this.#run.length;
    let widest = 0;
    for (
      let index = Math.max(this.#shown, Math.ceil(this.#run.length / 2));
      index < this.#run.length;
      index++
    ) {
      const gap = this.#run[index]!.startMs - this.#run[index - 1]!.endMs;
      if (gap > widest) {
        widest = gap;
        best = index;
      }
    }
    return best;
  }

  #cut(count: number): Segment {
    const words = this.#run.splice(0, count);
    this.#shown = 0;
    return {
      segment: this.#next++,
      utterance: this.#utterance,
      language: this.#language,
      text: joinWords(words, this.#language),
      words,
      startMs: words[0]!.startMs,
      endMs: words.at(-1)!.endMs,
    };
  }
}
