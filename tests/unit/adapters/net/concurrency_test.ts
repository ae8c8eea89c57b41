import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import fc from "fast-check";
import { Concurrency, type Place } from "../../../../adapters/net/concurrency.ts";
import { PipelineError } from "../../../../pipeline/error.ts";
import { FakeClock, settle } from "../../../support/fake_clock.ts";

const never = new AbortController().signal;

function limited(limit: number) {
  const clock = new FakeClock();
  return { clock, concurrency: new Concurrency({ provider: "Acme", limit, clock, waitMs: 500 }) };
}

Deno.test("Concurrency.take() gives places at once until all are taken, then as they are given back, in order", async () => {
  const { clock, concurrency } = limited(2);
  const [first, second] = [await concurrency.take(never), await concurrency.take(never)];
  const order: string[] = [];
  const third = concurrency.take(never).then((place) => (order.push("third"), place));
  const fourth = concurrency.take(never).then((place) => (order.push("fourth"), place));
  await clock.advance(200);
  assertEquals([concurrency.used, concurrency.waiting, order], [2, 2, []]);
  second[Symbol.dispose]();
  // Nobody who comes now takes the place that was handed over.
  const fifth = concurrency.take(never);
  await settle();
  assertEquals([order, concurrency.used, concurrency.waiting], [["third"], 2, 2]);
  assertEquals((await third).waitedMs, 200);
  first[Symbol.dispose]();
  (await third)[Symbol.dispose]();
  (await fourth)[Symbol.dispose]();
  (await fifth)[Symbol.dispose]();
  assertEquals([order, concurrency.used, concurrency.waiting, clock.pending], [["third", "fourth"], 0, 0, 0]);
});

Deno.test("Concurrency.take() fails with concurrency when no place becomes free in time", async () => {
  const { clock, concurrency } = limited(1);
  using _ = await concurrency.take(never);
  const late = assertRejects(() => concurrency.take(never), PipelineError);
  await clock.advance(500);
  const { kind, message } = await late;
  assertEquals([kind, message], [
    "concurrency",
    "Cannot use Acme: none of its 1 places became free within 500 ms",
  ]);
  assertEquals([concurrency.used, concurrency.waiting], [1, 0]);
});

Deno.test("Concurrency.take() rejects with the signal's reason and loses its place in the line", async () => {
  const { clock, concurrency } = limited(1);
  const first = await concurrency.take(never);
  const stop = new AbortController();
  const cancelled = concurrency.take(stop.signal).catch((error) => error);
  const next = concurrency.take(never);
  stop.abort("changed my mind");
  assertEquals(await cancelled, "changed my mind");
  first[Symbol.dispose]();
  (await next)[Symbol.dispose]();
  assertEquals([concurrency.used, concurrency.waiting, clock.pending], [0, 0, 0]);
  await assertRejects(() => concurrency.take(AbortSignal.abort(new Error("before"))), Error, "before");
  assertEquals(concurrency.used, 0);
});

Deno.test("Concurrency gives a place back once, however often it is disposed of", async () => {
  const { concurrency } = limited(1);
  const place = await concurrency.take(never);
  place[Symbol.dispose]();
  place[Symbol.dispose]();
  using _ = await concurrency.take(never);
  assertEquals(concurrency.used, 1);
});

Deno.test("Concurrency refuses a limit that lets nobody through", () => {
  for (const limit of [0, -1, 1.5, NaN]) assertThrows(() => limited(limit), RangeError, "at least 1");
});

Deno.test("Concurrency never has more at work than its limit, and loses no place", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 4 }),
      fc.array(
        fc.oneof(fc.constant("take"), fc.constant("give"), fc.constant("cancel"), fc.constant("wait")),
        {
          maxLength: 60,
        },
      ),
      async (limit, steps) => {
        const { clock, concurrency } = limited(limit);
        const held: Place[] = [];
        const stops: AbortController[] = [];
        for (const step of steps) {
          if (step === "take") {
            const stop = new AbortController();
            stops.push(stop);
            concurrency.take(stop.signal).then((place) => held.push(place), () => {});
          } else if (step === "give") held.shift()?.[Symbol.dispose]();
          else if (step === "cancel") stops.pop()?.abort();
          else await clock.advance(200);
          await settle();
          assertEquals(concurrency.used <= limit, true);
          assertEquals(concurrency.used, held.length);
        }
        await clock.advance(500);
        while (held.length > 0) {
          held.shift()![Symbol.dispose]();
          await settle();
        }
        assertEquals([concurrency.used, concurrency.waiting, clock.pending], [0, 0, 0]);
      },
    ),
    { numRuns: 60 },
  );
});
