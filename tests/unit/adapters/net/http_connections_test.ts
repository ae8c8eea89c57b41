import { assertEquals, assertRejects } from "@std/assert";
import { Concurrency } from "../../../../adapters/net/concurrency.ts";
import { HttpConnections } from "../../../../adapters/net/http_connections.ts";
import { PipelineError } from "../../../../pipeline/error.ts";
import { FakeClock } from "../../../support/fake_clock.ts";

const never = new AbortController().signal;

function setUp(limit = 2) {
  const clock = new FakeClock();
  const concurrency = new Concurrency({ provider: "Acme", limit, clock });
  return { clock, lines: new HttpConnections({ clock, concurrency, idleMs: 50_000 }) };
}

Deno.test("HttpConnections.take() tells whether a connection is free, which is one whose answer was read to its end", async () => {
  const { lines } = setUp();
  const first = await lines.take(never);
  const second = await lines.take(never);
  assertEquals([first.reused, second.reused, lines.connections], [false, false, {
    busy: 2,
    idle: 0,
    waiting: 0,
  }]);
  first.end(true);
  second.end(false);
  assertEquals(lines.connections, { busy: 0, idle: 1, waiting: 0 });
  assertEquals((await lines.take(never)).reused, true);
  assertEquals((await lines.take(never)).reused, false);
});

Deno.test("HttpConnections forgets connections that were silent for too long", async () => {
  const { clock, lines } = setUp();
  (await lines.take(never)).end(true);
  await clock.advance(49_999);
  assertEquals(lines.connections.idle, 1);
  await clock.advance(1);
  assertEquals(lines.connections.idle, 0);
  assertEquals((await lines.take(never)).reused, false);
});

Deno.test("HttpConnections.take() waits for a place of the key, and fails with concurrency when there is none in time", async () => {
  const { clock, lines } = setUp(1);
  const first = await lines.take(never);
  const waiting = lines.take(never);
  const late = assertRejects(() => lines.take(never), PipelineError, "none of its 1 places");
  await clock.advance(300);
  first.end(true);
  const { waitedMs, reused } = await waiting;
  assertEquals([waitedMs, reused], [300, true]);
  await clock.advance(700);
  await late;
});

Deno.test("HttpConnections.keepOpen() asks again only after a long silence, whatever that comes to, until its signal aborts", async () => {
  const { clock, lines } = setUp();
  const asked: number[] = [];
  const stop = new AbortController();
  (await lines.take(never)).end(true);
  const keeping = lines.keepOpen(async (signal) => {
    asked.push(clock.now());
    const turn = await lines.take(signal);
    turn.end(true);
    throw new Error("refused");
  }, stop.signal);
  await clock.advance(30_000);
  (await lines.take(never)).end(true);
  await clock.advance(39_999);
  assertEquals(asked, []);
  await clock.advance(1);
  assertEquals(asked, [70_000]);
  // Somebody is at work: nothing has to be kept open.
  const busy = await lines.take(never);
  await clock.advance(100_000);
  assertEquals(asked, [70_000]);
  busy.end(false);
  await clock.advance(40_000);
  assertEquals(asked.length, 2);
  stop.abort();
  await keeping;
  assertEquals(clock.pending, 0);
});
