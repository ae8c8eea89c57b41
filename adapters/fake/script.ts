import type { LanguageTag } from "../../pipeline/language.ts";

/** A word that is going to be heard, with its place on the source clock. */
export interface ScriptedWord {
  readonly text: string;
  readonly startMs: number;
  readonly endMs: number;
  /** What interim hypotheses say first, and for how long, in ms of media time, before they are corrected. */
  readonly misheard?: { readonly text: string; readonly forMs: number };
}

/** Speech between two endpoints that is going to be heard. */
export interface ScriptedUtterance {
  readonly words: readonly ScriptedWord[];
  /** Which language it is in; the first one of the session when absent. */
  readonly language?: LanguageTag;
}

/** How long after the words a recognizer reports them, in ms of media time; 0 where absent. */
export interface ReportingDelays {
  /** From the end of a word to the interim hypothesis that has it. */
  readonly interimDelayMs?: number;
  /** From the end of an utterance's last word to its final hypothesis. */
  readonly finalDelayMs?: number;
  /** From the end of an utterance's last word to its endpoint. On a tie, the final hypothesis comes first. */
  readonly endpointDelayMs?: number;
  /** How often an interim hypothesis is repeated without a change; 100 by default. A change is reported when it happens. */
  readonly interimEveryMs?: number;
  /** When a word that was shown right for so long counts as stable; without it, no interim word does. */
  readonly stableDelayMs?: number;
}

/**
 * Words spoken one after another at an even pace, for a script: `utterance("hello world", 1000)`.
 *
 * @param wordMs how long each word lasts, with the pause after it; 300 by default.
 */
export function utterance(text: string, startMs: number, wordMs = 300): ScriptedUtterance {
  const words = text.split(" ").map((text, index) => ({
    text,
    startMs: startMs + index * wordMs,
    endMs: startMs + (index + 1) * wordMs,
  }));
  return { words };
}

/** @throws {RangeError} when words overlap, or an utterance begins before all about the one before was reported. */
export function checkScript(script: readonly ScriptedUtterance[], delays: ReportingDelays): void {
  const reportedMs = Math.max(delays.finalDelayMs ?? 0, delays.endpointDelayMs ?? 0);
  let freeFromMs = 0;
  for (const { words } of script) {
    if (words.length === 0) throw new RangeError("Cannot play the script: an utterance has no words");
    for (const { startMs, endMs } of words) {
      if (!(startMs >= freeFromMs && endMs > startMs)) {
        throw new RangeError(
          `Cannot play the script: a word lasts from ${startMs} to ${endMs} ms, expected a span that begins at ${freeFromMs} or later`,
        );
      }
      freeFromMs = endMs;
    }
    freeFromMs += reportedMs;
  }
}
