import { assertEquals } from "@std/assert";
import { measureClauses, type ObservedSegment } from "../../../bench/clause_meter.ts";
import { percentile } from "../../../bench/percentile.ts";

const rate = 1000;
const segment = (
  number: number,
  start: number,
  end: number,
  audibleAtMs: number | undefined,
  audioMs = 500,
): ObservedSegment => ({
  segment: number,
  start,
  end,
  characters: 10,
  audibleAtMs,
  audioMs,
});

Deno.test("measureClauses() counts from the end of the last word to the segment that covers it", () => {
  const clauses = [{ text: "a", start: 0, end: 1000 }, { text: "b", start: 1200, end: 2000 }];
  const segments = [segment(1, 0, 600, 900), segment(2, 600, 1000, 1500), segment(3, 1200, 2000, 2700)];
  const measured = measureClauses(clauses, segments, rate, (position) => position + 10);
  assertEquals(measured.map(({ segment, latencyMs }) => [segment, latencyMs]), [[2, 490], [3, 690]]);
});

Deno.test("measureClauses() adds what a listener waits for the speech before", () => {
  const clauses = [{ text: "a", start: 0, end: 500 }, { text: "b", start: 600, end: 1000 }];
  const segments = [segment(1, 0, 500, 800, 2000), segment(2, 600, 1000, 1300)];
  const measured = measureClauses(clauses, segments, rate, (position) => position);
  assertEquals(measured.map(({ latencyMs, audibleMs }) => [latencyMs, audibleMs]), [[300, 300], [300, 1800]]);
});

Deno.test("measureClauses() takes one segment for several clauses", () => {
  const clauses = [{ text: "a", start: 0, end: 500 }, { text: "b", start: 500, end: 1000 }];
  const measured = measureClauses(clauses, [segment(1, 0, 1000, 1400)], rate, (position) => position);
  assertEquals(measured.map(({ latencyMs }) => latencyMs), [900, 400]);
});

Deno.test("measureClauses() leaves out what was not translated", () => {
  const clauses = [{ text: "a", start: 0, end: 500 }, { text: "b", start: 5000, end: 6000 }];
  const measured = measureClauses(clauses, [segment(1, 0, 500, undefined)], rate, (position) => position);
  assertEquals(measured, []);
});

Deno.test("measureClauses() forgives a segment that ends a little early", () => {
  const measured = measureClauses(
    [{ text: "a", start: 0, end: 1000 }],
    [segment(1, 0, 850, 1200)],
    rate,
    (position) => position,
  );
  assertEquals(measured.map(({ latencyMs }) => latencyMs), [200]);
});

Deno.test("percentile() interpolates", () => {
  assertEquals([percentile([4, 1, 3, 2], 0.5), percentile([1, 2, 3], 1), percentile([5], 0.95)], [2.5, 3, 5]);
  assertEquals(Number.isNaN(percentile([], 0.5)), true);
});
