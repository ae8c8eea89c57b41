import { assertAlmostEquals, assertEquals } from "@std/assert";
import { Budget } from "../../../../adapters/compose/budget.ts";
import { FakeClock } from "../../../support/fake_clock.ts";

const hourMs = 3_600_000;

Deno.test("Budget gives up what is asked twice first, then new sessions, and at last those that run", () => {
  let spent = 0;
  const budget = new Budget({ clock: new FakeClock(), limit: 10, onSpent: () => spent += 1 });
  const states = [7.9, 0.2, 1.4, 0.5].map((amount) => {
    budget.spend(amount);
    return budget.state;
  });
  assertEquals(states, ["free", "frugal", "closed", "spent"]);
  assertEquals(spent, 1);
  budget.spend(3);
  assertEquals(spent, 1);
  assertAlmostEquals(budget.share, 1.3);
});

Deno.test("Budget forgets what was spent more than 24 hours ago, hour by hour", async () => {
  const clock = new FakeClock();
  let spent = 0;
  const budget = new Budget({ clock, limit: 10, onSpent: () => spent += 1 });
  budget.spend(6);
  await clock.advance(hourMs / 2);
  assertEquals(budget.waitMs, hourMs / 2);
  await clock.advance(hourMs);
  budget.spend(4);
  assertEquals([budget.state, spent], ["spent", 1]);
  await clock.advance(22 * hourMs);
  assertEquals(budget.state, "spent");
  await clock.advance(hourMs);
  assertAlmostEquals(budget.share, 0.4);
  budget.spend(7);
  assertEquals([budget.state, spent], ["spent", 2]);
  await clock.advance(100 * hourMs);
  assertEquals([budget.share, budget.state], [0, "free"]);
});
