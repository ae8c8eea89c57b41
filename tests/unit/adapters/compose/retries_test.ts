import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { Retries, RetryBudget } from "../../../../adapters/compose/retries.ts";
import { type ErrorKind, PipelineError } from "../../../../pipeline/error.ts";
import { FakeClock } from "../../../support/fake_clock.ts";

const failure = new PipelineError("unavailable", "down");
const calm = { clock: new FakeClock(), random: () => 0.999 };

Deno.test("Retries.pauseAfter() doubles the longest pause up to a limit, and gives up after so many attempts", () => {
  const retries = new Retries({ ...calm, random: () => 1, attempts: 7, patienceMs: 60_000 });
  const pauses = Array.from({ length: 7 }, () => retries.pauseAfter(failure));
  assertEquals(pauses, [100, 200, 400, 800, 1600, 2000, undefined]);
});

Deno.test("Retries.pauseAfter() takes any pause from none to the longest: full jitter", () => {
  fc.assert(fc.property(fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }), (chance) => {
    const retries = new Retries({ ...calm, random: () => chance });
    assertEquals(retries.pauseAfter(failure), chance * 100);
    assertEquals(retries.pauseAfter(failure), chance * 200);
  }));
});

Deno.test("Retries.pauseAfter() waits as long as the provider asks for, and gives up when that is too long", () => {
  const after = (retryAfterMs: number) => new PipelineError("rate_limited", "too fast", { retryAfterMs });
  assertEquals(new Retries({ ...calm, random: () => 0 }).pauseAfter(after(1500)), 1500);
  assertEquals(new Retries({ ...calm, random: () => 0 }).pauseAfter(after(4001)), undefined);
});

Deno.test("Retries.pauseAfter() gives up what does not pass", () => {
  const kinds: readonly ErrorKind[] = [
    "unauthenticated",
    "invalid_request",
    "unsupported_language",
    "quota_exhausted",
    "internal",
  ];
  for (const kind of kinds) {
    assertEquals(new Retries(calm).pauseAfter(new PipelineError(kind, "no")), undefined);
  }
  assertEquals(new Retries(calm).pauseAfter(new Error("a fault")), undefined);
});

Deno.test("Retries.pauseAfter() gives up when its patience is over", async () => {
  const clock = new FakeClock();
  const retries = new Retries({ clock, random: () => 0, attempts: 100, patienceMs: 1000 });
  await clock.advance(1000);
  assertEquals(retries.pauseAfter(failure), 0);
  await clock.advance(1);
  assertEquals(retries.pauseAfter(failure), undefined);
});

Deno.test("Retries.pauseAfter() gives up when the budget of the session is used up", () => {
  const budget = new RetryBudget(0.2, 2);
  const once = () => new Retries(calm, budget).pauseAfter(failure) !== undefined;
  assertEquals([once(), once(), once()], [true, true, false]);
});

Deno.test("RetryBudget allows a share of the requests and a floor, whatever the order", () => {
  fc.assert(fc.property(fc.array(fc.boolean(), { maxLength: 300 }), (requests) => {
    const budget = new RetryBudget(0.2, 3);
    let retries = 0;
    let count = 0;
    for (const isRequest of requests) {
      if (isRequest) {
        budget.earn();
        count += 1;
      } else if (budget.spend()) retries += 1;
      assert(retries <= 3 + 0.2 * count + 1e-9, `${retries} retries for ${count} requests`);
    }
  }));
});

Deno.test("RetryBudget does not save up without a limit", () => {
  const budget = new RetryBudget(0.2, 3);
  for (let count = 0; count < 10_000; count += 1) budget.earn();
  let retries = 0;
  while (budget.spend()) retries += 1;
  assertEquals(retries, 9);
});
