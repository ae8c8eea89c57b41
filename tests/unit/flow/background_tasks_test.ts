import { assert, assertEquals, assertInstanceOf, assertThrows } from "@std/assert";
import fc from "fast-check";
import { BackgroundTasks } from "../../../flow/background_tasks.ts";
import { FakeClock } from "../../support/fake_clock.ts";

function setUp(limit = 10) {
  const clock = new FakeClock();
  const failures: { readonly name: string; readonly error: unknown }[] = [];
  const tasks = new BackgroundTasks({
    clock,
    limit,
    onFailure: (name, error) => failures.push({ name, error }),
  });
  return { clock, tasks, failures };
}

const soon = { deadlineMs: 1000 };

Deno.test("BackgroundTasks.start() runs a task and knows its name until it has ended", async () => {
  const { clock, tasks, failures } = setUp();
  assert(tasks.start("write", (signal) => clock.sleep(10, signal), soon));
  assertEquals([tasks.size, tasks.names], [1, ["write"]]);
  await clock.advance(10);
  assertEquals([tasks.size, failures, clock.pending], [0, [], 0]);
});

Deno.test("BackgroundTasks.start() refuses a task when there is no room", async () => {
  const { clock, tasks } = setUp(1);
  assert(tasks.start("one", (signal) => clock.sleep(10, signal), soon));
  let ran = false;
  assertEquals(tasks.start("two", () => Promise.resolve(void (ran = true)), soon), false);
  await clock.advance(10);
  assertEquals(ran, false);
  assert(tasks.start("three", () => Promise.resolve(), soon));
  await clock.advance(0);
});

Deno.test("BackgroundTasks.start() hands a failure to onFailure and to nobody else", async () => {
  const { clock, tasks, failures } = setUp();
  tasks.start("throws", () => {
    throw new Error("at once");
  }, soon);
  tasks.start("rejects", () => Promise.reject(new Error("later")), soon);
  await clock.advance(0);
  assertEquals(failures.map(({ name, error }) => [name, (error as Error).message]), [
    ["throws", "at once"],
    ["rejects", "later"],
  ]);
  assertEquals([tasks.size, clock.pending], [0, 0]);
});

Deno.test("BackgroundTasks survives an onFailure that throws", async () => {
  const clock = new FakeClock();
  const tasks = new BackgroundTasks({
    clock,
    onFailure: () => {
      throw new Error("nobody hears this");
    },
  });
  tasks.start("fails", () => Promise.reject(new Error("once")), soon);
  await clock.advance(0);
  assertEquals(tasks.size, 0);
});

Deno.test("BackgroundTasks stops a task at its deadline, which is a failure", async () => {
  const { clock, tasks, failures } = setUp();
  tasks.start("slow", (signal) => clock.sleep(5000, signal), soon);
  await clock.advance(999);
  assertEquals(tasks.size, 1);
  await clock.advance(1);
  assertEquals(tasks.size, 0);
  assertInstanceOf(failures[0]?.error, DOMException);
  assertEquals([failures[0].error.name, clock.pending], ["TimeoutError", 0]);
});

Deno.test("BackgroundTasks.start() refuses a deadline that no clock can wait for", () => {
  const { tasks } = setUp();
  for (const deadlineMs of [-1, NaN, Infinity]) {
    assertThrows(() => tasks.start("odd", () => Promise.resolve(), { deadlineMs }), RangeError, "deadlineMs");
  }
  assertThrows(() => new BackgroundTasks({ clock: new FakeClock(), limit: 0 }), RangeError, "limit");
});

Deno.test("BackgroundTasks.drain() lets writes end, stops probes at once, and starts nothing more", async () => {
  const { clock, tasks, failures } = setUp();
  const ended: string[] = [];
  const sleep = (name: string, ms: number) => async (signal: AbortSignal) => {
    await clock.sleep(ms, signal);
    ended.push(name);
  };
  tasks.start("short write", sleep("short write", 100), soon);
  tasks.start("long write", sleep("long write", 900), soon);
  tasks.start("probe", sleep("probe", 50), { deadlineMs: 1000, finish: false });
  const drained = tasks.drain(500);
  assertEquals(tasks.start("late", () => Promise.resolve(), soon), false);
  await clock.advance(0);
  assertEquals(tasks.names, ["short write", "long write"]);
  await clock.advance(500);
  assertEquals(await drained, []);
  assertEquals([ended, failures, clock.pending], [["short write"], [], 0]);
});

Deno.test("BackgroundTasks.drain() ends as soon as all tasks have", async () => {
  const { clock, tasks } = setUp();
  tasks.start("write", (signal) => clock.sleep(100, signal), soon);
  const drained = tasks.drain(500);
  await clock.advance(100);
  assertEquals([await drained, clock.now(), clock.pending], [[], 100, 0]);
  assertEquals(await tasks.drain(500), []);
});

Deno.test("BackgroundTasks.drain() names what does not hear its signal, and does not wait for it", async () => {
  const { clock, tasks } = setUp();
  const deaf = Promise.withResolvers<void>();
  tasks.start("deaf", () => deaf.promise, soon);
  assertEquals(await tasks.drain(0), ["deaf"]);
  deaf.resolve();
  await clock.advance(0);
  assertEquals([tasks.size, clock.pending], [0, 0]);
});

Deno.test("BackgroundTasks never runs more than its limit, tells every failure once, and leaves nothing behind", async () => {
  const task = fc.record({
    startMs: fc.nat({ max: 300 }),
    takesMs: fc.nat({ max: 300 }),
    deadlineMs: fc.nat({ max: 300 }),
    fails: fc.boolean(),
    finish: fc.boolean(),
  });
  const plan = fc.record({
    limit: fc.integer({ min: 1, max: 4 }),
    tasks: fc.array(task, { maxLength: 12 }),
    drainMs: fc.nat({ max: 300 }),
  });
  await fc.assert(fc.asyncProperty(plan, async ({ limit, tasks: planned, drainMs }) => {
    const { clock, tasks, failures } = setUp(limit);
    let running = 0;
    let most = 0;
    const started: string[] = [];
    const ended: string[] = [];
    const failed: string[] = [];
    for (let ms = 0; ms <= 300; ms += 1) {
      for (const [index, { startMs, takesMs, deadlineMs, fails, finish }] of planned.entries()) {
        if (startMs !== ms) continue;
        const name = String(index);
        const ran = tasks.start(name, async (signal) => {
          running += 1;
          most = Math.max(most, running);
          try {
            await clock.sleep(takesMs, signal);
            if (fails) throw new Error(name);
          } catch (error) {
            const stopped = signal.aborted && signal.reason.name === "AbortError";
            if (!stopped) failed.push(name);
            throw error;
          } finally {
            running -= 1;
            ended.push(name);
          }
        }, { deadlineMs, finish });
        if (ran) started.push(name);
      }
      if (ms % 20 === 0) await clock.advance(20);
    }
    const drained = tasks.drain(drainMs);
    await clock.advance(drainMs);
    assertEquals(await drained, []);
    assert(most <= limit, `${most} tasks ran, expected at most ${limit}`);
    assertEquals([...ended].sort(), [...started].sort());
    assertEquals(failures.map(({ name }) => name).sort(), failed.sort());
    assertEquals([tasks.size, running, clock.pending], [0, 0, 0]);
  }));
});
