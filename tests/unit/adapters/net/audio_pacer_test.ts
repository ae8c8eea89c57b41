import { assertEquals, assertStrictEquals } from "@std/assert";
import { AudioPacer } from "../../../../adapters/net/audio_pacer.ts";
import { FakeClock } from "../../../support/fake_clock.ts";

const never = new AbortController().signal;

Deno.test("AudioPacer.take() lets a burst pass and then what the speed allows", async () => {
  const clock = new FakeClock();
  const pacer = new AudioPacer({ speed: 1.25, burstMs: 500 }, clock);
  let sentMs = 0;
  const sending = (async () => {
    while (sentMs < 3000) {
      await pacer.take(100, never);
      sentMs += 100;
    }
  })();
  await clock.advance(0);
  assertEquals(sentMs, 500);
  await clock.advance(800);
  assertEquals(sentMs, 1500);
  await clock.advance(5000);
  await sending;
  // What was not used is not saved up.
  assertEquals(sentMs, 3000);
  sentMs = 0;
  await clock.advance(60_000);
  const more = (async () => {
    while (sentMs < 600) {
      await pacer.take(100, never);
      sentMs += 100;
    }
  })();
  await clock.advance(0);
  assertEquals(sentMs, 500);
  await clock.advance(80);
  await more;
});

Deno.test("AudioPacer.take() ends with its signal", async () => {
  const pacer = new AudioPacer({ speed: 1, burstMs: 100 }, new FakeClock());
  await pacer.take(1000, never);
  const abort = new AbortController();
  const waiting = pacer.take(100, abort.signal).catch((error) => error);
  const reason = new Error("no longer wanted");
  abort.abort(reason);
  assertStrictEquals(await waiting, reason);
});
