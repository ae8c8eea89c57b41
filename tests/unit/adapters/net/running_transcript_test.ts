import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { RunningTranscript } from "../../../../adapters/net/running_transcript.ts";
import type { HearingEvent, Word } from "../../../../pipeline/ports.ts";
import { assertConsistent } from "../../../conformance/hearing_events.ts";

const rate = 1000;

function word(text: string, startMs: number, endMs = startMs + 200): Word {
  return { text, startMs, endMs, timing: "estimated" };
}

function shown(events: readonly HearingEvent[]): string[] {
  return events.map((event) => {
    if (event.type !== "hypothesis") return event.type;
    const words = event.words.map(({ text }, index) => index < event.stable ? text : `(${text})`);
    return `${event.utterance}${event.final ? "!" : ""} ${words.join(" ")}`;
  });
}

Deno.test("RunningTranscript ends an utterance with a sentence, and with a pause", () => {
  const transcript = new RunningTranscript({ rate, language: "en" });
  transcript.begin(0);
  transcript.heard(900);
  assertEquals(shown(transcript.say([word("One", 300), word("two.", 500)], [word("three", 700)])), [
    "speech_started",
    "1! One two.",
    "endpoint",
    "speech_started",
    "2 (three)",
  ]);
  assertEquals(shown(transcript.say([word("three", 700)], [])), ["2 three"]);
  assertEquals(shown(transcript.heard(1800)).at(-1), "progress");
  assertEquals(shown(transcript.heard(1900)), ["2! three", "endpoint"]);
});

Deno.test("RunningTranscript gives a word its own time, whatever was thought of it before", () => {
  const transcript = new RunningTranscript({ rate, language: "en" });
  transcript.begin(0);
  transcript.heard(2000);
  transcript.say([], [word("won", 1200), word("too", 1700)]);
  const events = transcript.say([word("one", 300), word("two", 700)], [word("three", 900)]);
  const last = events.findLast((event) => event.type === "hypothesis");
  assertEquals(last?.words.map(({ startMs }) => startMs), [300, 700, 900]);
});

Deno.test("RunningTranscript waits longer for words that may still change, where it is told to", () => {
  const transcript = new RunningTranscript({ rate, language: "en", tentativePauseMs: 4000 });
  transcript.begin(0);
  transcript.heard(900);
  transcript.say([], [word("one", 700)]);
  assert(transcript.heard(4800).every(({ type }) => type === "progress"));
  assertEquals(shown(transcript.heard(4900)).slice(0, 2), ["1! one", "endpoint"]);
});

Deno.test("RunningTranscript tells up to where words counted as final before the provider said so", () => {
  const transcript = new RunningTranscript({ rate, language: "en" });
  transcript.begin(0);
  transcript.heard(1000);
  transcript.say([word("One.", 300)], []);
  assertEquals(transcript.promotedMs, -Infinity);
  transcript.say([word("two", 600)], [word("three", 700)]);
  transcript.heard(2000);
  assertEquals(transcript.promotedMs, 900);
  transcript.say([word("four", 1500)], []);
  transcript.end();
  assertEquals(transcript.promotedMs, 900);
});

Deno.test("RunningTranscript keeps to the port whatever a provider says of times", () => {
  const step = fc.record({
    ms: fc.integer({ min: 1, max: 1500 }),
    words: fc.array(fc.constantFrom("one", "two.", "three,"), { maxLength: 3 }),
    tentative: fc.array(fc.constantFrom("four", "five."), { maxLength: 2 }),
    startMs: fc.integer({ min: -1000, max: 40_000 }),
    end: fc.boolean(),
  });
  fc.assert(fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
    const transcript = new RunningTranscript({ rate, language: "en" });
    const from = 5000;
    const events: HearingEvent[] = [];
    transcript.begin(from);
    let to = from;
    for (const { ms, words, tentative, startMs, end } of steps) {
      to += ms;
      events.push(...transcript.heard(to));
      const timed = (texts: readonly string[]) =>
        texts.map((text, index) => word(text, startMs + index * 100));
      events.push(...transcript.say(timed(words), timed(tentative)));
      if (end) events.push(...transcript.end());
    }
    events.push(...transcript.end());
    assertConsistent(events, { rate, from, to, languages: ["en"] });
  }));
});
