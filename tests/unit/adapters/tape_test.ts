import { assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import fc from "fast-check";
import { Tape } from "../../../adapters/tape.ts";
import type { Input } from "../../../pipeline/ports.ts";

const { signal } = new AbortController();

function frame(position: number, length = 10): Input {
  return {
    type: "frame",
    rate: 1000,
    position,
    samples: Int16Array.from({ length }, (_, index) => position + index),
  };
}

async function* input(items: readonly Input[]): AsyncGenerator<Input> {
  for (const item of items) {
    await Promise.resolve();
    yield item;
  }
}

/** The samples and flushes that a reader gets. */
async function read(tape: Tape): Promise<(number | string)[]> {
  const got: (number | string)[] = [];
  for await (const item of tape.read(signal)) {
    if (item.type === "flush") got.push(`flush ${item.id}`);
    else if (item.type === "frame") got.push(...item.samples);
  }
  return got;
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, index) => from + index);
}

Deno.test("Tape.read() gives a second reader what is not settled, from the very sample on", async () => {
  const tape = new Tape(input([frame(0), frame(10), frame(20)]), 100);
  assertEquals(await read(tape), range(0, 30));
  tape.forget(14);
  assertEquals(await read(tape), range(14, 30));
  assertEquals([tape.samples, tape.ended], [20, true]);
});

Deno.test("Tape.read() gives a flush again until it was answered", async () => {
  const tape = new Tape(
    input([frame(0), { type: "flush", id: 1 }, frame(10), { type: "flush", id: 2 }]),
    100,
  );
  await read(tape);
  tape.forget(20);
  assertEquals(await read(tape), ["flush 1", "flush 2"]);
  tape.answered(1);
  assertEquals(await read(tape), ["flush 2"]);
  tape.answered(2);
  tape.answered(3);
  assertEquals(await read(tape), []);
});

Deno.test("Tape keeps no more than its limit and forgets the oldest audio first", async () => {
  const tape = new Tape(input([{ type: "flush", id: 1 }, ...range(0, 20).map((n) => frame(n * 10))]), 50);
  assertEquals((await read(tape)).length, 201);
  assertEquals(tape.samples, 50);
  assertEquals(await read(tape), ["flush 1", ...range(150, 200)]);
});

Deno.test("Tape takes nothing in before it is asked for", async () => {
  let taken = 0;
  const tape = new Tape(
    (async function* () {
      for (;; taken += 1) yield frame(taken * 10);
    })(),
    1000,
  );
  for await (const item of tape.read(signal)) if (item.type === "frame" && item.position === 20) break;
  assertEquals(taken, 2);
  tape.close();
});

Deno.test("Tape.read() ends at once when its signal aborts, and loses nothing for the next reader", async () => {
  const more = Promise.withResolvers<Input>();
  const tape = new Tape(
    (async function* () {
      yield frame(0);
      yield await more.promise;
    })(),
    1000,
  );
  const stop = new AbortController();
  const reason = new Error("enough");
  const first = (async () => {
    for await (const _ of tape.read(stop.signal));
  })();
  queueMicrotask(() => stop.abort(reason));
  assertStrictEquals(await first.catch((error) => error), reason);
  more.resolve(frame(10));
  assertEquals(await read(tape), range(0, 20));
});

Deno.test("Tape.read() throws what the input throws, to every reader", async () => {
  const tape = new Tape(
    (async function* () {
      yield frame(0);
      throw new Error("no more");
    })(),
    1000,
  );
  await assertRejects(() => read(tape), Error, "no more");
  await assertRejects(() => read(tape), Error, "no more");
  assertEquals(tape.failed.reason.message, "no more");
});

Deno.test("Tape gives back exactly what was not forgotten", async () => {
  const lengths = fc.array(fc.integer({ min: 1, max: 30 }), { maxLength: 20 });
  await fc.assert(
    fc.asyncProperty(
      lengths,
      fc.array(fc.integer({ min: 0, max: 600 }), { maxLength: 5 }),
      async (sizes, forget) => {
        let position = 0;
        const items = sizes.map((size) => frame((position += size) - size, size));
        const tape = new Tape(input(items), 10_000);
        await read(tape);
        let from = 0;
        for (const to of forget) {
          tape.forget(to);
          from = Math.max(from, to);
          assertEquals(await read(tape), range(Math.min(from, position), position));
        }
      },
    ),
  );
});
