import { assertEquals } from "@std/assert";
import { broken, capacity, type Measurement } from "../../../../bench/load/measurement.ts";

const measured = (sessions: number, share: number, rest: Partial<Measurement> = {}): Measurement => ({
  sessions,
  share,
  ownShare: 0.1,
  providersShare: 0.1,
  pace: 1,
  dropped: 0,
  faults: [],
  residentBytes: 1e8,
  roundTripsMs: [1],
  ttfabMs: [500],
  duty: 1,
  messagesIn: 1000,
  messagesOut: 100,
  spanMs: 1000,
  ...rest,
});

Deno.test("capacity() lies between the measurements around 70 %, and those that fell behind do not count", () => {
  assertEquals(capacity([measured(100, 0.5), measured(200, 0.9)]), "a core carries 150 sessions at 70 %");
  assertEquals(capacity([measured(100, 1.4)]), "a core carries 50 sessions at 70 %");
  assertEquals(
    capacity([measured(100, 0.35), measured(200, 0.9, { pace: 0.9 })]),
    "a core carries more than 100 sessions: they took 35 %; at the same cost for each, 70 % would be 200",
  );
  assertEquals(capacity([measured(100, 0.5, { pace: 0.5 })]), "nothing counted");
});

Deno.test("broken() names the bound that broke", () => {
  assertEquals(broken(measured(100, 0.5)), undefined);
  assertEquals(broken(measured(100, 0.8)), "the core is 80 % busy");
  assertEquals(broken(measured(100, 0.5, { dropped: 2 })), "2 messages found no room");
  assertEquals(broken(measured(100, 0.5, { faults: ["a", "a"] })), "2 faults: a");
  assertEquals(
    broken(measured(100, 0.9, { pace: 0.9 })),
    "the pace fell to 90.0 %: the last line does not count",
  );
});
