import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { Flag } from "../../../protocol/codec.ts";
import { serveConnection } from "../../../sessions/connection.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import { fakeService, type FakeServiceOptions, start } from "../../support/fake_service.ts";
import { MemorySocket } from "../../support/memory_socket.ts";

function setUp(options: Partial<FakeServiceOptions> = {}) {
  const clock = new FakeClock();
  const { registry, faults } = fakeService({ clock, ...options });
  const connect = () => new MemorySocket().open((socket) => serveConnection(socket, registry));
  return { clock, registry, faults, connect };
}

async function started(options: Partial<FakeServiceOptions> = {}) {
  const service = setUp(options);
  const socket = service.connect();
  socket.say(start);
  await service.clock.advance(0);
  assertEquals(socket.said("ready").length, 1);
  return { ...service, socket };
}

/** Speaks for so long, in messages of 100 ms at the pace of speech, and acknowledges what comes. */
async function speakFor(
  clock: FakeClock,
  socket: MemorySocket,
  ms: number,
  acknowledged?: number,
): Promise<void> {
  for (let spoken = 0; spoken < ms; spoken += 100) {
    socket.speak(100);
    await clock.advance(100);
    socket.acknowledge(acknowledged);
  }
}

Deno.test("serveConnection() answers start with the lanes, the limits and the engines", async () => {
  const { socket, registry } = await started();
  const [ready] = socket.said("ready");
  assertEquals(ready!.lanes, [
    { lane: 0, language: "en", codec: "pcm_s16le", rate: 16_000 },
    { lane: 1, language: "es", codec: "pcm_s16le", rate: 24_000 },
  ]);
  assertEquals(ready!.engines, { stt: "fake", mt: "fake", tts: "fake" });
  assert(ready!.session.length >= 20 && ready!.token.length >= 20 && ready!.session !== ready!.token);
  await registry.drain(0);
});

Deno.test("serveConnection() interprets: captions, audio with timing, and the end", async () => {
  const { clock, socket, registry } = await started();
  await speakFor(clock, socket, 5000);
  const beforeEnd = socket.audio.length;
  assert(beforeEnd > 0, "audio came while the speaker went on");
  socket.sayNumbered({ type: "end" });
  await clock.advance(100);
  const [ended] = socket.said("ended");
  assertEquals(ended?.totals.segments, 2);
  assertEquals(ended?.totals.sourceMs, 5000);
  socket.acknowledge();
  await clock.advance(0);
  assertEquals(socket.closed?.code, 1000);
  assertEquals(registry.size, 0);
  const firsts = socket.audio.filter((message) =>
    message.type === "pcm" && (message.flags & Flag.segmentStart) !== 0
  );
  assertEquals(firsts.map((message) => message.type === "pcm" && message.timing?.segment), [1, 2]);
  assertEquals(socket.said("timing").map(({ segment }) => segment), [1, 2]);
  assertEquals(socket.said("caption").findLast(({ lane }) => lane === 1)?.stable, "es:we es:go es:home");
  assertEquals(clock.pending, 0);
});

Deno.test("serveConnection() numbers everything it sends in one order", async () => {
  const { clock, socket, registry } = await started();
  await speakFor(clock, socket, 5000);
  const numbers = [...socket.json, ...socket.audio].flatMap((message) =>
    "seq" in message ? [message.seq!] : []
  );
  assertEquals(numbers.toSorted((one, other) => one - other), numbers.map((_, index) => index + 1));
  await registry.drain(0);
});

Deno.test("serveConnection() leaves captions out when the client wants none", async () => {
  const { clock, connect, registry } = setUp();
  const socket = connect();
  socket.say({ ...start, captions: false });
  await clock.advance(0);
  await speakFor(clock, socket, 5000);
  assertEquals(socket.said("caption"), []);
  assert(socket.audio.length > 0);
  await registry.drain(0);
});

Deno.test("serveConnection() acknowledges at least every 200 ms and says how much more may come", async () => {
  const { clock, socket, registry } = await started();
  await speakFor(clock, socket, 2000);
  const acks = socket.said("ack");
  assert(acks.length >= 9, `${acks.length} acknowledgements`);
  assertEquals(acks.at(-1)!.received, 20);
  assert(acks.at(-1)!.window > 65_536);
  await registry.drain(0);
});

Deno.test("serveConnection() settles what was derived once the client has acknowledged it", async () => {
  const { clock, socket, registry } = await started();
  await speakFor(clock, socket, 5500, 0);
  await clock.advance(400);
  const unsettled = socket.said("ack").at(-1)!.settled;
  assert(unsettled <= 2700 * 16, `settled without acknowledgement: ${unsettled}`);
  socket.acknowledge();
  await clock.advance(200);
  assert(socket.said("ack").at(-1)!.settled >= 4900 * 16);
  await registry.drain(0);
});

const wrong: Record<
  string,
  { readonly code: number; readonly message: string; act(socket: MemorySocket): void }
