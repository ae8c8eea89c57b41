import { assertEquals } from "@std/assert";
import { niceScale } from "../../../web/nice_scale.ts";

Deno.test("niceScale() ends at the next round number and marks round steps", () => {
  assertEquals(niceScale(430, 100), { full: 500, marks: [0, 100, 200, 300, 400, 500] });
  assertEquals(niceScale(900, 100), { full: 1_000, marks: [0, 500, 1_000] });
  assertEquals(niceScale(1_100, 100), { full: 2_000, marks: [0, 500, 1_000, 1_500, 2_000] });
  assertEquals(niceScale(1_000, 100).full, 1_000);
});

Deno.test("niceScale() is never shorter than asked", () => {
  assertEquals(niceScale(0, 500).full, 500);
});
