import { assert, assertEquals } from "@std/assert";
import { backoffMs } from "../../../client/backoff.ts";

Deno.test("backoffMs() tries almost at once, then spreads over a span that doubles from 250 ms to 5 s", () => {
  const spans = [0, 1, 2, 3, 4, 5, 6, 100, 2_000].map((attempt) => backoffMs(attempt, () => 1));
  assertEquals(spans, [50, 250, 500, 1_000, 2_000, 4_000, 5_000, 5_000, 5_000]);
  assertEquals(backoffMs(3, () => 0), 0);
  assert(backoffMs(4, () => 0.25) === 500);
});
