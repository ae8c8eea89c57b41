import { assertEquals } from "@std/assert";
import * as fc from "fast-check";
import { RecentSamples } from "../../../../adapters/net/recent_samples.ts";

const counted = (from: number, count: number) =>
  Int16Array.from({ length: count }, (_, index) => from + index);

Deno.test("RecentSamples keeps the latest samples with their places", () => {
  const recent = new RecentSamples(10);
  recent.restart(100);
  recent.push(counted(100, 8));
  assertEquals([recent.from, recent.to, recent.room], [100, 108, 2]);
  recent.push(counted(108, 4));
  assertEquals([recent.from, recent.to, recent.room], [102, 112, 0]);
  assertEquals([...recent.slice(104, 107)], [104, 105, 106]);
  assertEquals([...recent.slice(0, 104)], [102, 103]);
  recent.forget(110);
  assertEquals([...recent.slice(0, 1000)], [110, 111]);
  recent.restart(7);
  assertEquals([recent.from, recent.to], [7, 7]);
});

Deno.test("RecentSamples always holds the samples of its places, and no more than its limit", () => {
  const step = fc.oneof(
    fc.record({ push: fc.integer({ min: 0, max: 20 }) }),
    fc.record({ forget: fc.integer({ min: -5, max: 60 }) }),
  );
  fc.assert(fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
    const recent = new RecentSamples(20);
    for (const step of steps) {
      if ("push" in step) recent.push(counted(recent.to, step.push));
      else recent.forget(recent.from + step.forget);
      const { from, to } = recent;
      assertEquals([...recent.slice(from, to)], [...counted(from, to - from)]);
      assertEquals(to - from + recent.room, 20);
    }
  }));
});
