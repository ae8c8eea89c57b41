import { assert, assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import fc from "fast-check";
import { type Task, together } from "../../../flow/together.ts";
import { CountedSignal } from "../../support/counted_signal.ts";
import { FakeClock, settle } from "../../support/fake_clock.ts";

const never = new AbortController().signal;

/** Waits for the signal and rejects with its reason. */
function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) return reject(signal.reason);
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}

Deno.test("together() returns the results in the order of the tasks, whichever ends first", async () => {
  const clock = new FakeClock();
  const both = together<[string, number]>(
    never,
    (signal) => clock.sleep(20, signal).then(() => "slow"),
    (signal) => clock.sleep(10, signal).then(() => 7),
  );
  await clock.advance(20);
  assertEquals(await both, ["slow", 7]);
});

Deno.test("together() of no tasks ends at once", async () => {
  assertEquals(await together(never), []);
});

Deno.test("together() starts every task at once", async () => {
  const started: number[] = [];
  const all = together(never, ...[1, 2, 3].map((id) => () => Promise.resolve(started.push(id))));
  assertEquals(started, [1, 2, 3]);
  await all;
});

Deno.test("together() aborts the others with the first failure and throws that failure", async () => {
  const failure = new Error("first");
  let seen: unknown;
  const error = await assertRejects(() =>
    together(
      never,
      (signal) => untilAborted(signal).catch((reason) => seen = reason),
      () => Promise.reject(failure),
      (signal) => untilAborted(signal).catch(() => Promise.reject(new Error("second"))),
    )
  );
  assertStrictEquals(error, failure);
  assertStrictEquals(seen, failure);
});

Deno.test("together() treats a task that throws before its first await like one that rejects", async () => {
  const thrower: Task<never> = () => {
    throw new Error("at once");
  };
  let aborted = false;
  await assertRejects(
    () => together(never, thrower, (signal) => Promise.resolve(aborted = signal.aborted)),
    Error,
    "at once",
  );
  assert(aborted, "the later task starts with an aborted signal");
});

Deno.test("together() throws even when the failure is undefined", async () => {
  let caught = false;
  await together(never, () => Promise.reject(undefined)).catch((reason) => caught = reason === undefined);
  assert(caught);
});

Deno.test("together() returns nothing before the last task has cleaned up", async () => {
  const clock = new FakeClock();
  let cleaned = false;
  let ended = false;
  const slowToStop: Task<void> = async (signal) => {
    await untilAborted(signal).catch(() => {});
    await clock.sleep(50, never);
    cleaned = true;
  };
  const all = together(never, slowToStop, () => Promise.reject(new Error("boom")))
    .finally(() => ended = true);
  all.catch(() => {});
  await clock.advance(49);
  assertEquals([cleaned, ended], [false, false]);
  await clock.advance(1);
  assertEquals([cleaned, ended], [true, true]);
  await assertRejects(() => all, Error, "boom");
});

Deno.test("together() passes an abort from outside on and throws its reason", async () => {
  const stop = new AbortController();
  const all = together(stop.signal, untilAborted, untilAborted);
  stop.abort(new Error("session ended"));
  await assertRejects(() => all, Error, "session ended");
});

Deno.test("together() gives an aborted signal to its tasks when the outer one has aborted before", async () => {
  const outer = AbortSignal.abort(new Error("too late"));
  await assertRejects(() => together(outer, untilAborted), Error, "too late");
});

Deno.test("together() returns the results of tasks that finish in spite of an abort", async () => {
  const stop = new AbortController();
  const all = together(stop.signal, (signal) => untilAborted(signal).catch(() => "saved"));
  stop.abort();
  assertEquals(await all, ["saved"]);
});

Deno.test("together() leaves no listener on the outer signal, however its tasks end", async () => {
  const counted = new CountedSignal();
  for (let round = 0; round < 10_000; round += 1) {
    const task = round % 2 === 0 ? () => Promise.resolve() : () => Promise.reject(new Error("x"));
    await together(counted.signal, task).catch(() => {});
  }
  assertEquals(counted.listeners, 0);
});

Deno.test("together() agrees with its rule for any mix of endings", async () => {
  const ending = fc.record({ atMs: fc.nat(20), fails: fc.boolean(), heeds: fc.boolean() });
  await fc.assert(fc.asyncProperty(
    fc.array(ending, { minLength: 1, maxLength: 6 }),
    fc.option(fc.nat(20)),
    async (endings, abortAtMs) => {
      const clock = new FakeClock();
      const outer = new AbortController();
      const running = new Set<number>();
      const tasks = endings.map(({ atMs, fails, heeds }, id): Task<number> => async (signal) => {
        running.add(id);
        try {
          await clock.sleep(atMs, heeds ? signal : never);
          if (fails) throw id;
          return id;
        } finally {
          running.delete(id);
        }
      });
      let outcome: { value: unknown } | { reason: unknown } | undefined;
      const all = together<number[]>(outer.signal, ...tasks)
        .then((value) => outcome = { value }, (reason) => outcome = { reason });
      for (let ms = 0; ms <= 20; ms += 1) {
        await clock.advance(ms === 0 ? 0 : 1);
        if (abortAtMs === ms) outer.abort("outer");
        await settle();
        assert(outcome === undefined || running.size === 0, "ended while a task was running");
      }
      await all;

      const order = endings.map(({ atMs, fails }, id) => ({ atMs, fails, id }))
        .sort((one, other) => one.atMs - other.atMs || one.id - other.id);
      const failed = order.find(({ fails }) => fails);
      // The abort comes after everything that is due in the same millisecond.
      const abortCuts = abortAtMs !== null && !(failed && failed.atMs <= abortAtMs) &&
        endings.some(({ atMs, heeds }) => heeds && atMs > abortAtMs);
      if (abortCuts) assertEquals(outcome, { reason: "outer" });
      else if (failed) assertEquals(outcome, { reason: failed.id });
      else assertEquals(outcome, { value: endings.map((_, id) => id) });
    },
  ));
});
