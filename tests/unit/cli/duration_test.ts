import { assertEquals } from "@std/assert";
import { clockTime, spokenDuration } from "../../../cli/duration.ts";

Deno.test("clockTime() is a place in a talk", () => {
  assertEquals([-1, 0, 7_249, 59_960, 3_765_000].map(clockTime), [
    "0:00.0",
    "0:00.0",
    "0:07.2",
    "1:00.0",
    "1:02:45.0",
  ]);
});

Deno.test("spokenDuration() uses the unit in which one would say it", () => {
  assertEquals([0.4, 412, 999.6, 1_240, 9_996, 58_210, 750_000].map(spokenDuration), [
    "0 ms",
    "412 ms",
    "1.00 s",
    "1.24 s",
    "10.0 s",
    "58.2 s",
    "12 min 30 s",
  ]);
});
