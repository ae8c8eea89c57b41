import { assertEquals } from "@std/assert";
import { Splice } from "../../../../adapters/compose/splice.ts";
import type { HearingEvent, Hypothesis, Word } from "../../../../pipeline/ports.ts";
import { assertConsistent } from "../../../conformance/hearing_events.ts";

/** One sample a ms, so that positions read as times. */
const rate = 1000;

function words(text: string, fromMs = 0, wordMs = 300): Word[] {
  return text.split(" ").map((text, index) => ({
    text,
    startMs: fromMs + index * wordMs,
    endMs: fromMs + (index + 1) * wordMs,
    timing: "measured",
  }));
}

function hypothesis(utterance: number, words: readonly Word[], more: Partial<Hypothesis>): Hypothesis {
  const { heardTo = 0, settledTo = 0, final = false } = more;
  const stable = final ? words.length : 0;
  return { type: "hypothesis", utterance, words, stable, final, language: "en", heardTo, settledTo, ...more };
}

function started(utterance: number, position: number): HearingEvent {
  return { type: "speech_started", utterance, position };
}

/** A splice that was told "the old house is nea", of which the first four words were committed, and whose recognizer then failed at 2,000. */
function inMidWord() {
  const splice = new Splice({ rate, stableAfterMs: 400, language: "en" });
  const spoken = words("the old house is nea");
  const events = splice.take(started(5, 0));
  for (let heardTo = 300; heardTo <= 1600; heardTo += 100) {
    const heard = spoken.filter(({ endMs }) => endMs <= heardTo);
    events.push(...splice.take(hypothesis(5, heard, { heardTo })));
  }
  splice.switchOver();
  return { splice, events };
}

function said(events: readonly HearingEvent[]): string[] {
  return events.filter((event) => event.type === "hypothesis").map((event) =>
    `${event.utterance}${event.final ? "!" : ""} ${event.words.map(({ text }) => text).join(" ")}`
  );
}

function check(events: readonly HearingEvent[]) {
  assertConsistent(events, { rate, from: 0, to: 100_000, languages: ["en"] });
}

Deno.test("Splice.take() continues an utterance with what the next recognizer hears after the words that were committed", () => {
  const { splice, events } = inMidWord();
  assertEquals(splice.settledTo, 0);
  const next = [
    started(1, 20),
    hypothesis(1, words("the old", 20), { heardTo: 700 }),
    hypothesis(1, words("the old house is near the sea", 20), {
      heardTo: 2300,
      settledTo: 2120,
      final: true,
    }),
    { type: "endpoint", utterance: 1, position: 2120 },
  ] as const;
  const after = next.flatMap((event) => splice.take(event));
  check([...events, ...after, ...splice.end()]);
  assertEquals(said(after), ["1 the old house is", "1! the old house is near the sea"]);
});

Deno.test("Splice.take() keeps a committed word that the next recognizer hears differently", () => {
  const { splice, events } = inMidWord();
  const after = splice.take(
    hypothesis(1, words("the cold mouse is near", 0), { heardTo: 2000, settledTo: 1500, final: true }),
  );
  check([...events, ...after]);
  assertEquals(said(after), ["1! the old house is near"]);
});

Deno.test("Splice.take() goes on with the same utterance until the committed words are covered", () => {
  const { splice, events } = inMidWord();
  const next = [
    started(1, 0),
    hypothesis(1, words("the old"), { heardTo: 700, settledTo: 600, final: true }),
    { type: "endpoint", utterance: 1, position: 600 },
    started(2, 620),
    hypothesis(2, words("house is near", 620), { heardTo: 2200, settledTo: 1520, final: true }),
    started(3, 3000),
    hypothesis(3, words("we go", 3000), { heardTo: 4000, settledTo: 3600, final: true }),
  ] as const;
  const after = next.flatMap((event) => splice.take(event));
  check([...events, ...after]);
  assertEquals(said(after).at(-2), "1! the old house is near");
  assertEquals(said(after).at(-1), "2! we go");
});

Deno.test("Splice closes the utterance with its committed words when the next recognizer hears nothing in it", () => {
  const endings: readonly ((splice: Splice) => HearingEvent[])[] = [
    (splice) => splice.end(),
    (splice) => splice.take({ type: "flushed", id: 1 }),
    (splice) => splice.take({ type: "progress", heardTo: 5000, settledTo: 4900 }),
    (splice) =>
      [started(1, 4000), hypothesis(1, words("we go", 4000), { heardTo: 5000, settledTo: 4600, final: true })]
        .flatMap((event) => splice.take(event)),
  ];
  for (const ending of endings) {
    const { splice, events } = inMidWord();
    const after = ending(splice);
    const flushes = after.flatMap((event) => event.type === "flushed" ? [event.id] : []);
    assertConsistent([...events, ...after], { rate, from: 0, to: 100_000, languages: ["en"], flushes });
    assertEquals(said(after)[0], "1! the old house is");
  }
});

Deno.test("Splice gives an utterance without words an end, too", () => {
  const splice = new Splice({ rate, stableAfterMs: 400, language: "en" });
  const events = splice.take(started(1, 100));
  splice.switchOver();
  const after = [...splice.take({ type: "progress", heardTo: 3000, settledTo: 2900 })];
  check([...events, ...after]);
  assertEquals(said(after), ["1! "]);
});

Deno.test("Splice.take() lets the words of a recognizer that is gone grow no older", () => {
  const { splice } = inMidWord();
  // In replay: the word that was broken off would be trusted if this were passed on.
  assertEquals(splice.take({ type: "progress", heardTo: 2500, settledTo: 0 }), []);
});

Deno.test("Splice.take() reports nothing of the replay that would make positions go back", () => {
  const splice = new Splice({ rate, stableAfterMs: 400, language: "en" });
  const events = [
    ...splice.take({ type: "progress", heardTo: 5000, settledTo: 4000 }),
    ...splice.take({ type: "usage", audioMs: 1 }),
  ];
  splice.switchOver();
  const next = [
    { type: "progress", heardTo: 4500, settledTo: 4300 } as const,
    started(1, 4400),
    hypothesis(1, words("we go", 4400), { heardTo: 4900, settledTo: 4400 }),
    hypothesis(1, words("we go", 4400), { heardTo: 5600, settledTo: 5000, final: true }),
  ];
  for (const event of next) events.push(...splice.take(event));
  check(events);
  assertEquals(said(events), ["1 we go", "1! we go"]);
});

Deno.test("Splice survives a recognizer that fails while it catches up", () => {
  const { splice, events } = inMidWord();
  const second = splice.take(hypothesis(1, words("the old house"), { heardTo: 1000 }));
  splice.switchOver();
  const third = splice.take(
    hypothesis(1, words("the old house is near"), { heardTo: 2500, settledTo: 1500, final: true }),
  );
  check([...events, ...second, ...third]);
  assertEquals(said(third), ["1! the old house is near"]);
});
