import { assertEquals } from "@std/assert";
import { Watchdog } from "../../../../adapters/net/watchdog.ts";
import { FakeClock } from "../../../support/fake_clock.ts";

function dog(armed = true) {
  const clock = new FakeClock();
  const barks: number[] = [];
  const watchdog = new Watchdog({ clock, deadlineMs: 100, armed, bark: () => barks.push(clock.now()) });
  return { clock, barks, watchdog };
}

Deno.test("Watchdog barks when one wait is too long, however many were short", async () => {
  const { clock, barks, watchdog } = dog();
  for (let index = 0; index < 10; index += 1) {
    watchdog.begin();
    await clock.advance(90);
    watchdog.end();
    await clock.advance(70);
  }
  assertEquals(barks, []);
  watchdog.begin();
  await clock.advance(99);
  assertEquals(barks, []);
  await clock.advance(1000);
  assertEquals(barks, [1700]);
  assertEquals(clock.pending, 0);
});

Deno.test("Watchdog.arm() begins the count of a wait that is going on", async () => {
  const { clock, barks, watchdog } = dog(false);
  watchdog.begin();
  await clock.advance(1000);
  watchdog.arm();
  await clock.advance(99);
  assertEquals(barks, []);
  await clock.advance(1);
  assertEquals(barks, [1100]);
});

Deno.test("Watchdog.disarm() has waiting not count until it is armed again", async () => {
  const { clock, barks, watchdog } = dog();
  watchdog.begin();
  await clock.advance(60);
  watchdog.disarm();
  await clock.advance(1000);
  assertEquals(barks, []);
  watchdog.arm();
  await clock.advance(99);
  assertEquals(barks, []);
  await clock.advance(1000);
  assertEquals(barks, [1160]);
});

Deno.test("Watchdog leaves no timer when it is disposed", async () => {
  const { clock, barks, watchdog } = dog();
  watchdog.begin();
  watchdog[Symbol.dispose]();
  await clock.advance(1000);
  assertEquals([barks.length, clock.pending], [0, 0]);
});
