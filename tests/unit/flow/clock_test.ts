import { assertEquals, assertGreaterOrEqual, assertRejects } from "@std/assert";
import { checkSleep, longestSleepMs, systemClock } from "../../../flow/clock.ts";
import { CountedSignal } from "../../support/counted_signal.ts";

const never = new AbortController().signal;

Deno.test("systemClock.sleep() resolves after its time on the clock's own scale", async () => {
  const startMs = systemClock.now();
  await systemClock.sleep(2, never);
  assertGreaterOrEqual(systemClock.now() - startMs, 1);
});

Deno.test("systemClock.sleep() rejects at once when the signal has aborted", async () => {
  await assertRejects(() => systemClock.sleep(1000, AbortSignal.abort(new Error("gone"))), Error, "gone");
});

Deno.test("systemClock.sleep() rejects with the signal's reason and clears its timer", async () => {
  const stop = new AbortController();
  const sleep = systemClock.sleep(60_000, stop.signal);
  stop.abort(new Error("stopped"));
  await assertRejects(() => sleep, Error, "stopped");
});

Deno.test("systemClock.sleep() leaves no listener on the signal", async () => {
  const counted = new CountedSignal();
  const sleeps = Array.from({ length: 10_000 }, () => systemClock.sleep(0, counted.signal));
  assertEquals(counted.listeners, 10_000);
  await Promise.all(sleeps);
  assertEquals(counted.listeners, 0);
});

Deno.test("systemClock.sleep() refuses what a timer cannot wait for", async () => {
  for (const ms of [NaN, Infinity, longestSleepMs + 1]) {
    await assertRejects(() => systemClock.sleep(ms, never), RangeError, `ms is ${ms}`);
  }
  checkSleep(longestSleepMs);
  checkSleep(-1);
});
