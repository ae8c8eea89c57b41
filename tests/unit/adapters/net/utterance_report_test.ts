import { assertEquals, assertThrows } from "@std/assert";
import * as fc from "fast-check";
import { estimatedWords } from "../../../../adapters/net/transcript_words.ts";
import { UtteranceReport } from "../../../../adapters/net/utterance_report.ts";
import type { HearingEvent } from "../../../../pipeline/ports.ts";
import { assertConsistent, finals } from "../../../conformance/hearing_events.ts";

const rate = 16_000;
const language = "en";
const wordsAt = (text: string, position: number) => {
  const startMs = position / 16;
  return estimatedWords(text, { startMs, endMs: startMs + 100 });
};

Deno.test("UtteranceReport tells of an utterance when the one before is final", () => {
  const report = new UtteranceReport(rate);
  const told = (events: readonly HearingEvent[]) =>
    events.map((event) => "utterance" in event ? `${event.type} ${event.utterance}` : event.type);
  report.heard(1000, 900);
  assertEquals(told(report.started({ position: 950, from: 920 })), ["speech_started 1"]);
  report.heard(4000, 920);
  report.ended({ position: 3500, to: 3700 });
  assertEquals(told(report.started({ position: 3800, from: 3700 })), []);
  report.heard(6000, 3700);
  assertEquals([report.awaited, report.unsettled], [2, 6000 - 920]);
  assertEquals(told(report.words({ words: wordsAt("a b", 950), stable: 1, language })), ["hypothesis 1"]);
  assertEquals(told(report.finished({ words: wordsAt("a b c", 950), language })), [
    "hypothesis 1",
    "endpoint 1",
    "speech_started 2",
  ]);
  assertEquals([report.awaited, report.unsettled], [1, 6000 - 3700]);
  assertThrows(() => report.finished({ words: [], language }), TypeError, "none has ended");
});

Deno.test("UtteranceReport settles silence, and what is final", () => {
  const report = new UtteranceReport(rate);
  report.heard(0, 0);
  assertEquals(report.heard(15_000, 12_000), []);
  assertEquals(report.heard(16_000, 13_000), [{ type: "progress", heardTo: 16_000, settledTo: 13_000 }]);
  report.started({ position: 14_000, from: 13_000 });
  assertEquals(report.heard(17_600, 13_000), [{ type: "progress", heardTo: 17_600, settledTo: 13_000 }]);
  report.ended({ position: 16_000, to: 17_000 });
  report.finished({ words: [], language });
  assertEquals(report.progress(), { type: "progress", heardTo: 17_600, settledTo: 17_000 });
});

Deno.test("UtteranceReport agrees with the port, in whatever order things are found out", () => {
  const step = fc.constantFrom("hear", "start", "end", "words", "finish");
  fc.assert(fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
    const report = new UtteranceReport(rate);
    const events: HearingEvent[] = [];
    let at = 0;
    let doneTo = 0;
    let open: { from: number } | undefined;
    /** Where each awaited utterance began, and whether it has ended. */
    const awaited: { from: number; ended: boolean }[] = [];
    const hear = (samples: number) => {
      at += samples;
      events.push(...report.heard(at, open?.from ?? doneTo));
    };
    for (const step of [...steps, "hear", "end"] as const) {
      if (step === "hear") hear(777);
      if (step === "start" && !open && at > doneTo) {
        open = { from: doneTo };
        awaited.push({ from: doneTo, ended: false });
        events.push(...report.started({ position: doneTo, from: doneTo }));
      }
      if (step === "end" && open) {
        report.ended({ position: at, to: at });
        open = undefined;
        doneTo = at;
        awaited.at(-1)!.ended = true;
      }
      const [first] = awaited;
      if (step === "words" && first) events.push(...report.words({ words: [], stable: 0, language }));
      if (step === "finish" && first?.ended) {
        awaited.shift();
        events.push(...report.finished({ words: wordsAt("word", first.from), language }));
      }
    }
    for (const { from } of awaited) {
      events.push(...report.finished({ words: wordsAt("word", from), language }));
    }
    assertConsistent(events, { rate, from: 0, to: at, languages: [language] });
    assertEquals(report.awaited, 0);
    assertEquals(finals(events).length, events.filter(({ type }) => type === "speech_started").length);
  }));
});
