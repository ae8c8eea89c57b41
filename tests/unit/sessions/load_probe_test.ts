import { assert, assertEquals } from "@std/assert";
import type { Clock } from "../../../flow/clock.ts";
import { LoadProbe } from "../../../sessions/load_probe.ts";
import { FakeClock } from "../../support/fake_clock.ts";

/** A clock whose sleeps end so much too late. */
class LateClock implements Clock {
  lateMs = 0;
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  now(): number {
    return this.#clock.now();
  }

  sleep(ms: number, signal: AbortSignal): Promise<void> {
    return this.#clock.sleep(ms + this.lateMs, signal);
  }
}

async function setUp() {
  const clock = new FakeClock();
  const late = new LateClock(clock);
  let memory = 100;
  const probe = new LoadProbe({ clock: late, memoryBytes: () => memory });
  const stop = new AbortController();
  const running = probe.run(stop.signal);
  await clock.advance(0);
  return {
    clock,
    late,
    probe,
    remember: (bytes: number) => void (memory = bytes),
    async end() {
      stop.abort();
      await running;
      assertEquals(clock.pending, 0);
    },
  };
}

Deno.test("LoadProbe measures nothing on an idle process but its memory", async () => {
  const { clock, probe, remember, end } = await setUp();
  assertEquals(probe.measured, { loopLagMs: 0, memoryBytes: 0 });
  await clock.advance(1000);
  assertEquals(probe.measured, { loopLagMs: 0, memoryBytes: 100 });
  remember(200);
  await clock.advance(250);
  assertEquals(probe.measured.memoryBytes, 200);
  await end();
});

Deno.test("LoadProbe comes near a lag that lasts, within seconds, and forgets it again", async () => {
  const { clock, late, probe, end } = await setUp();
  late.lateMs = 200;
  await clock.advance(5000);
  assert(probe.measured.loopLagMs > 180 && probe.measured.loopLagMs <= 200, `${probe.measured.loopLagMs} ms`);
  late.lateMs = 0;
  await clock.advance(5000);
  assert(probe.measured.loopLagMs < 2, `${probe.measured.loopLagMs} ms`);
  await end();
});

Deno.test("LoadProbe is not moved far by one pause", async () => {
  const { clock, late, probe, end } = await setUp();
  await clock.advance(240);
  late.lateMs = 100;
  await clock.advance(10);
  late.lateMs = 0;
  await clock.advance(350);
  assert(probe.measured.loopLagMs > 0 && probe.measured.loopLagMs <= 25, `${probe.measured.loopLagMs} ms`);
  await end();
});
