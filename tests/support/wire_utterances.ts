import type { WireEvent } from "../../adapters/net/recognizer_wire.ts";

/** The final texts of the utterances that the events of a wire make, in order; of one that has no words nothing is told. */
export function wireUtterances(events: readonly WireEvent[]): string[] {
  const texts: string[] = [];
  let words: string[] = [];
  for (const event of events) {
    if (event.type === "heard") words.push(...event.append.map(({ text }) => text));
    if (event.type !== "ended" && event.type !== "finalized") continue;
    if (words.length > 0) texts.push(words.join(" "));
    words = [];
  }
  return texts;
}

/** The text of the utterance that is open at the end of the events, with what is tentative of it in brackets. */
export function openUtterance(events: readonly WireEvent[]): string {
  const over = events.findLastIndex(({ type }) => type === "ended" || type === "finalized");
  const open = events.slice(over + 1).filter((event) => event.type === "heard");
  const appended = open.flatMap(({ append }) => append.map(({ text }) => text));
  const tentative = open.at(-1)?.tentative.map(({ text }) => `[${text}]`) ?? [];
  return [...appended, ...tentative].join(" ");
}
