import { assertEquals } from "@std/assert";
import { SourceClock } from "../../../cli/source_clock.ts";

Deno.test("SourceClock tells when a sample is spoken, and how far the talk is", () => {
  const source = new SourceClock(16_000);
  assertEquals([source.at(5_000), source.dueMs(0)], [0, Infinity]);
  source.begin(5_000);
  source.begin(9_000);
  assertEquals([source.dueMs(0), source.dueMs(8_000), source.at(5_250)], [5_000, 5_500, 250]);
  source.pause(100);
  source.pause(-100);
  assertEquals([source.dueMs(8_000), source.at(5_250)], [5_600, 150]);
});
