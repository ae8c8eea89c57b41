import { assertEquals, assertGreater, assertGreaterOrEqual } from "@std/assert";
import { firstClause, prewarmingGain } from "../../../support/first_clause.ts";

const openMs = 300;

Deno.test("Prewarming hides at least nine tenths of the providers' opening from the first clause", async () => {
  const { warmCostMs, coldCostMs, hidden } = await prewarmingGain(openMs);
  // Without it both are opened at once when there is a text: the slower one is the translator's, which asks for something small as well.
  assertGreater(coldCostMs, openMs);
  assertGreaterOrEqual(hidden, 0.9);
  assertEquals(warmCostMs, 0);
});

Deno.test("The ledger of a clause tells how long its providers took to be got hold of, and that they were open", async () => {
  const warm = await firstClause({ openMs, warmed: true });
  for (const stage of ["mt", "tts"] as const) {
    assertEquals(warm.ledger.acquisition(stage), { waitedMs: 0, reused: true });
  }
  assertEquals(warm.opened, { http: 1, socket: 1 });
});
