import { assert, assertEquals, assertGreaterOrEqual } from "@std/assert";
import { utterance } from "../../../adapters/fake/script.ts";
import { PipelineError } from "../../../pipeline/error.ts";
import { Flag } from "../../../protocol/codec.ts";
import { serveConnection } from "../../../sessions/connection.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import { fakeService, type FakeServiceOptions, start } from "../../support/fake_service.ts";
import { MemorySocket } from "../../support/memory_socket.ts";

/** Two utterances that follow each other soon; each takes a second or more to be spoken. */
const script = [utterance("the old house is near the sea", 500), utterance("we go home again today", 3200)];

async function setUp(options: Partial<FakeServiceOptions> = {}, targets: readonly string[] = ["es"]) {
  const clock = new FakeClock();
  const { registry, faults } = fakeService({ clock, script, tts: { realTimeFactor: 0.5 }, ...options });
  const connect = () => new MemorySocket().open((socket) => serveConnection(socket, registry));
  const socket = connect();
  socket.say({ ...start, targets });
  await clock.advance(0);
  return { clock, registry, connect, socket, faults };
}

/** Speaks on, in messages of 100 ms, until so much was spoken in all or the socket is closed. */
async function speakTo(clock: FakeClock, socket: MemorySocket, ms: number): Promise<void> {
  while (clock.now() < ms && !socket.closed) {
    socket.speak(100);
    await clock.advance(100);
    socket.acknowledge();
  }
}

function segmentsBegun(socket: MemorySocket, lane = 1): number[] {
  return socket.audio.flatMap((message) =>
    message.type === "pcm" && message.lane === lane && message.timing ? [message.timing.segment] : []
  );
}

function segmentsEnded(socket: MemorySocket, lane = 1): number {
  return socket.audio.filter((message) =>
    message.type === "pcm" && message.lane === lane && (message.flags & Flag.segmentEnd) !== 0
  ).length;
}

Deno.test("Registry.drain() tells every client and closes with 4503 at once when nothing is being spoken", async () => {
  const { clock, registry, socket, connect } = await setUp();
  await speakTo(clock, socket, 400);
  const draining = registry.drain(4000);
  assertEquals(socket.said("goaway").map(({ deadlineMs }) => deadlineMs), [4000]);
  const late = connect();
  late.say(start);
  assertEquals(late.closed?.code, 1013);
  assertEquals(late.said("error")[0]!.retryAfterMs, 1000);
  await clock.advance(0);
  await draining;
  assertEquals([socket.closed?.code, registry.size, clock.pending], [4503, 0, 0]);
});

Deno.test("Registry.drain() lets the segment that is being spoken end, begins none, and settles it", async () => {
  const { clock, registry, socket, faults } = await setUp();
  await speakTo(clock, socket, 3100);
  assertEquals([segmentsBegun(socket), segmentsEnded(socket)], [[1], 0]);
  const draining = registry.drain(4000);
  await speakTo(clock, socket, 10_000);
  await draining;
  assertEquals(socket.closed?.code, 4503);
  assert(
    clock.now() < 3100 + 2500,
    `closed at ${clock.now()} ms: when the segment has ended, not after the grace`,
  );
  assertEquals([segmentsBegun(socket), segmentsEnded(socket)], [[1], 1]);
  assertEquals(socket.said("timing").map(({ segment }) => segment), [1]);
  // The segment's speech ends at 2.6 s: a client that goes on elsewhere need not send it again.
  assertGreaterOrEqual(socket.said("ack").at(-1)!.settled, 2.6 * 16_000);
  assert(socket.said("ack").at(-1)!.settled <= 3.2 * 16_000, "what was not spoken is not settled");
  assertEquals([registry.size, clock.pending, faults], [0, 0, []]);
});

Deno.test("Registry.drain() does not begin a segment in one lane while another lane speaks", async () => {
  const { clock, registry, socket } = await setUp(
    { mt: { translate: (text, { target }) => target === "es" ? text.repeat(3) : "si" } },
    ["es", "fr"],
  );
  await speakTo(clock, socket, 3100);
  assertEquals([segmentsBegun(socket, 1), segmentsBegun(socket, 2)], [[1], [1]]);
  assertEquals([segmentsEnded(socket, 1), segmentsEnded(socket, 2)], [0, 1]);
  const draining = registry.drain(4000);
  await speakTo(clock, socket, 10_000);
  await draining;
  assertEquals([segmentsBegun(socket, 1), segmentsBegun(socket, 2)], [[1], [1]]);
  assertEquals([segmentsEnded(socket, 1), segmentsEnded(socket, 2)], [1, 1]);
  assert(socket.said("ack").at(-1)!.settled <= 3.2 * 16_000, "what one lane left out is not settled");
});

Deno.test("Registry.drain() leaves the end of a session to another instance, too, when something is left to tell", async () => {
  const { clock, registry, socket, faults } = await setUp();
  await speakTo(clock, socket, 3900);
  assertEquals([segmentsBegun(socket), segmentsEnded(socket)], [[1], 0]);
  socket.sayNumbered({ type: "end" });
  const draining = registry.drain(4000);
  // All that is left is interpreted before the client has acknowledged the segment that was being spoken.
  await clock.advance(3900);
  socket.acknowledge();
  await clock.advance(0);
  await draining;
  assertEquals([segmentsBegun(socket), segmentsEnded(socket)], [[1], 1]);
  assertEquals([socket.said("segment").length, socket.said("ended").length], [1, 0]);
  assertEquals([socket.closed?.code, registry.size, clock.pending, faults], [4503, 0, 0, []]);
});

Deno.test("Registry.drain() breaks off what takes longer than the grace", async () => {
  const { clock, registry, socket } = await setUp({
    tts: { faults: [{ fault: "stall", segment: 1, afterPieces: 2 }] },
  });
  await speakTo(clock, socket, 3100);
  assertEquals([segmentsBegun(socket), segmentsEnded(socket)], [[1], 0]);
  const draining = registry.drain(2000);
  await clock.advance(1900);
  assertEquals(socket.closed, undefined);
  await clock.advance(200);
  await draining;
  assertEquals([socket.closed?.code, registry.size, clock.pending], [4503, 0, 0]);
});

Deno.test("Registry.drain() does not wait for clients that are away", async () => {
  const { clock, registry, socket } = await setUp();
  await speakTo(clock, socket, 3100);
  socket.cut();
  const draining = registry.drain(4000);
  await clock.advance(0);
  await draining;
  assertEquals([registry.size, clock.pending], [0, 0]);
});

Deno.test("Registry.drain() lets requests be answered to their end, and breaks off what takes longer", async () => {
  const { clock, registry, socket } = await setUp();
  socket.cut();
  const quick = registry.admit();
  const slow = registry.admit();
  const draining = registry.drain(3000);
  await clock.advance(1000);
  quick[Symbol.dispose]();
  await clock.advance(1900);
  assertEquals([quick.signal.aborted, slow.signal.aborted], [false, false]);
  await clock.advance(200);
  await draining;
  assert(slow.signal.reason instanceof PipelineError);
  assertEquals(slow.signal.reason.kind, "unavailable");
  slow[Symbol.dispose]();
  assertEquals([registry.size, clock.pending], [0, 0]);
});