> = {
  "audio before start": { code: 4400, message: "no session is open", act: (socket) => socket.speak(20) },
  "a flush before start": {
    code: 4400,
    message: "no session is open",
    act: (socket) => socket.sayNumbered({ type: "flush", id: 1 }),
  },
  "malformed JSON": { code: 4400, message: "it is not JSON", act: (socket) => socket.say("{start") },
  "JSON that is no object": { code: 4400, message: "expected an object", act: (socket) => socket.say("[1]") },
  "an unknown message": {
    code: 4400,
    message: "its type is unknown",
    act: (socket) => socket.say({ type: "hello" }),
  },
  "an unknown field": {
    code: 4400,
    message: "shout is not a field",
    act: (socket) => socket.say({ ...start, shout: 1 }),
  },
  "a text message that is too large": {
    code: 1009,
    message: "expected at most 65536",
    act: (socket) => socket.say(" ".repeat(70_000)),
  },
  "a language that is none": {
    code: 4400,
    message: "BCP 47",
    act: (socket) => socket.say({ ...start, source: "e" }),
  },
  "a source that nobody hears": {
    code: 4415,
    message: "the source language: tlh",
    act: (socket) => socket.say({ ...start, source: "tlh" }),
  },
  "a target that nobody speaks": {
    code: 4415,
    message: "from en to tlh",
    act: (socket) => socket.say({ ...start, targets: ["tlh"] }),
  },
  "the same language twice": {
    code: 4415,
    message: "the languages are the same",
    act: (socket) => socket.say({ ...start, targets: ["en-GB"] }),
  },
  "no target": {
    code: 4400,
    message: "expected an array of 1 to 8",
    act: (socket) => socket.say({ ...start, targets: [] }),
  },
  "a codec that is not served": {
    code: 4415,
    message: "opus at 48000 Hz, expected pcm_s16le",
    act: (socket) => socket.say({ ...start, output: { codec: "opus" } }),
  },
  "a rate that is not served": {
    code: 4415,
    message: "pcm_s16le at 11025 Hz",
    act: (socket) => socket.say({ ...start, input: { codec: "pcm_s16le", rate: 11_025 } }),
  },
  "a voice that is not there": {
    code: 4415,
    message: "expected one of tone-es",
    act: (socket) => socket.say({ ...start, voice: { es: "pavarotti" } }),
  },
  "a session that is not here": {
    code: 4404,
    message: "no such session",
    act: (socket) => socket.say({ type: "resume", session: "x", token: "y", received: 0 }),
  },
};

for (const [what, { code, message, act }] of Object.entries(wrong)) {
  Deno.test(`serveConnection() refuses ${what} with ${code} and says why`, async () => {
    const { clock, registry, faults, connect } = setUp();
    const socket = connect();
    act(socket);
    await clock.advance(0);
    assertEquals(socket.closed?.code, code);
    assertStringIncludes(socket.said("error").at(-1)!.message, message);
    assertEquals([registry.size, clock.pending, faults.length], [0, 0, 0]);
  });
}

const wrongLater: typeof wrong = {
  "start twice": { code: 4400, message: "start once and first", act: (socket) => socket.say(start) },
  "an odd number of bytes": {
    code: 4400,
    message: "expected an even number",
    act: (socket) => socket.raw(new Uint8Array([1, 0, 0, 3, 1, 0, 0, 0, 0, 0, 0, 0, 7]).buffer),
  },
  "a truncated header": {
    code: 4400,
    message: "expected at least 12",
    act: (socket) => socket.raw(new ArrayBuffer(5)),
  },
  "a lying header": {
    code: 4400,
    message: "its header has 800 bytes",
    act: (socket) => socket.raw(new Uint8Array([1, 0, 0, 200, 1, 0, 0, 0, 0, 0, 0, 0]).buffer),
  },
  "a message that is too large": {
    code: 1009,
    message: "expected at most 65536",
    act: (socket) => socket.raw(new ArrayBuffer(70_000)),
  },
  "a sequence number that goes back": {
    code: 4400,
    message: "its number is 0",
    act: (socket) => socket.speak(20, { seq: 0 }),
  },
  "a sequence number that skips": {
    code: 4400,
    message: "its number is 9",
    act: (socket) => socket.speak(20, { seq: 9 }),
  },
  "a position that skips without saying so": {
    code: 4400,
    message: "its position is 5000",
    act: (socket) => socket.speak(20, { position: 5000 }),
  },
  "audio on another lane": {
    code: 4400,
    message: "its lane is 3",
    act: (socket) => socket.speak(20, { lane: 3 }),
  },
  "an acknowledgement of what was never sent": {
    code: 4400,
    message: "received is 99",
    act: (socket) => socket.say({ type: "ack", received: 99, window: 1 }),
  },
  "a lane that is not there": {
    code: 4400,
    message: "lane 2, expected one of 1",
    act: (socket) => socket.sayNumbered({ type: "mute", lane: 2, muted: true }),
  },
  "audio after end": {
    code: 4400,
    message: "has ended",
    act: (socket) => {
      socket.sayNumbered({ type: "end" });
      socket.speak(20);
    },
  },
  "audio faster than the window": {
    code: 4429,
    message: "expected no more than the window",
    act: (socket) => {
      for (let count = 0; count < 40; count++) socket.speak(200);
    },
  },
};

