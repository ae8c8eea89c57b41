import { assertEquals } from "@std/assert";
import { percentile } from "../../../cli/percentile.ts";

Deno.test("percentile() lies between the values next to it", () => {
  assertEquals(percentile([], 0.5), undefined);
  assertEquals(percentile([7], 0.95), 7);
  assertEquals(percentile([30, 10, 20], 0.5), 20);
  assertEquals(percentile([10, 20], 0.95), 19.5);
});
