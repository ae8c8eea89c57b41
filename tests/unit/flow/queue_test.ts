import { assert, assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import { Queue } from "../../../flow/queue.ts";
import { CountedSignal } from "../../support/counted_signal.ts";
import { settle } from "../../support/fake_clock.ts";

const never = new AbortController().signal;
const weighted = (limit: number) => new Queue<number>({ limit, weigh: (item) => item });

async function drain<T extends NonNullable<unknown>>(queue: Queue<T>): Promise<T[]> {
  return await Array.fromAsync(queue.items(never));
}

Deno.test("Queue refuses a limit below 1", () => {
  for (const limit of [0, -1, 0.5, NaN]) {
    assertThrows(() => new Queue({ limit }), RangeError, `limit is ${limit}`);
  }
  assertEquals(new Queue({ limit: Infinity }).limit, Infinity);
});

Deno.test("Queue.push() takes what fits and refuses the rest unchanged", () => {
  const queue = new Queue<string>({ limit: 2 });
  assertEquals([queue.push("a"), queue.push("b"), queue.push("c")], [true, true, false]);
  assertEquals([queue.size, queue.weight], [2, 2]);
});

Deno.test("Queue.push() counts weights, and takes an item above the limit when it is empty", () => {
  const queue = weighted(10);
  assertEquals([queue.push(6), queue.push(5), queue.push(4)], [true, false, true]);
  assertEquals([queue.size, queue.weight], [2, 10]);
  queue.clear();
  assertEquals([queue.push(50), queue.push(1)], [true, false]);
});

Deno.test("Queue.push() does not overtake senders that wait", async () => {
  const queue = weighted(10);
  queue.push(8);
  const sent = queue.send(5, never);
  assertEquals(queue.push(1), false);
  assertEquals(await queue.receive(never), 8);
  await sent;
  queue.close();
  assertEquals(await drain(queue), [5]);
});

Deno.test("Queue.send() waits for room and keeps the order of the calls", async () => {
  const queue = new Queue<number>({ limit: 1 });
  const done: number[] = [];
  const sends = [1, 2, 3].map((item) => queue.send(item, never).then(() => done.push(item)));
  await settle();
  assertEquals([done, queue.size], [[1], 1]);
  assertEquals(await queue.receive(never), 1);
  await settle();
  assertEquals(done, [1, 2]);
  assertEquals([await queue.receive(never), await queue.receive(never)], [2, 3]);
  await Promise.all(sends);
});

Deno.test("Queue.send() of a light item does not pass a heavy one that waits", async () => {
  const queue = weighted(10);
  queue.push(9);
  const heavy = queue.send(5, never);
  const light = queue.send(1, never);
  await settle();
  assertEquals(queue.size, 1);
  assertEquals(await queue.receive(never), 9);
  await Promise.all([heavy, light]);
  queue.close();
  assertEquals(await drain(queue), [5, 1]);
});

Deno.test("Queue.send() that is aborted lets the next one in, and its item never arrives", async () => {
  const queue = weighted(10);
  const stop = new AbortController();
  queue.push(8);
  const heavy = queue.send(5, stop.signal);
  const light = queue.send(2, never);
  stop.abort(new Error("stopped"));
  await assertRejects(() => heavy, Error, "stopped");
  await light;
  queue.close();
  assertEquals(await drain(queue), [8, 2]);
});

Deno.test("Queue.send() rejects for every sender of one aborted signal, even one that would now fit", async () => {
  const queue = weighted(10);
  const stop = new AbortController();
  queue.push(8);
  const sends = [queue.send(5, stop.signal), queue.send(2, stop.signal)];
  const other = queue.send(1, never);
  stop.abort(new Error("stopped"));
  assertEquals((await Promise.allSettled(sends)).map(({ status }) => status), ["rejected", "rejected"]);
  await other;
  queue.close();
  assertEquals(await drain(queue), [8, 1]);
});

Deno.test("Queue.send() and receive() reject at once on an aborted signal and change nothing", async () => {
  const queue = new Queue<number>({ limit: 2 });
  queue.push(1);
  const gone = AbortSignal.abort(new Error("gone"));
  await assertRejects(() => queue.send(2, gone), Error, "gone");
  await assertRejects(() => queue.receive(gone), Error, "gone");
  assertEquals(queue.size, 1);
});

Deno.test("Queue.receive() waits for an item and gives it to one receiver only", async () => {
  const queue = new Queue<number>({ limit: 1 });
  const received = queue.receive(never);
  await assertRejects(() => queue.receive(never), TypeError, "another receiver is waiting");
  assert(queue.push(1));
  assertEquals([await received, queue.size, queue.weight], [1, 0, 0]);
});

Deno.test("Queue.receive() that is aborted loses no item", async () => {
  const queue = new Queue<number>({ limit: 1 });
  const stop = new AbortController();
  const received = queue.receive(stop.signal);
  stop.abort(new Error("stopped"));
  queue.push(1);
  await assertRejects(() => received, Error, "stopped");
  assertEquals(await queue.receive(never), 1);
});

Deno.test("Queue.receive() that is being aborted does not take an item that comes in at that moment", async () => {
  const queue = new Queue<number>({ limit: 1 });
  const stop = new AbortController();
  let next: Promise<number | undefined> | undefined;
  stop.signal.addEventListener("abort", () => {
    assert(queue.push(1));
    next = queue.receive(never);
  });
  const received = queue.receive(stop.signal);
  stop.abort(new Error("stopped"));
  await assertRejects(() => received, Error, "stopped");
  assertEquals(await next, 1);
});

Deno.test("Queue.receive() that is being aborted does not stand in the way of the next receiver", async () => {
  const queue = new Queue<number>({ limit: 1 });
  const stop = new AbortController();
  let next: Promise<number | undefined> | undefined;
  stop.signal.addEventListener("abort", () => next = queue.receive(never));
  const received = queue.receive(stop.signal);
  stop.abort(new Error("stopped"));
  await assertRejects(() => received, Error, "stopped");
  queue.push(1);
  assertEquals(await next, 1);
});

Deno.test("Queue.receive() keeps what was handed over when the abort comes after it", async () => {
  const queue = new Queue<number>({ limit: 1 });
  const stop = new AbortController();
  const received = queue.receive(stop.signal);
  queue.push(1);
  stop.abort(new Error("stopped"));
  assertEquals(await received, 1);
});

Deno.test("Queue.close() lets what is inside be received, rejects senders, ends receivers", async () => {
  const queue = new Queue<number>({ limit: 1 });
  queue.push(1);
  const sent = queue.send(2, never);
  queue.close();
  queue.close();
  await assertRejects(() => sent, TypeError, "it is closed");
  await assertRejects(() => queue.send(3, never), TypeError, "it is closed");
  assertEquals([queue.push(3), queue.closed], [false, true]);
  assertEquals([await queue.receive(never), await queue.receive(never)], [1, undefined]);
});

Deno.test("Queue.close() ends a receiver that waits", async () => {
  const queue = new Queue<number>({ limit: 1 });
  const received = queue.receive(never);
  queue.close();
  assertEquals(await received, undefined);
});

Deno.test("Queue.fail() drops everything and gives its reason to all, before and after", async () => {
  const queue = new Queue<number>({ limit: 1 });
  const reason = new Error("broken");
  queue.push(1);
  const sent = queue.send(2, never);
  queue.fail(reason);
  queue.fail(new Error("later"));
  queue.close();
  assertStrictEquals(await assertRejects(() => sent), reason);
  assertStrictEquals(await assertRejects(() => queue.receive(never)), reason);
  assertStrictEquals(await assertRejects(() => queue.send(3, never)), reason);
  assertEquals([queue.push(3), queue.size, queue.weight, queue.closed], [false, 0, 0, true]);
});

Deno.test("Queue.fail() reaches a receiver that waits, and overrides close()", async () => {
  const waiting = new Queue<number>({ limit: 1 });
  const received = waiting.receive(never);
  waiting.fail(new Error("broken"));
  await assertRejects(() => received, Error, "broken");

  const closed = new Queue<number>({ limit: 1 });
  closed.push(1);
  closed.close();
  closed.fail(new Error("broken"));
  await assertRejects(() => closed.receive(never), Error, "broken");
});

Deno.test("Queue.clear() returns what it drops, oldest first, and lets senders move up", async () => {
  const queue = new Queue<number>({ limit: 2 });
  queue.push(1);
  queue.push(2);
  await queue.receive(never);
  queue.push(3);
  const sent = queue.send(4, never);
  assertEquals(queue.clear(), [2, 3]);
  await sent;
  assertEquals([queue.size, queue.weight], [1, 1]);
  assertEquals(queue.clear(), [4]);
  assertEquals(queue.clear(), []);
});

Deno.test("Queue.items() yields until the queue is closed and empty", async () => {
  const queue = new Queue<number>({ limit: 2 });
  const read = drain(queue);
  for (let item = 1; item <= 1000; item += 1) await queue.send(item, never);
  queue.close();
  assertEquals(await read, Array.from({ length: 1000 }, (_, index) => index + 1));
});

Deno.test("Queue.items() rejects with the signal's reason while it waits, and leaves the rest inside", async () => {
  const queue = new Queue<number>({ limit: 3 });
  const stop = new AbortController();
  const seen: number[] = [];
  const read = (async () => {
    for await (const item of queue.items(stop.signal)) seen.push(item);
  })();
  queue.push(1);
  await settle();
  stop.abort(new Error("stopped"));
  queue.push(2);
  await assertRejects(() => read, Error, "stopped");
  assertEquals([seen, queue.clear()], [[1], [2]]);
});

Deno.test("Queue.items() that is left with a break loses no item", async () => {
  const queue = new Queue<number>({ limit: 3 });
  for (const item of [1, 2, 3]) queue.push(item);
  for await (const item of queue.items(never)) if (item === 2) break;
  assertEquals(queue.clear(), [3]);
});

Deno.test("Queue.weight returns to exactly nothing with fractional weights", async () => {
  const queue = new Queue<number>({ limit: 1, weigh: (item) => item });
  for (let round = 0; round < 1000; round += 1) {
    for (const item of [0.1, 0.2, 0.3]) assert(queue.push(item));
    for (let taken = 0; taken < 3; taken += 1) await queue.receive(never);
  }
  assertEquals([queue.size, queue.weight], [0, 0]);
});

Deno.test("Queue keeps order and bound over a long run without becoming empty", async () => {
  const queue = new Queue<number>({ limit: 300 });
  let next = 0;
  let expected = 0;
  while (next < 200) queue.push(next++);
  for (let round = 0; round < 20_000; round += 1) {
    queue.push(next++);
    assertEquals(await queue.receive(never), expected++);
  }
  assertEquals(queue.size, 200);
});

Deno.test("Queue leaves no listener on the signal over 10,000 waits of each kind", async () => {
  const queue = new Queue<number>({ limit: 1 });
  const counted = new CountedSignal();
  for (let round = 0; round < 10_000; round += 1) {
    const received = queue.receive(counted.signal);
    queue.push(round);
    await received;
    queue.push(round);
    const sent = queue.send(round, counted.signal);
    queue.clear();
    await sent;
    queue.clear();
  }
  assertEquals(counted.listeners, 0);
  const received = queue.receive(counted.signal);
  assertEquals(counted.listeners, 1);
  queue.fail(new Error("broken"));
  await assertRejects(() => received, Error, "broken");
  assertEquals(counted.listeners, 0);
});

Deno.test("Queue.items() listens once for all its waits, and no longer than it is read", async () => {
  const queue = new Queue<number>({ limit: 1 });
  const counted = new CountedSignal();
  const items = queue.items(counted.signal);
  for (let round = 0; round < 100; round += 1) {
    const next = items.next();
    assertEquals(counted.listeners, 1);
    queue.push(round);
    assertEquals(await next, { done: false, value: round });
  }
  await items.return!();
  assertEquals(counted.listeners, 0);
  assertEquals(await items.next(), { done: true, value: undefined });
  const closing = queue.items(counted.signal);
  const last = closing.next();
  queue.close();
  assertEquals([await last, counted.listeners], [{ done: true, value: undefined }, 0]);
});

Deno.test("Queue.items() rejects with the signal's reason even when it did not wait at that moment", async () => {
  const queue = new Queue<number>({ limit: 1 });
  const stop = new AbortController();
  const items = queue.items(stop.signal);
  const first = items.next();
  queue.push(1);
  await first;
  stop.abort(new Error("stopped"));
  await assertRejects(() => items.next(), Error, "stopped");
});

Deno.test("Queue.items() that is left while it waits ends, and stands in nobody's way", async () => {
  const queue = new Queue<number>({ limit: 1 });
  const items = queue.items(never);
  const waiting = items.next();
  await items.return!();
  assertEquals(await waiting, { done: true, value: undefined });
  const received = queue.receive(never);
  queue.push(1);
  assertEquals(await received, 1);
});

Deno.test("Queue.items() refuses to wait beside another receiver", async () => {
  const queue = new Queue<number>({ limit: 1 });
  const received = queue.receive(never);
  await assertRejects(() => queue.items(never).next(), TypeError, "another receiver is waiting");
  queue.push(1);
  assertEquals(await received, 1);
});
