import { assertEquals } from "@std/assert";
import { type Age, ConnectionAge } from "../../../../adapters/net/connection_age.ts";
import { FakeClock } from "../../../support/fake_clock.ts";

Deno.test("ConnectionAge grows with the clock, a minute ahead of a long limit", async () => {
  const clock = new FakeClock();
  const stop = new AbortController();
  const told: Age[] = [];
  const age: ConnectionAge = new ConnectionAge(3_600_000, () => told.push(age.now));
  const growing = age.grow(clock, stop.signal);
  await clock.advance(3_539_999);
  assertEquals(told, []);
  await clock.advance(1);
  assertEquals(told, ["old"]);
  await clock.advance(55_000);
  await growing;
  assertEquals(told, ["old", "too_old"]);
});

Deno.test("ConnectionAge grows with the audio, a tenth ahead of a short limit", async () => {
  const stop = new AbortController();
  let count = 0;
  const age = new ConnectionAge(1000, () => count += 1);
  const growing = age.grow(new FakeClock(), stop.signal);
  for (const ms of [899, 900, 950, 980, 900]) age.reach(ms);
  assertEquals([age.now, count], ["too_old", 2]);
  stop.abort();
  await growing;
});
