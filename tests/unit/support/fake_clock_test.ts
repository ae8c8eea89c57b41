import { assertEquals, assertRejects } from "@std/assert";
import fc from "fast-check";
import { FakeClock } from "../../support/fake_clock.ts";

const never = new AbortController().signal;

Deno.test("FakeClock.now() starts where it is told and moves with advance()", async () => {
  const clock = new FakeClock(1000);
  await clock.advance(250);
  assertEquals(clock.now(), 1250);
});

Deno.test("FakeClock.sleep() resolves when its time has come, not before", async () => {
  const clock = new FakeClock();
  let awake = false;
  const sleep = clock.sleep(100, never).then(() => awake = true);
  await clock.advance(99);
  assertEquals([awake, clock.pending, clock.nextDueMs], [false, 1, 100]);
  await clock.advance(1);
  assertEquals([awake, clock.pending, clock.nextDueMs], [true, 0, undefined]);
  await sleep;
});

Deno.test("FakeClock.advance() wakes sleepers in the order of their times, each seeing its own time", async () => {
  await fc.assert(fc.asyncProperty(fc.array(fc.nat(50), { maxLength: 20 }), async (delays) => {
    const clock = new FakeClock();
    const woken: [number, number][] = [];
    delays.forEach((ms, index) => clock.sleep(ms, never).then(() => woken.push([clock.now(), index])));
    await clock.advance(50);
    const expected = delays.map((ms, index): [number, number] => [ms, index])
      .sort((one, other) => one[0] - other[0] || one[1] - other[1]);
    assertEquals(woken, expected);
    assertEquals(clock.now(), 50);
  }));
});

Deno.test("FakeClock.advance() lets long promise chains settle before the next sleeper wakes", async () => {
  const clock = new FakeClock();
  const log: string[] = [];
  const chain = async () => {
    await clock.sleep(10, never);
    for (let turn = 0; turn < 1000; turn += 1) await Promise.resolve();
    log.push(`chain at ${clock.now()}`);
  };
  const done = Promise.all([
    chain(),
    clock.sleep(11, never).then(() => log.push(`sleeper at ${clock.now()}`)),
  ]);
  await clock.advance(20);
  assertEquals(log, ["chain at 10", "sleeper at 11"]);
  await done;
});

Deno.test("FakeClock.advance() wakes a loop as often as it fits into the span", async () => {
  const clock = new FakeClock();
  const stop = new AbortController();
  const ticks: number[] = [];
  const loop = (async () => {
    while (true) {
      await clock.sleep(20, stop.signal);
      ticks.push(clock.now());
    }
  })();
  await clock.advance(100);
  assertEquals(ticks, [20, 40, 60, 80, 100]);
  stop.abort(new Error("enough"));
  await assertRejects(() => loop, Error, "enough");
});

Deno.test("FakeClock.sleep() rejects with the signal's reason and is no longer pending", async () => {
  const clock = new FakeClock();
  const stop = new AbortController();
  const sleep = clock.sleep(100, stop.signal);
  const other = clock.sleep(100, never);
  stop.abort(new Error("stopped"));
  await assertRejects(() => sleep, Error, "stopped");
  await assertRejects(() => clock.sleep(1, stop.signal), Error, "stopped");
  assertEquals(clock.pending, 1);
  await clock.advance(100);
  await other;
});

Deno.test("FakeClock.sleep() of nothing or less is due at once", async () => {
  const clock = new FakeClock(5);
  const sleeps = [clock.sleep(0, never), clock.sleep(-3, never)];
  await clock.advance(0);
  await Promise.all(sleeps);
  assertEquals(clock.now(), 5);
});

Deno.test("FakeClock.advance() reports a loop of empty sleeps instead of running for ever", async () => {
  const clock = new FakeClock();
  const stop = new AbortController();
  const loop = (async () => {
    while (true) await clock.sleep(0, stop.signal);
  })();
  await assertRejects(() => clock.advance(1), Error, "time stands still");
  stop.abort(new Error("enough"));
  await assertRejects(() => loop, Error, "enough");
});

Deno.test("FakeClock refuses times that are none", async () => {
  const clock = new FakeClock();
  await assertRejects(() => clock.advance(-1), RangeError, "-1");
  await assertRejects(() => clock.advance(NaN), RangeError, "NaN");
  await assertRejects(() => clock.sleep(NaN, never), RangeError, "NaN");
  await assertRejects(() => clock.sleep(Infinity, never), RangeError, "Infinity");
});
