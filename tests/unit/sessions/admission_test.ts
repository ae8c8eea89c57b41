import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { type Load, type Measured, outOfMoney, refusal } from "../../../sessions/admission.ts";
import { serveConnection } from "../../../sessions/connection.ts";
import { defaultLimits } from "../../../sessions/limits.ts";
import { PipelineError } from "../../../pipeline/error.ts";
import { Registry } from "../../../sessions/registry.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import { fakeService, start } from "../../support/fake_service.ts";
import { MemorySocket } from "../../support/memory_socket.ts";

const idle: Load = { sessions: 0, draining: false, loopLagMs: 0, memoryBytes: 0 };
const limits = { ...defaultLimits, maxSessions: 10, maxLoopLagMs: 50, maxMemoryBytes: 400 * 2 ** 20 };

Deno.test("refusal() lets sessions in up to every limit", () => {
  const full: Load = { sessions: 9, draining: false, loopLagMs: 50, memoryBytes: 400 * 2 ** 20 };
  for (const load of [idle, full]) assertEquals(refusal(load, limits), undefined);
});

Deno.test("refusal() says what is scarce and when to come again", () => {
  const cases: readonly [Partial<Load>, string, number][] = [
    [{ draining: true }, "this instance is going away", 1000],
    [{ sessions: 10 }, "10 sessions run, expected fewer than 10", 5000],
    [{ loopLagMs: 80.4 }, "the event loop is 80 ms late, expected at most 50", 2000],
    [{ memoryBytes: 401 * 2 ** 20 }, "the process holds 401 MB, expected at most 400", 10_000],
  ];
  for (const [change, why, retryAfterMs] of cases) {
    const error = refusal({ ...idle, ...change }, limits);
    assertEquals([error?.kind, error?.retryAfterMs], ["overloaded", retryAfterMs]);
    assertStringIncludes(error!.message, why);
  }
});

Deno.test("Registry refuses sessions while the process is too busy, and those that run go on and resume", async () => {
  const clock = new FakeClock();
  const { services } = fakeService({ clock });
  let measured: Measured = { loopLagMs: 0, memoryBytes: 0 };
  const registry = new Registry({ services, limits, onFault: () => {}, measured: () => measured });
  const connect = () => new MemorySocket().open((socket) => serveConnection(socket, registry));
  const first = connect();
  first.say(start);
  await clock.advance(0);
  const { session, token } = first.said("ready")[0]!;

  measured = { loopLagMs: 500, memoryBytes: 0 };
  const second = connect();
  second.say(start);
  assertEquals(second.closed?.code, 1013);
  assertEquals(second.said("error")[0]!.retryAfterMs, 2000);
  assertThrows(() => registry.admit(), PipelineError, "the event loop is 500 ms late");
  first.speak(100);
  await clock.advance(200);
  assertEquals(first.closed, undefined);
  first.cut();
  const resumed = connect();
  resumed.say({ type: "resume", session, token, received: 0 });
  assertEquals(resumed.said("resumed").length, 1);

  measured = { loopLagMs: 0, memoryBytes: 0 };
  const third = connect();
  third.say(start);
  await clock.advance(0);
  assertEquals(third.said("ready").length, 1);
  await registry.drain(0);
  assertEquals(clock.pending, 0);
});

Deno.test("refusal() starts nothing when the budget is spent", () => {
  const error = refusal({ ...idle, moneyInMs: 90_000 }, limits);
  assertEquals([error?.kind, error?.retryAfterMs], ["quota_exhausted", 90_000]);
  assertStringIncludes(error!.message, "the budget of this instance for 24 hours is spent");
});

Deno.test("Registry.endAll() ends every session and request, and says why", async () => {
  const clock = new FakeClock();
  const { services } = fakeService({ clock });
  const faults: unknown[] = [];
  const registry = new Registry({ services, limits, onFault: (error) => void faults.push(error) });
  const socket = new MemorySocket().open((socket) => serveConnection(socket, registry));
  socket.say(start);
  await clock.advance(0);
  using guest = registry.admit();
  registry.endAll(outOfMoney("Cannot go on", 60_000));
  await clock.advance(0);
  assertEquals([socket.closed?.code, guest.signal.aborted], [1013, true]);
  const [error] = socket.said("error");
  assertEquals([error?.kind, error?.retryAfterMs], ["quota_exhausted", 60_000]);
  assertEquals(faults, []);
  await registry.drain(0);
  assertEquals([registry.size - 1, clock.pending], [0, 0]);
});
