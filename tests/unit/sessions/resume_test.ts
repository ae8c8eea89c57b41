import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { Flag } from "../../../protocol/codec.ts";
import { serveConnection } from "../../../sessions/connection.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import { fakeService, start } from "../../support/fake_service.ts";
import { MemorySocket } from "../../support/memory_socket.ts";

async function setUp() {
  const clock = new FakeClock();
  const { registry } = fakeService({ clock });
  const connect = () => new MemorySocket().open((socket) => serveConnection(socket, registry));
  const socket = connect();
  socket.say(start);
  await clock.advance(0);
  const { session, token } = socket.said("ready")[0]!;
  return { clock, registry, connect, socket, session, token };
}

async function speakFor(clock: FakeClock, socket: MemorySocket, ms: number): Promise<void> {
  for (let spoken = 0; spoken < ms; spoken += 100) {
    socket.speak(100);
    await clock.advance(100);
    socket.acknowledge();
  }
}

Deno.test("Session.resume() goes on where the cut was: the service says what it has, the client repeats the rest", async () => {
  const { clock, registry, connect, socket, session, token } = await setUp();
  await speakFor(clock, socket, 2000);
  socket.cut();
  await clock.advance(5000);
  const second = connect();
  second.say({ type: "resume", session, token, received: socket.received });
  await clock.advance(0);
  const [resumed] = second.said("resumed");
  assertEquals(resumed?.received, 20);
  second.continueFrom(socket);
  await speakFor(clock, second, 3500);
  assertEquals(second.said("timing").map(({ segment }) => segment), [1, 2]);
  await registry.drain(0);
});

Deno.test("Session.resume() sends what the cut swallowed again, marked so, and nothing that had arrived", async () => {
  const { clock, registry, connect, socket, session, token } = await setUp();
  for (let spoken = 0; spoken < 3000; spoken += 100) {
    socket.speak(100);
    await clock.advance(100);
  }
  assert(socket.audio.length >= 3, "there was audio to lose");
  const received = socket.audio[1]!.seq;
  socket.cut();
  const second = connect();
  second.say({ type: "resume", session, token, received });
  await clock.advance(0);
  second.acknowledge(received);
  await clock.advance(0);
  const lost = socket.audio.slice(2).map(({ seq }) => seq);
  const again = second.audio.filter((message) => message.type === "pcm" && (message.flags & Flag.again) !== 0)
    .map(({ seq }) => seq);
  assertEquals(again.slice(0, lost.length), lost);
  assertEquals(
    second.audio.map(({ seq }) => seq),
    second.audio.map(({ seq }) => seq).toSorted((one, other) => one - other),
  );
  await registry.drain(0);
});

Deno.test("Session.resume() rotates the token: the old one dies when the client shows that it has the next", async () => {
  const { clock, registry, connect, socket, session, token } = await setUp();
  socket.cut();
  const lostAnswer = connect();
  lostAnswer.say({ type: "resume", session, token, received: socket.received });
  const next = lostAnswer.said("resumed")[0]!.token;
  assertNotEquals(next, token);
  lostAnswer.cut();

  const again = connect();
  again.say({ type: "resume", session, token, received: socket.received });
  assertEquals(again.closed, undefined);
  again.acknowledge(socket.received);
  const newest = again.said("resumed")[0]!.token;
  again.cut();

  const stale = connect();
  stale.say({ type: "resume", session, token, received: socket.received });
  assertEquals(stale.closed?.code, 4404);
  const good = connect();
  good.say({ type: "resume", session, token: newest, received: socket.received });
  assertEquals(good.said("resumed").length, 1);
  await clock.advance(0);
  await registry.drain(0);
});

Deno.test("Session.resume() supersedes a half-open socket, which then has nothing more to say", async () => {
  const { clock, registry, connect, socket, session, token } = await setUp();
  await speakFor(clock, socket, 1000);
  const second = connect();
  second.say({ type: "resume", session, token, received: socket.received });
  assertEquals(socket.closed?.code, 4409);
  second.continueFrom(socket);
  await speakFor(clock, second, 4500);
  assertEquals(second.said("timing").length, 2);
  await registry.drain(0);
});

Deno.test("Session.resume() refuses a wrong token and leaves the session alone", async () => {
  const { clock, registry, connect, socket, session } = await setUp();
  const thief = connect();
  thief.say({ type: "resume", session, token: "guess", received: 0 });
  assertEquals([thief.closed?.code, socket.closed], [4404, undefined]);
  await speakFor(clock, socket, 5500);
  assertEquals(socket.said("timing").length, 2);
  await registry.drain(0);
});

Deno.test("Session ends when its client does not come back in time, and frees everything", async () => {
  const { clock, registry, connect, socket, session, token } = await setUp();
  await speakFor(clock, socket, 1000);
  socket.cut();
  await clock.advance(29_000);
  assertEquals(registry.size, 1);
  await clock.advance(1500);
  assertEquals([registry.size, clock.pending], [0, 0]);
  const late = connect();
  late.say({ type: "resume", session, token, received: 0 });
  assertEquals(late.closed?.code, 4404);
});

Deno.test("Session keeps its end for a client that was cut off just then", async () => {
  const { clock, registry, connect, socket, session, token } = await setUp();
  await speakFor(clock, socket, 5000);
  const received = socket.received;
  socket.sayNumbered({ type: "end" });
  socket.cut();
  await clock.advance(1000);
  const second = connect();
  second.say({ type: "resume", session, token, received });
  await clock.advance(0);
  second.acknowledge(received);
  await clock.advance(0);
  second.acknowledge();
  await clock.advance(0);
  assertEquals(second.said("ended").length, 1);
  assertEquals([second.closed?.code, registry.size, clock.pending], [1000, 0, 0]);
});

Deno.test("Session ends at once when its client closes in order", async () => {
  const { clock, registry, socket } = await setUp();
  await speakFor(clock, socket, 1000);
  socket.close(1000, "The client leaves");
  await clock.advance(0);
  assertEquals([registry.size, clock.pending], [0, 0]);
});
