import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { Timeline } from "../../../cli/timeline.ts";

Deno.test("Timeline.begin() waits for a segment to arrive, and for the one before to end", () => {
  const timeline = new Timeline(1_000, false);
  assertEquals(timeline.begin(300), 300);
  timeline.add(500);
  assertEquals(timeline.begin(400), 0, "the one before is played until 800 ms");
  timeline.add(100);
  assertEquals(timeline.begin(1_000), 100);
  timeline.add(50);
  assertEquals([timeline.samples, timeline.durationMs], [1_050, 1_050]);
});

Deno.test("Timeline.begin() leaves nothing between segments that are written back to back", () => {
  const timeline = new Timeline(22_050, true);
  assertEquals([timeline.begin(5_000), timeline.samples], [0, 0]);
});

Deno.test("Timeline never plays a segment before it arrived, nor two at once", () => {
  const segment = fc.record({ atMs: fc.integer({ min: 0, max: 60_000 }), samples: fc.nat(50_000) });
  fc.assert(fc.property(fc.array(segment), (segments) => {
    const timeline = new Timeline(8_000, false);
    let end = 0;
    for (const { atMs, samples } of segments) {
      timeline.begin(atMs);
      const start = timeline.samples;
      assert(start >= end && start >= atMs * 8 && (start === end || start === atMs * 8));
      timeline.add(samples);
      end = start + samples;
      assertEquals(timeline.samples, end);
    }
  }));
});
