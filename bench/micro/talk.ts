import type { Hypothesis, Word } from "../../pipeline/ports.ts";

const text = "we came to the market in the morning and everybody was there, because the boats had arrived. " +
  "nobody knew what the visitors wanted, but the children smiled and showed them the way to the little church.";
const wordMs = 300;
const rate = 16_000;

/** What the micro-benchmarks hear: two sentences, a word every 300 ms. */
export const words: readonly Word[] = text.split(" ").map((text, index) => ({
  text,
  startMs: index * wordMs,
  endMs: (index + 1) * wordMs,
  timing: "measured",
}));

/** The hypotheses of a recognizer that reports every 100 ms and says its first word about the newest one wrong; the last is final. */
export const hypotheses: readonly Hypothesis[] = Array.from({ length: words.length * 3 + 1 }, (_, index) => {
  const heard = Math.min(words.length, Math.ceil(index / 3));
  const final = index === words.length * 3;
  const shown = words.slice(0, heard);
  const unsure = !final && index % 3 === 1 && heard > 0;
  return {
    type: "hypothesis",
    utterance: 1,
    words: unsure ? [...shown.slice(0, -1), { ...shown.at(-1)!, text: "hm" }] : shown,
    stable: 0,
    final,
    language: "en",
    heardTo: index * rate / 10,
    settledTo: 0,
  };
});
