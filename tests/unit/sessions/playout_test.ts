import { assertEquals } from "@std/assert";
import { Playout } from "../../../sessions/playout.ts";

const rate = 1_000;

Deno.test("Playout.lagMs is how late the segment that is heard began", () => {
  const playout = new Playout();
  assertEquals(playout.lagMs, undefined);
  playout.speak(1, 0, 2_000);
  playout.speak(1, 1_500, 3_000);
  playout.hear(1, 0, rate, 2_400);
  assertEquals(playout.lagMs, undefined, "nothing of it was heard");
  playout.hear(1, 400, rate, 2_900);
  assertEquals(playout.lagMs, 500);
  playout.hear(1, 1_500, rate, 4_000);
  assertEquals(playout.lagMs, 500, "to the end of the first");
  playout.hear(1, 1_600, rate, 5_000);
  assertEquals(playout.lagMs, 1_900);
});

Deno.test("Playout counts lanes apart, over the wrap-around of positions, and never below 0", () => {
  const playout = new Playout();
  playout.speak(2, 2 ** 32 - 100, 1_000);
  playout.hear(1, 50, rate, 9_000);
  assertEquals(playout.lagMs, undefined, "nothing was spoken in that lane");
  playout.hear(2, 100, rate, 1_700);
  assertEquals(playout.lagMs, 500);
  playout.hear(2, 4_000, rate, 1_700);
  assertEquals(playout.lagMs, 0);
});
