import { assertEquals } from "@std/assert";
import { SegmentCuts } from "../../../telemetry/segment_cuts.ts";

Deno.test("SegmentCuts.at() knows the last 64 segments, whatever the first one's number is", () => {
  const cuts = new SegmentCuts();
  assertEquals([cuts.last, cuts.at(1)], [undefined, undefined]);
  for (let segment = 100; segment < 200; segment++) cuts.add(segment, segment * 10);
  assertEquals([cuts.last, cuts.at(199), cuts.at(136)], [199, 1990, 1360]);
  assertEquals([cuts.at(135), cuts.at(200)], [undefined, undefined]);
});
