import { assertEquals } from "@std/assert";
import { Playout } from "../../../web/playout.ts";

Deno.test("Playout.played() says how much of a clause was heard", () => {
  const playout = new Playout();
  playout.arrived(1_000, 400, 1);
  playout.arrived(1_400, 600);
  playout.arrived(2_000, 500, 2);
  assertEquals(playout.played(1, 1_250, false), { segment: 1, share: 0.25 });
  assertEquals(playout.played(1, 2_000, true), undefined);
  assertEquals(playout.played(2, 2_500, false), { segment: 2, share: 1 });
});

Deno.test("Playout.played() of a clause it never saw begin is at its beginning", () => {
  assertEquals(new Playout().played(7, 99, false), { segment: 7, share: 0 });
});
