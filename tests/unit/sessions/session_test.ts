import { assert, assertEquals } from "@std/assert";
import { serveConnection } from "../../../sessions/connection.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import { fakeService, type FakeServiceOptions, start } from "../../support/fake_service.ts";
import { MemorySocket } from "../../support/memory_socket.ts";

async function setUp(options: Partial<FakeServiceOptions> = {}, targets: readonly string[] = ["es"]) {
  const clock = new FakeClock();
  const { registry } = fakeService({ clock, ...options });
  const connect = () => new MemorySocket().open((socket) => serveConnection(socket, registry));
  const socket = connect();
  socket.say({ ...start, targets });
  await clock.advance(0);
  const { session, token } = socket.said("ready")[0]!;
  return { clock, registry, connect, socket, session, token };
}

async function speakFor(
  clock: FakeClock,
  socket: MemorySocket,
  ms: number,
  acknowledge = true,
): Promise<void> {
  for (let spoken = 0; spoken < ms; spoken += 100) {
    socket.speak(100);
    await clock.advance(100);
    if (acknowledge) socket.acknowledge();
  }
}

Deno.test("Session takes commands for a lane that has gone meanwhile, and refuses them for one that never was", async () => {
  const { clock, registry, socket } = await setUp({}, ["es", "fr"]);
  socket.sayNumbered({ type: "targets", targets: ["fr"] });
  await speakFor(clock, socket, 500);
  assertEquals(socket.said("lanes")[0]!.lanes.map(({ lane }) => lane), [0, 2]);
  socket.sayNumbered({ type: "mute", lane: 1, muted: true });
  socket.sayNumbered({ type: "cancel", lane: 1, through: 1 });
  await speakFor(clock, socket, 500);
  assertEquals(socket.closed, undefined);
  assertEquals(socket.said("cancelled").map(({ lane, through }) => [lane, through]), [[1, 1]]);
  socket.sayNumbered({ type: "cancel", lane: 3, through: 1 });
  assertEquals(socket.closed?.code, 4400);
  await registry.drain(0);
});

Deno.test("Session sends no more after a resume than the window that was said last, less what arrived since", async () => {
  const { clock, registry, connect, socket, session, token } = await setUp({ tts: { msPerCharacter: 200 } });
  socket.say({ type: "ack", received: 0, window: 40_000 });
  await speakFor(clock, socket, 6000, false);
  const sent = socket.received;
  assert(sent > 5 && socket.said("ended").length === 0);
  socket.cut();
  const second = connect();
  second.say({ type: "resume", session, token, received: sent });
  await clock.advance(1000);
  // What is left of the window is less than a message, which may go alone.
  assert(second.audio.length <= 1, `${second.audio.length} messages came, and no other window was said`);
  second.say({ type: "ack", received: sent, window: 40_000 });
  await clock.advance(100);
  assert(second.audio.length > 3);
  await registry.drain(0);
});

Deno.test("Session keeps its end for as long as its client goes on reading", async () => {
  const { clock, registry, socket } = await setUp({ tts: { msPerCharacter: 400 } });
  await speakFor(clock, socket, 5500, false);
  socket.sayNumbered({ type: "end" });
  let position = 0;
  for (let second = 0; second < 300 && !socket.closed; second++) {
    await clock.advance(1000);
    // A reader that takes one message every second or so.
    position = Math.min(socket.received, position + 1);
    socket.say({ type: "ack", received: position, window: 20_000 });
  }
  assertEquals(socket.said("ended").length, 1);
  assertEquals(socket.closed?.code, 1000);
  assert(clock.now() > 30_000, `it took ${clock.now()} ms`);
  await registry.drain(0);
});

Deno.test("Session counts a segment that was not spoken as skipped, not a change of the targets that failed", async () => {
  const { clock, registry, socket } = await setUp({
    mt: {
      faults: [{ fault: "unavailable", segment: 1 }],
      translate: (text, { request }) => request.segment === 2 ? "" : text,
    },
  });
  socket.sayNumbered({ type: "targets", targets: ["tlh"] });
  await speakFor(clock, socket, 5000);
  socket.sayNumbered({ type: "end" });
  await clock.advance(500);
  assertEquals(socket.said("error").map(({ segment }) => segment), [undefined, 1]);
  assertEquals(socket.said("skipped").map(({ segment, reason }) => [segment, reason]), [[2, "empty"]]);
  assertEquals(socket.said("ended")[0]!.totals.skipped, 2);
  await registry.drain(0);
});
