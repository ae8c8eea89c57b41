/** A text as far as it is known: the beginning that stays, and the rest that may change. */
export interface GrowingText {
  readonly stable: string;
  readonly tentative: string;
  readonly final: boolean;
}

/** How long the stages of one clause took, in ms; what is unknown is absent. */
export interface ClauseTiming {
  readonly sttMs?: number;
  readonly queueMs?: number;
  readonly mtMs?: number;
  readonly ttsMs?: number;
  /** From the end of its speech to its first translated audio. */
  readonly ttfabMs?: number;
  /** How long its translated speech is. */
  readonly audioMs: number;
  /** Playout start minus the end of its source. */
  readonly lagMs?: number;
}

/** A clause of a talk, with everything that came of it so far. */
export interface Clause {
  /** Its number in the session, from 1. */
  readonly segment: number;
  /** Its place in the talk, in ms; absent until it is complete. */
  readonly place?: { readonly startMs: number; readonly endMs: number };
  readonly source: GrowingText;
  readonly target: GrowingText;
  /** The language of `target`; empty while there is nothing in it. */
  readonly targetLanguage: string;
  readonly timing?: ClauseTiming;
  /** Why it is not spoken, in the service's word: `late`, `failed`, `muted`, `cancelled`. */
  readonly skipped?: string;
}

/** The text of nothing yet. */
export const noText: GrowingText = { stable: "", tentative: "", final: false };

/** All of a text, stable or not, with the space between that its script wants. */
export function wholeText({ stable, tentative }: GrowingText): string {
  return stable + gapBetween(stable, tentative) + tentative;
}

/** What stands between two parts of a text: a space, or nothing in scripts that do without. */
export function gapBetween(one: string, other: string): "" | " " {
  if (one === "" || other === "" || /\s$/.test(one) || /^\s/.test(other)) return "";
  return unspaced.test(one) ? "" : " ";
}

const unspaced =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}、。]$/u;