for (const [what, { code, message, act }] of Object.entries(wrongLater)) {
  Deno.test(`serveConnection() ends a session for ${what} with ${code}, and no other session`, async () => {
    const { clock, socket, connect, registry, faults } = await started();
    const other = connect();
    other.say(start);
    await clock.advance(0);
    act(socket);
    await clock.advance(0);
    assertEquals(socket.closed?.code, code);
    assertStringIncludes(socket.said("error").at(-1)!.message, message);
    assertEquals([registry.size, faults.length], [1, 0]);
    await speakFor(clock, other, 5500);
    assertEquals(other.said("timing").length, 2);
    await registry.drain(0);
    assertEquals(clock.pending, 0);
  });
}

Deno.test("serveConnection() closes a socket that does not start within 10 s", async () => {
  const { clock, connect } = setUp();
  const socket = connect();
  await clock.advance(9900);
  assertEquals(socket.closed, undefined);
  await clock.advance(200);
  assertEquals(socket.closed?.code, 4408);
  assertStringIncludes(socket.said("error")[0]!.message, "10000 ms");
});

Deno.test("serveConnection() refuses sessions above the limit, and says when to come again", async () => {
  const { clock, connect, registry } = await started({ limits: { maxSessions: 1 } });
  const second = connect();
  second.say(start);
  await clock.advance(0);
  assertEquals(second.closed?.code, 1013);
  assertEquals(second.said("error")[0]!.retryAfterMs, 5000);
  await registry.drain(0);
});

Deno.test("serveConnection() answers a ping with the service's clock", async () => {
  const { clock, socket, registry } = await started();
  await clock.advance(50);
  socket.say({ type: "ping", t0: 7 });
  assertEquals(socket.said("pong"), [{ type: "pong", t0: 7, t1: 50, t2: 50 }]);
  await registry.drain(0);
});

Deno.test("serveConnection() takes a jump of the positions that says so", async () => {
  const { clock, socket, registry } = await started();
  socket.speak(100);
  socket.speak(100, { position: 48_000, flags: Flag.jump });
  await clock.advance(200);
  assertEquals(socket.closed, undefined);
  await registry.drain(0);
});

Deno.test("serveConnection() confirms a cancel and answers a flush", async () => {
  const { clock, socket, registry } = await started();
  await speakFor(clock, socket, 2000);
  socket.sayNumbered({ type: "flush", id: 3 });
  socket.sayNumbered({ type: "cancel", lane: 1, through: 1 });
  await clock.advance(100);
  assertEquals(socket.said("flushed").map(({ id }) => id), [3]);
  assertEquals(socket.said("cancelled").map(({ through }) => through), [1]);
  await registry.drain(0);
});

Deno.test("serveConnection() changes the targets of a running session and says what the lanes are", async () => {
  const { clock, socket, registry } = await started();
  await speakFor(clock, socket, 3000);
  socket.sayNumbered({ type: "targets", targets: ["fr", "es"] });
  await speakFor(clock, socket, 2500);
  assertEquals(socket.said("lanes")[0]?.lanes.map(({ lane, language }) => [lane, language]), [[0, "en"], [
    2,
    "fr",
  ], [1, "es"]]);
  assertEquals(socket.said("timing").map(({ lane, segment }) => [lane, segment]).toSorted(), [
    [1, 1],
    [1, 2],
    [2, 2],
  ]);
  await registry.drain(0);
});

Deno.test("serveConnection() refuses targets that are not served, and the session goes on", async () => {
  const { clock, socket, registry } = await started();
  socket.sayNumbered({ type: "targets", targets: ["tlh"] });
  await speakFor(clock, socket, 5500);
  assertStringIncludes(socket.said("error")[0]!.message, "from en to tlh");
  assertEquals([socket.said("timing").length, socket.closed], [2, undefined]);
  await registry.drain(0);
});

Deno.test("serveConnection() tells of a recognizer that cannot go on, and closes", async () => {
  const { clock, socket, registry, faults } = await started({
    stt: { faults: [{ fault: "unavailable", atMs: 1000 }] },
  });
  await speakFor(clock, socket, 1500);
  assertEquals(socket.closed?.code, 1011);
  assertEquals(socket.said("error")[0]!.kind, "unavailable");
  assertEquals([registry.size, faults.length, clock.pending], [0, 1, 0]);
});

Deno.test("serveConnection() tells of an engine that does not open", async () => {
  const { clock, connect } = setUp({ tts: { openFaults: [{ fault: "concurrency", retryAfterMs: 2000 }] } });
  const socket = connect();
  socket.say(start);
  await clock.advance(0);
  assertEquals(socket.closed?.code, 1013);
  assertEquals(socket.said("error")[0]!.retryAfterMs, 2000);
});
