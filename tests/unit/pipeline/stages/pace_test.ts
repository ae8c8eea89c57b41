import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { defaultPaceRules, Pace } from "../../../../pipeline/stages/pace.ts";

Deno.test("Pace.speedFor() is natural while the listener keeps up", () => {
  const pace = new Pace();
  assertEquals(pace.speedFor(3000), 1);
  assertEquals(pace.spoke(3000, 500, 2000), 500);
  assertEquals(pace.speedFor(6000), 1);
});

Deno.test("Pace.speedFor() rises with the backlog up to the fastest factor", () => {
  const pace = new Pace();
  pace.spoke(3000, 500, 6000);
  assertEquals(pace.speedFor(7000), 1 + (2500 - 1000) / 3000 * 0.25);
  pace.spoke(4000, 500, 60_000);
  assertEquals(pace.speedFor(9000), 1.25);
});

Deno.test("Pace.spoke() gives the time from the end of the source to the start of the playout", () => {
  const pace = new Pace();
  assertEquals(pace.spoke(3000, 500, 6000), 500);
  assertEquals(pace.spoke(5000, 400, 1000), 4500);
});

Deno.test("Pace keeps the lag of a long talk bounded when the translation is longer than the source", () => {
  const clause = fc.record({
    sourceMs: fc.integer({ min: 800, max: 5000 }),
    pauseMs: fc.integer({ min: 0, max: 600 }),
  });
  fc.assert(fc.property(fc.array(clause, { minLength: 100, maxLength: 400 }), (clauses) => {
    const pace = new Pace();
    let endMs = 0;
    let worstMs = 0;
    for (const { sourceMs, pauseMs } of clauses) {
      endMs += sourceMs + pauseMs;
      const audioMs = sourceMs * 1.15 / pace.speedFor(endMs);
      worstMs = Math.max(worstMs, pace.spoke(endMs, 500, audioMs));
    }
    assert(worstMs < defaultPaceRules.hurriedMs + 6000, `${worstMs}`);
  }));
});
