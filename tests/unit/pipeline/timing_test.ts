import { assertAlmostEquals, assertEquals } from "@std/assert";
import fc from "fast-check";
import { Arrivals, Ledger } from "../../../pipeline/timing.ts";

Deno.test("Arrivals.at() gives the arrival of the message that holds the sample", () => {
  const arrivals = new Arrivals();
  assertEquals(arrivals.at(0), undefined);
  arrivals.record(320, 10);
  arrivals.record(640, 30);
  assertEquals([arrivals.at(1), arrivals.at(320), arrivals.at(321), arrivals.at(640), arrivals.at(9999)], [
    10,
    10,
    30,
    30,
    30,
  ]);
});

Deno.test("Arrivals forgets the oldest and then answers with the oldest it knows", () => {
  const arrivals = new Arrivals(4);
  for (let index = 1; index <= 10; index++) arrivals.record(index * 100, index);
  assertEquals([arrivals.at(100), arrivals.at(750), arrivals.at(1000)], [7, 8, 10]);
});

Deno.test("Ledger.timing() adds up to the time to the first audio byte", () => {
  const ledger = new Ledger(1000, 1400);
  ledger.note("translating", 1410);
  ledger.note("translated", 1500);
  ledger.note("speaking", 1520);
  ledger.note("audible", 1600);
  ledger.note("sent", 1605);
  ledger.note("sent", 9999);
  assertEquals(ledger.timing(), { sttMs: 400, mtMs: 90, ttsMs: 80, queueMs: 35, ttfabMs: 605 });
});

Deno.test("Ledger.timing() parts always add up when moments are in order", () => {
  fc.assert(fc.property(fc.array(fc.nat(1000), { minLength: 7, maxLength: 7 }), (spans) => {
    let now = 0;
    const next = () => now += spans.shift()!;
    const ledger = new Ledger(next(), next());
    for (const moment of ["translating", "translated", "speaking", "audible", "sent"] as const) {
      ledger.note(moment, next());
    }
    const { sttMs, mtMs, ttsMs, queueMs, ttfabMs } = ledger.timing();
    assertAlmostEquals(sttMs + mtMs + ttsMs + queueMs, ttfabMs);
  }));
});

Deno.test("Ledger.timing() counts 0 for what has not happened", () => {
  assertEquals(new Ledger(5, 9).timing(), { sttMs: 4, mtMs: 0, ttsMs: 0, queueMs: 0, ttfabMs: 0 });
});

Deno.test("Ledger.timing() knows no time of stages that did not happen by themselves", () => {
  const note = (ledger: Ledger) => {
    ledger.note("translating", 1400);
    ledger.note("translated", 1490);
    ledger.note("speaking", 1500);
    ledger.note("audible", 1580);
    ledger.note("sent", 1605);
    return ledger;
  };
  const text = note(new Ledger(1000, 1400, ["mt"]));
  assertEquals(text.timing(), { sttMs: 400, mtMs: NaN, ttsMs: 80, queueMs: NaN, ttfabMs: 605 });
  const speech = note(new Ledger(1000, 1400, ["stt", "mt", "tts"]));
  assertEquals(speech.timing(), { sttMs: NaN, mtMs: NaN, ttsMs: NaN, queueMs: NaN, ttfabMs: 605 });
  const moments = ["heard", "segmented", "translating", "translated", "speaking", "audible", "sent"] as const;
  assertEquals(moments.filter((moment) => speech.at(moment) !== undefined), ["heard", "audible", "sent"]);
  assertEquals(moments.filter((moment) => text.at(moment) === undefined), ["translating", "translated"]);
});
