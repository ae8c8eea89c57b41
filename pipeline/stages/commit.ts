import type { Hypothesis, Word } from "../ports.ts";
import type { LanguageTag } from "../language.ts";

/** What became certain with one hypothesis, and what is still open. */
export interface Commitment {
  readonly utterance: number;
  readonly language: LanguageTag;
  /** Words that became certain just now; they follow what was committed before and are never taken back. */
  readonly committed: readonly Word[];
  /** What may still change, after everything that is committed. */
  readonly tentative: readonly Word[];
  /** Whether this closes the utterance. */
  readonly final: boolean;
}

/** Options of a {@linkcode Committer}. */
export interface CommitterOptions {
  /** Samples a second of the source. */
  readonly rate: number;
  /** How long an interim word has to stay the same before it is trusted, in ms of media time; the recognizer's own span. */
  readonly stableAfterMs: number;
}

interface OpenWord {
  readonly text: string;
  /** How far the recognizer had listened when this word first stood here, in samples. */
  readonly since: number;
}

/**
 * Decides which words of a changing transcript can be trusted. Words that the recognizer calls stable, or that belong to a final
 * hypothesis, commit at once; other words commit when they and all before them have stayed the same for `stableAfterMs`. Committed text
 * is append-only: a later hypothesis that contradicts it is aligned with it, and only what follows is taken from it.
 */
export class Committer {
  readonly #stableSamples: number;
  #last: Hypothesis | undefined;
  #committed: Word[] = [];
  #open: OpenWord[] = [];

  constructor(options: CommitterOptions) {
    this.#stableSamples = options.stableAfterMs * options.rate / 1000;
  }

  /** Takes the next hypothesis, in the order of the recognizer. */
  update(hypothesis: Hypothesis): Commitment {
    if (hypothesis.utterance !== this.#last?.utterance) {
      this.#committed = [];
      this.#open = [];
    }
    this.#last = hypothesis;
    const known = continuationStart(this.#committed, hypothesis.words);
    const tail = hypothesis.words.slice(known);
    const open = this.#age(tail, hypothesis.heardTo);
    const trusted = hypothesis.final ? tail.length : Math.max(
      hypothesis.stable - known,
      agedPrefix(open, hypothesis.heardTo - this.#stableSamples),
    );
    const committed = tail.slice(0, Math.max(0, trusted));
    this.#committed.push(...committed);
    this.#open = open.slice(committed.length);
    return {
      utterance: hypothesis.utterance,
      language: hypothesis.language,
      committed,
      tentative: tail.slice(committed.length),
      final: hypothesis.final,
    };
  }

  /** Takes note that the last hypothesis still stands: its words have aged. `undefined` when there is none that is open. */
  progress(heardTo: number): Commitment | undefined {
    return this.#last && !this.#last.final ? this.update({ ...this.#last, heardTo }) : undefined;
  }

  #age(tail: readonly Word[], heardTo: number): OpenWord[] {
    let same = true;
    return tail.map((word, index) => {
      const before = this.#open[index];
      same &&= before?.text === word.text;
      return same && before ? before : { text: word.text, since: heardTo };
    });
  }
}

function agedPrefix(open: readonly OpenWord[], notAfter: number): number {
  const first = open.findIndex((word) => word.since > notAfter);
  return first < 0 ? open.length : first;
}

/**
 * How many words at the start of `words` say what `committed` says already: the prefix at the smallest edit distance, and among equals the
 * one that ends nearest in time.
 */
function continuationStart(committed: readonly Word[], words: readonly Word[]): number {
  if (committed.every((word, index) => word.text === words[index]?.text)) return committed.length;
  let row = words.map((_, index) => index);
  row.push(words.length);
  for (const [done, word] of committed.entries()) {
    const next = [done + 1];
    for (let index = 0; index < words.length; index++) {
      const substituted = row[index]! + (words[index]!.text === word.text ? 0 : 1);
      next.push(Math.min(substituted, row[index + 1]! + 1, next[index]! + 1));
    }
    row = next;
  }
  const endMs = committed.at(-1)!.endMs;
  const apart = (length: number) => Math.abs((words[length - 1]?.endMs ?? 0) - endMs);
  let best = 0;
  for (let length = 1; length <= words.length; length++) {
    const closer = row[length]! - row[best]!;
    if (closer < 0 || (closer === 0 && apart(length) < apart(best))) best = length;
  }
  return best;
}
