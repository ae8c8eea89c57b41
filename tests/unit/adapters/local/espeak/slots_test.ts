import { assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { Slots } from "../../../../../adapters/local/espeak/slots.ts";
import { PipelineError } from "../../../../../pipeline/error.ts";
import { settle } from "../../../../support/fake_clock.ts";

const signal = new AbortController().signal;

Deno.test("Slots.acquire() lets so many in, the others in order", async () => {
  const slots = new Slots({ slots: 2, waitingLimit: 8 });
  const entered: number[] = [];
  const releases: (() => void)[] = [];
  for (const number of [1, 2, 3, 4]) {
    slots.acquire(signal).then((release) => {
      entered.push(number);
      releases.push(release);
    });
  }
  await settle();
  assertEquals(entered, [1, 2]);
  releases[0]!();
  releases[0]!();
  await settle();
  assertEquals(entered, [1, 2, 3]);
  releases[1]!();
  await settle();
  assertEquals(entered, [1, 2, 3, 4]);
});

Deno.test("Slots.acquire() rejects with the signal's reason and gives the place in the queue up", async () => {
  const slots = new Slots({ slots: 1, waitingLimit: 1 });
  const release = await slots.acquire(signal);
  const abort = new AbortController();
  const reason = new Error("enough");
  const waiting = slots.acquire(abort.signal).catch((error) => error);
  const error = await assertRejects(() => slots.acquire(signal), PipelineError);
  assertEquals(error.kind, "overloaded");
  abort.abort(reason);
  assertStrictEquals(await waiting, reason);
  assertStrictEquals(await slots.acquire(abort.signal).catch((error) => error), reason);
  const next = slots.acquire(signal);
  release();
  (await next)();
});
