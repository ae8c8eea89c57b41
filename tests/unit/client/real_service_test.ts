import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import type { ClientEvent } from "../../../client/event.ts";
import { connect } from "../../../client/session.ts";
import { serveConnection } from "../../../sessions/connection.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import { fakeService, start } from "../../support/fake_service.ts";
import { MemoryNetwork } from "../../support/memory_network.ts";

/**
 * Speaks 7 s through the project's own service, with cuts at these times, and checks that the speech that comes back follows on. Gives what has to
 * be the same in every run; how fast it is spoken need not be, as it depends on the lag.
 */
async function interpretWithCuts(cutsMs: readonly number[]): Promise<Record<string, unknown>> {
  const clock = new FakeClock();
  const { registry, faults } = fakeService({ clock });
  const network = new MemoryNetwork(clock, (end) => {
    const handler = serveConnection({ send: end.send, close: end.close, waitingBytes: 0 }, registry);
    return { message: (data) => handler.message(data), closed: (code) => handler.closed(code) };
  });
  const { type: _type, ...wanted } = start;
  const connecting = connect({
    url: "ws://service/v1/stream",
    start: wanted,
    connect: network.connect,
    clock,
    random: () => 0.5,
    signal: new AbortController().signal,
  });
  await clock.advance(50);
  const session = await connecting;
  const events: ClientEvent[] = [];
  const reading = (async () => {
    for await (const event of session.events) events.push(event);
  })();
  const frame = new Int16Array(320);
  for (let spokenMs = 0; spokenMs < 7_000; spokenMs += 20) {
    assert(session.push(frame));
    await clock.advance(20);
    if (cutsMs.includes(spokenMs)) network.last.cut();
  }
  const ending = session.end();
  await clock.advance(30_000);
  const totals = await ending;
  await reading;
  assertEquals(faults, []);
  assertEquals(network.open, 0);
  await registry.drain(0);
  assertEquals(clock.pending, 0);

  let position = 0;
  let finished = 0;
  const begun: number[] = [];
  for (const event of events) {
    if (event.type !== "audio" || event.codec !== "pcm_s16le") continue;
    if (event.timing) begun.push(event.timing.segment);
    assertEquals(event.position, position);
    position += event.samples.length;
    if (event.end) finished += 1;
  }
  assert(position > 0);
  return { begun, finished, sourceMs: totals.sourceMs, segments: totals.segments };
}

Deno.test("ClientSession hears every segment of the service once and whole, wherever it is cut", async () => {
  const uncut = await interpretWithCuts([]);
  assertEquals(uncut, { begun: [1, 2], finished: 2, sourceMs: 7_000, segments: 2 });
  const times = fc.uniqueArray(fc.integer({ min: 0, max: 349 }).map((index) => 20 * index), {
    minLength: 1,
    maxLength: 6,
  });
  await fc.assert(
    fc.asyncProperty(times, async (cutsMs) => assertEquals(await interpretWithCuts(cutsMs), uncut)),
    { numRuns: 25 },
  );
});
