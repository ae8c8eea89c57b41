import { assertAlmostEquals, assertEquals } from "@std/assert";
import fc from "fast-check";
import { layOutWaterfall } from "../../../web/waterfall.ts";
import { clause } from "./clauses.ts";

const timed = (segment: number, sttMs: number, queueMs: number, mtMs: number, ttsMs: number) =>
  clause(segment, [0, 1], "a", "b", {
    sttMs,
    queueMs,
    mtMs,
    ttsMs,
    ttfabMs: sttMs + queueMs + mtMs + ttsMs,
    audioMs: 1_000,
  });

Deno.test("layOutWaterfall() puts the stages one after the other on a round axis", () => {
  const { bars, scale } = layOutWaterfall([timed(1, 300, 50, 100, 150)], 5);
  assertEquals(scale.full, 1_000);
  assertEquals(bars[0]!.parts.map(({ stage, from, to }) => [stage, from, to]), [
    ["stt", 0, 0.3],
    ["queue", 0.3, 0.35],
    ["mt", 0.35, 0.45],
    ["tts", 0.45, 0.6],
  ]);
  assertEquals(bars[0]!.ttfabMs, 600);
});

Deno.test("layOutWaterfall() shows the newest clauses that were spoken", () => {
  const clauses = [1, 2, 3, 4].map((segment) => timed(segment, 100, 0, 0, 0));
  const unspoken = clause(5, [0, 1], "a", "b");
  assertEquals(layOutWaterfall([...clauses, unspoken], 2).bars.map(({ segment }) => segment), [3, 4]);
  assertEquals(layOutWaterfall([], 2).bars, []);
});

Deno.test("layOutWaterfall() never leaves the axis, whatever the times", () => {
  const ms = fc.double({ min: 0, max: 60_000, noNaN: true });
  fc.assert(fc.property(fc.array(fc.tuple(ms, ms, ms, ms), { minLength: 1, maxLength: 9 }), (times) => {
    const clauses = times.map(([stt, queue, mt, tts], index) => timed(index + 1, stt, queue, mt, tts));
    for (const { parts } of layOutWaterfall(clauses, 7).bars) {
      let at = 0;
      for (const { from, to } of parts) {
        assertAlmostEquals(from, at, 1e-9);
        at = to;
      }
      if (at > 1 + 1e-9) throw new RangeError(`A bar ends at ${at}`);
    }
  }));
});
