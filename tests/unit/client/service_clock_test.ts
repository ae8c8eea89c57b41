import { assertEquals } from "@std/assert";
import { ServiceClock } from "../../../client/service_clock.ts";

Deno.test("ServiceClock knows nothing before the first answer", () => {
  const clock = new ServiceClock();
  assertEquals([clock.offsetMs, clock.roundTripMs], [undefined, undefined]);
});

Deno.test("ServiceClock.take() does not count the service's own time", () => {
  const clock = new ServiceClock();
  clock.take({ type: "pong", t0: 100, t1: 5_110, t2: 5_140 }, 150);
  assertEquals([clock.offsetMs, clock.roundTripMs], [5_000, 20]);
});

Deno.test("ServiceClock.take() trusts the quickest of the last eight answers", () => {
  const clock = new ServiceClock();
  clock.take({ type: "pong", t0: 0, t1: 1_002, t2: 1_002 }, 4);
  clock.take({ type: "pong", t0: 0, t1: 1_300, t2: 1_300 }, 400);
  assertEquals([clock.offsetMs, clock.roundTripMs], [1_000, 4]);
  for (let count = 0; count < 7; count++) clock.take({ type: "pong", t0: 0, t1: 1_060, t2: 1_060 }, 100);
  assertEquals([clock.offsetMs, clock.roundTripMs], [1_010, 100]);
});
