import { assertEquals } from "@std/assert";
import * as fc from "fast-check";
import { HeardReport } from "../../../../adapters/net/heard_report.ts";
import type { HearingEvent, Word } from "../../../../pipeline/ports.ts";
import { assertConsistent } from "../../../conformance/hearing_events.ts";

const rate = 16_000;
const languages = ["en", "es"];

function word(text: string, startMs: number, endMs: number): Word {
  return { text, startMs, endMs, timing: "measured" };
}

Deno.test("HeardReport keeps to the port whatever a provider tells, over however many connections", () => {
  const ms = fc.integer({ min: 0, max: 3000 });
  const words = fc.array(fc.record({ text: fc.constantFrom("a", "b", "c"), startMs: ms, lengthMs: ms }), {
    maxLength: 4,
  });
  const told = fc.oneof(
    fc.record({
      type: fc.constant("heard" as const),
      append: words,
      tentative: words,
      aheadMs: ms,
      settled: fc.option(ms),
    }),
    fc.record({
      type: fc.constantFrom("started", "ended", "promote", "handOver", "dropped", "reached", "unchanged"),
      aheadMs: ms,
    }),
  );
  fc.assert(
    fc.property(fc.array(told, { maxLength: 40 }), (all) => {
      const report = new HeardReport({ rate, languages });
      report.begin(1000);
      const events: HearingEvent[] = [];
      let sentMs = 1000;
      for (const event of all) {
        sentMs += 200;
        const at = (aheadMs: number) => Math.max(1000, (sentMs - aheadMs) * 16);
        if (event.type === "heard") {
          // A provider tells nothing of what it was not sent.
          const timed = (given: typeof event.append) =>
            given.map(({ text, startMs, lengthMs }) =>
              word(text, sentMs - startMs, Math.min(sentMs, sentMs - startMs + lengthMs))
            );
          events.push(...report.heard({
            append: timed(event.append),
            tentative: timed(event.tentative),
            heardTo: at(event.aheadMs),
            settledTo: event.settled === null ? undefined : at(event.settled),
          }));
        } else if (event.type === "started") events.push(...report.started(at(event.aheadMs)));
        else if (event.type === "ended") events.push(...report.close(at(event.aheadMs)));
        else if (event.type === "promote") events.push(...report.promote(sentMs * 16));
        else if (event.type === "handOver") events.push(...report.handOver(sentMs * 16));
        else if (event.type === "reached") events.push(...report.reached(at(event.aheadMs)));
        else if (event.type === "unchanged") events.push(...report.unchanged(at(event.aheadMs)));
        else {
          report.dropped();
          report.begin(report.resumeFrom);
        }
      }
      events.push(...report.promote(sentMs * 16));
      assertConsistent(events, { rate, from: 1000, to: sentMs * 16, languages });
    }),
    { numRuns: 500 },
  );
});

Deno.test("HeardReport.unchanged() tells what it tells when the same is heard again", () => {
  const words = fc.array(fc.record({ text: fc.constantFrom("a", "b"), lengthMs: fc.nat(300) }), {
    maxLength: 4,
  });
  const told = fc.array(fc.record({ words, again: fc.nat(4), ends: fc.boolean() }), { maxLength: 12 });
  fc.assert(fc.property(told, (all) => {
    const [one, other] = [new HeardReport({ rate, languages }), new HeardReport({ rate, languages })];
    one.begin(0);
    other.begin(0);
    let heardTo = 0;
    for (const { words, again, ends } of all) {
      const fromMs = heardTo / 16;
      const tentative = words.map(({ text, lengthMs }) => word(text, fromMs, fromMs + lengthMs));
      const heard = { append: [], tentative, settledTo: undefined, language: undefined };
      heardTo += 8000;
      assertEquals(one.heard({ ...heard, heardTo }), other.heard({ ...heard, heardTo }));
      for (let times = 0; times < again; times += 1) {
        heardTo += 1600;
        assertEquals(one.unchanged(heardTo), other.heard({ ...heard, heardTo }));
      }
      if (ends) assertEquals(one.close(), other.close());
      // What is heard again after its end would be a new utterance.
      if (ends) heardTo += 16_000;
    }
  }));
});

Deno.test("HeardReport.begin() keeps what is tentative and cannot be heard again", () => {
  const report = new HeardReport({ rate, languages });
  report.begin(0);
  const tentative = [word("one", 0, 500), word("two", 500, 1000)];
  report.heard({ append: [], tentative, heardTo: 16_000 });
  report.dropped();
  report.begin(9000);
  const events = report.heard({ append: [word("too", 550, 1000)], tentative: [], heardTo: 16_000 });
  const last = events.findLast((event) => event.type === "hypothesis");
  assertEquals(last?.words.map(({ text }) => text), ["one", "too"]);
});

Deno.test("HeardReport closes what is no speech", () => {
  const report = new HeardReport({ rate, languages });
  report.begin(0);
  const events = [
    ...report.started(8000),
    ...report.reached(48_000),
    ...report.reached(57_000),
    ...report.reached(100_000),
  ];
  assertEquals(events.map(({ type }) => type), [
    "speech_started",
    "progress",
    "hypothesis",
    "endpoint",
    "progress",
  ]);
});

Deno.test("HeardReport tells the language that was asked for, and the first where another was found", () => {
  const report = new HeardReport({ rate, languages: ["en-GB", "es-MX"] });
  report.begin(0);
  const languageOf = (language: string) => {
    const [, event] = report.heard({ append: [word("x", 0, 100)], tentative: [], heardTo: 1600, language });
    report.close();
    return event?.type === "hypothesis" ? event.language : undefined;
  };
  assertEquals(["es", "fr", "en"].map(languageOf), ["es-MX", "en-GB", "en-GB"]);
});
