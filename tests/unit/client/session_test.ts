import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import fc from "fast-check";
import type { ConnectOptions } from "../../../client/connect_options.ts";
import { SessionError } from "../../../client/error.ts";
import type { AudioEvent, ClientEvent } from "../../../client/event.ts";
import { type ClientSession, connect } from "../../../client/session.ts";
import { CloseCode } from "../../../protocol/close.ts";
import { decodeBinary, Flag } from "../../../protocol/codec.ts";
import { CountedSignal } from "../../support/counted_signal.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import { MemoryNetwork } from "../../support/memory_network.ts";
import { MemoryService } from "../../support/memory_service.ts";

const start = { source: "en", targets: ["es"], input: { codec: "pcm_s16le", rate: 16_000 } } as const;

/** A client, a service and the wire between them, on one clock. */
class Stage implements AsyncDisposable {
  readonly clock = new FakeClock();
  readonly service = new MemoryService(this.clock);
  readonly network = new MemoryNetwork(this.clock, this.service.accept);
  readonly abort = new AbortController();
  readonly events: ClientEvent[] = [];
  readonly #stopService = new AbortController();
  readonly #service = this.service.run(this.#stopService.signal);
  reading: Promise<void> = Promise.resolve();
  /** What the reader of the events was thrown. */
  thrown: unknown;

  connect(options: Partial<ConnectOptions> = {}): Promise<ClientSession> {
    const connecting = connect({
      url: "http://service/v1/stream",
      start,
      connect: this.network.connect,
      clock: this.clock,
      random: () => 0.5,
      signal: this.abort.signal,
      ...options,
    });
    connecting.catch(() => {});
    return connecting;
  }

  /** Connects and reads the events. */
  async live(options: Partial<ConnectOptions> = {}): Promise<ClientSession> {
    const connecting = this.connect(options);
    await this.clock.advance(20);
    const session = await connecting;
    this.reading = this.#read(session);
    return session;
  }

  async #read(session: ClientSession): Promise<void> {
    try {
      for await (const event of session.events) this.events.push(event);
    } catch (error) {
      this.thrown = error;
    }
  }

  /** The names of the states that were told. */
  get states(): string[] {
    return this.events.flatMap((event) => event.type === "state" ? [event.state] : []);
  }

  /** The samples that came back, checked to follow on. */
  get echoed(): number[] {
    const samples: number[] = [];
    for (const event of this.events) {
      if (event.type !== "audio" || event.codec !== "pcm_s16le") continue;
      assertEquals(event.position, samples.length);
      for (const sample of event.samples) samples.push(sample);
    }
    return samples;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.abort.abort(new DOMException("The test is over", "AbortError"));
    this.#stopService.abort();
    await this.clock.advance(3_000);
    await this.reading;
    await this.#service;
    assertEquals(this.network.open, 0, "every socket is closed");
    assertEquals(this.clock.pending, 0, "nobody waits for the clock");
  }
}

/** Samples that tell their place. */
function talk(from: number, length: number): Int16Array {
  return Int16Array.from({ length }, (_, index) => (from + index) % 30_000);
}

Deno.test("connect() opens a socket, says start and waits for ready", async () => {
  await using stage = new Stage();
  const session = await stage.live({ apiKey: "a key?~ñ" });
  const socket = stage.network.last;
  assertEquals(socket.url, "ws://service/v1/stream");
  assertEquals(socket.protocols, ["parley.v1", "parley.key.YSBrZXk_fsOx"]);
  assertEquals(socket.binaryType, "arraybuffer");
  assertEquals(stage.service.start, { type: "start", ...start } as unknown as typeof stage.service.start);
  assertEquals(session.ready.engines, { stt: "echo", mt: "echo", tts: "echo" });
  assertEquals(session.lanes.map(({ lane }) => lane), [0, 1]);
  assert(session.live);
  await stage.clock.advance(0);
  assertEquals(stage.states, ["connecting", "live"]);
  assertEquals(stage.service.messages[1], { type: "ack", received: 0, window: 262_144 });
});

Deno.test("connect() says why the service refuses", async (t) => {
  const cases = [
    { code: CloseCode.unauthenticated, reaction: "stop", says: "(4401, unauthenticated)" },
    { code: CloseCode.origin, reaction: "stop", says: "(4403, origin)" },
    { code: CloseCode.unsupported, reaction: "stop", says: "(4415, unsupported)" },
    { code: CloseCode.full, reaction: "later", says: "(1013, full)" },
    { code: 1006, reaction: "resume", says: "the connection was cut (1006)" },
  ];
  for (const { code, reaction, says } of cases) {
    await t.step(`${code}`, async () => {
      await using stage = new Stage();
      stage.network.answer = { code };
      const connecting = stage.connect();
      await stage.clock.advance(20);
      const error = await assertRejects(() => connecting, SessionError, says);
      assertEquals([error.code, error.reaction], [code, reaction]);
      assert(error.message.startsWith("Cannot start the session: "), error.message);
    });
  }
});

Deno.test("connect() tells what the service said before it closed", async () => {
  await using stage = new Stage();
  const network = new MemoryNetwork(stage.clock, (end) => ({
    message() {
      end.send(
        JSON.stringify({ type: "error", kind: "overloaded", message: "Too many", retryAfterMs: 5_000 }),
      );
      end.close(CloseCode.full);
    },
    closed() {},
  }));
  const connecting = stage.connect({ connect: network.connect });
  await stage.clock.advance(30);
  const error = await assertRejects(
    () => connecting,
    SessionError,
    "Cannot start the session: Too many (1013, full)",
  );
  assertEquals(error.detail?.retryAfterMs, 5_000);
});

Deno.test("connect() refuses another subprotocol, and a service that does not answer", async () => {
  await using stage = new Stage();
  stage.network.answer = { protocol: "" };
  const other = stage.connect();
  await stage.clock.advance(20);
  await assertRejects(() => other, SessionError, "answered with no subprotocol, expected parley.v1");
  stage.network.answer = "silence";
  const silent = stage.connect();
  await stage.clock.advance(10_000);
  await assertRejects(() => silent, SessionError, "no answer came within 10000 ms (0)");
});

Deno.test("connect() refuses a caller's mistakes", async () => {
  await using stage = new Stage();
  await assertRejects(() => stage.connect({ messageMs: 0 }), RangeError, "messageMs is 0");
  await assertRejects(() => stage.connect({ bufferBytes: 1 }), RangeError, "bufferBytes is 1");
  await assertRejects(() => stage.connect({ url: "nowhere" }), TypeError);
  assertEquals(stage.network.sockets, []);
});

Deno.test("connect() ends with the signal's reason, and leaves nothing behind", async () => {
  await using stage = new Stage();
  stage.network.answer = "silence";
  const reason = new Error("enough");
  const connecting = stage.connect();
  await stage.clock.advance(100);
  stage.abort.abort(reason);
  await stage.clock.advance(3_000);
  assertStrictEquals(await connecting.catch((error) => error), reason);
  assertStrictEquals(await stage.connect().catch((error) => error), reason);
  assertEquals(stage.network.sockets.length, 1);
});

Deno.test("ClientSession.push() sends messages of 60 ms, whatever the pieces, and flush() the rest", async () => {
  await using stage = new Stage();
  const session = await stage.live();
  for (let at = 0; at < 2_560; at += 128) assert(session.push(talk(at, 128)));
  const sizes = () =>
    stage.network.last.sent.flatMap((data) => {
      if (typeof data === "string") return [];
      const message = decodeBinary(data);
      assert(message.type === "pcm");
      return [[message.position, message.samples.length]];
    });
  assertEquals(sizes(), [[0, 960], [960, 960]]);
  assertEquals(session.position, 2_560);
  assertEquals(session.flush(), 1);
  assertEquals(sizes(), [[0, 960], [960, 960], [1_920, 640]]);
  session.push(talk(2_560, 2_000));
  session.push(talk(4_560, 0));
  assertEquals(sizes().slice(3), [[2_560, 960], [3_520, 960]]);
  await stage.clock.advance(20);
  assertEquals(stage.service.heard, Array.from(talk(0, 4_480)));
  assertEquals(stage.events.at(-3)?.type, "flushed");
});

Deno.test("ClientSession.events tells speech with its segment and timing", async () => {
  await using stage = new Stage();
  const session = await stage.live();
  session.push(talk(0, 960));
  await stage.clock.advance(20);
  const audio = stage.events.find((event): event is AudioEvent => event.type === "audio");
  assert(audio?.codec === "pcm_s16le");
  const { samples, timing, ...place } = audio;
  assertEquals(place, {
    type: "audio",
    codec: "pcm_s16le",
    lane: 1,
    position: 0,
    start: true,
    end: true,
    jump: false,
  });
  assertEquals(samples, talk(0, 960));
  assertEquals([timing?.segment, timing?.end, timing?.ttfabMs], [1, 960, 6]);
});

Deno.test("ClientSession loses nothing and repeats nothing, wherever the socket is cut", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.record({
          afterMs: fc.integer({ min: 0, max: 400 }),
          how: fc.constantFrom("cut" as const, "stall" as const, "moving" as const, "cut twice" as const),
        }),
        { maxLength: 5 },
      ),
      fc.integer({ min: 0, max: 60 }),
      async (cuts, latencyMs) => {
        await using stage = new Stage();
        stage.network.latencyMs = latencyMs;
        const connecting = stage.connect();
        await stage.clock.advance(4 * latencyMs + 10);
        const session = await connecting;
        const reader = (async () => {
          for await (const event of session.events) stage.events.push(event);
        })();
        let pushed = 0;
        const speak = async (ms: number) => {
          for (const endMs = stage.clock.now() + ms; stage.clock.now() < endMs;) {
            assert(session.push(talk(pushed, 560)));
            pushed += 560;
            await stage.clock.advance(35);
          }
        };
        for (const { afterMs, how } of cuts) {
          await speak(afterMs);
          if (how === "stall") stage.network.last.stall();
          else if (how === "moving") stage.service.close(CloseCode.moving);
          else stage.network.last.cut();
          if (how === "cut twice") {
            await speak(afterMs / 2);
            stage.network.last.cut();
          }
        }
        await speak(1_500);
        const ending = session.end();
        await stage.clock.advance(10_000);
        const totals = await ending;
        await reader;
        assert(totals.segments >= pushed / 960);
        assertEquals(stage.service.heard.length, pushed);
        assertEquals(stage.service.heard, Array.from(talk(0, pushed)));
        assertEquals(stage.service.repeated, 0);
        assertEquals(stage.echoed, stage.service.heard);
        if (cuts.some(({ how }) => how !== "moving")) assert(stage.service.resumes > 0);
        assertEquals(stage.states.at(-1), "ended");
      },
    ),
    { numRuns: 50 },
  );
});

Deno.test("ClientSession takes what is pushed while the socket is cut, and sends it after the resume", async () => {
  await using stage = new Stage();
  const session = await stage.live();
  stage.network.last.cut();
  assert(!session.live || stage.network.last.closed);
  for (let at = 0; at < 9_600; at += 960) assert(session.push(talk(at, 960)));
  assertEquals(stage.network.last.sent.filter((data) => typeof data !== "string").length, 0);
  await stage.clock.advance(1_000);
  assertEquals(stage.service.resumes, 1);
  assertEquals(stage.states, ["connecting", "live", "reconnecting", "live"]);
  assertEquals(stage.service.heard, Array.from(talk(0, 9_600)));
});

Deno.test("ClientSession marks what was sent before, and a token that was lost with its socket loses nothing", async () => {
  await using stage = new Stage();
  const session = await stage.live();
  session.push(talk(0, 1_920));
  stage.network.last.cut();
  await stage.clock.advance(25 + 5 + 5);
  assertEquals(stage.service.resumes, 1);
  assertEquals(stage.states.at(-1), "reconnecting", "resumed is still under way");
  stage.network.last.cut();
  await stage.clock.advance(1_000);
  assertEquals(stage.service.resumes, 2);
  assertEquals(stage.states.at(-1), "live");
  assertEquals(stage.service.flags, [Flag.again, Flag.again]);
  assertEquals(stage.service.heard, Array.from(talk(0, 1_920)));
});

Deno.test("ClientSession gives a silent socket up and resumes on another", async () => {
  await using stage = new Stage();
  await stage.live();
  stage.network.last.stall();
  await stage.clock.advance(4_900);
  assertEquals(stage.network.sockets.length, 1);
  await stage.clock.advance(500);
  assertEquals(stage.network.sockets.length, 2);
  assertEquals(stage.states.at(-1), "live");
});

Deno.test("ClientSession ends when nobody knows it, nor goes on with it", async () => {
  await using stage = new Stage();
  const session = await stage.live();
  session.push(talk(0, 960));
  stage.network.last.cut();
  stage.network.answer = { code: CloseCode.unknownSession };
  await stage.clock.advance(1_000);
  const last = stage.events.at(-1);
  assert(last?.type === "state" && last.state === "ended");
  assertEquals([last.error?.code, last.error?.reaction], [4404, "restart"]);
  assertEquals(
    last.error?.message,
    "Cannot resume the session: the connection was cut (4404, unknownSession)",
  );
  await session.closed;
  assertThrows(() => session.push(talk(0, 1)), SessionError);
  await assertRejects(() => session.end(), SessionError);
  await assertRejects(() => session.send(talk(0, 1)), SessionError);
});

Deno.test("ClientSession tries for as long as the service waits, with growing waits, then ends", async () => {
  await using stage = new Stage();
  stage.service.resumeMs = 20_000;
  await stage.live();
  stage.network.last.cut();
  stage.network.answer = { code: 1006 };
  await stage.clock.advance(0);
  const attempts: number[] = [];
  for (let at = 0; at < 25_000; at += 5) {
    const before = stage.network.sockets.length;
    await stage.clock.advance(5);
    if (stage.network.sockets.length > before) attempts.push(at + 5);
  }
  assertEquals(attempts.slice(0, 5), [25, 155, 410, 915, 1_920]);
  assert(attempts.length < 13 && attempts.at(-1)! <= 20_000, `${attempts}`);
  const last = stage.events.at(-1);
  assert(last?.type === "state" && last.state === "ended");
  assertEquals(
    last.error?.message,
    "Cannot resume the session within 20000 ms: the connection was cut (1006)",
  );
});

Deno.test("ClientSession ends with an error on every close that is not to be resumed", async () => {
  for (const code of [CloseCode.superseded, CloseCode.tooFast, CloseCode.internal, CloseCode.ended, 4_999]) {
    await using stage = new Stage();
    await stage.live();
    stage.service.close(code, "because");
    await stage.clock.advance(20);
    const last = stage.events.at(-1);
    assert(last?.type === "state" && last.state === "ended");
    assertEquals(last.error?.code, code);
    assert(last.error?.message.startsWith("The session ended: because ("), last.error?.message);
  }
});

Deno.test("ClientSession closes with 4400 when the service breaks the protocol", async (t) => {
  const gap = JSON.stringify({ type: "flushed", seq: 5, id: 1 });
  const cases: Record<string, string | Uint8Array<ArrayBuffer>> = {
    "no JSON": "hello",
    "a gap": gap,
    "a wrong field": JSON.stringify({ type: "ack", received: -1, settled: 0, window: 1 }),
    "an acknowledgement of nothing": JSON.stringify({ type: "ack", received: 9, settled: 0, window: 1 }),
    "a second ready": JSON.stringify({ type: "resumed", token: "t", received: 0 }),
    "bytes that are no message": Uint8Array.of(1, 2, 3),
    "audio in the source's lane": Uint8Array.of(1, 0, 0, 3, 1, 0, 0, 0, 0, 0, 0, 0),
  };
  for (const [name, data] of Object.entries(cases)) {
    await t.step(name, async () => {
      await using stage = new Stage();
      const session = await stage.live();
      stage.service.sendRaw(data);
      await stage.clock.advance(20);
      assertEquals(stage.network.last.closedWith, 4400);
      const last = stage.events.at(-1);
      assert(last?.type === "state" && last.state === "ended" && last.error?.code === 4400);
      await session.closed;
    });
  }
});

Deno.test("ClientSession counts and ignores what a newer service says", async () => {
  await using stage = new Stage();
  const session = await stage.live();
  stage.service.sendRaw(JSON.stringify({ type: "weather" }));
  stage.service.sendRaw(JSON.stringify({ type: "weather", seq: 1 }));
  stage.service.sendRaw(Uint8Array.of(200, 0, 0, 3, 2, 0, 0, 0, 0, 0, 0, 0));
  stage.service.sendRaw(JSON.stringify({ type: "flushed", seq: 3, id: 1 }));
  await stage.clock.advance(20);
  assert(session.live);
  assertEquals(stage.events.at(-1), { type: "flushed", seq: 3, id: 1 });
});

Deno.test("ClientSession.end() hears everything out and closes in order", async () => {
  await using stage = new Stage();
  const session = await stage.live();
  session.push(talk(0, 1_000));
  const ending = session.end();
  assertThrows(() => session.push(talk(0, 1)), TypeError, "end was called");
  assertThrows(() => session.flush(), TypeError, "end was called");
  await stage.clock.advance(50);
  assertEquals(await ending, { sourceMs: 0, segments: 2, skipped: 0, spokenMs: 0 });
  assertEquals(await session.end(), await ending);
  await stage.reading;
  assertEquals(stage.thrown, undefined);
  assertEquals(stage.events.slice(-2).map(({ type }) => type), ["ended", "state"]);
  assertEquals(stage.echoed, Array.from(talk(0, 1_000)));
  assertEquals(stage.network.last.closedWith, 1000);
  assert(stage.service.link.isAcknowledged(stage.service.link.nextSequence - 1));
  assertThrows(() => session.push(talk(0, 1)), TypeError, "has ended");
});

Deno.test("ClientSession.end() goes on over a cut", async () => {
  await using stage = new Stage();
  const session = await stage.live();
  session.push(talk(0, 1_000));
  const ending = session.end();
  stage.network.last.cut();
  await stage.clock.advance(1_000);
  assertEquals((await ending).segments, 2);
  assertEquals(stage.echoed, Array.from(talk(0, 1_000)));
});

Deno.test("ClientSession ends with the signal's reason, closes its socket and leaves nothing behind", async () => {
  await using stage = new Stage();
  const session = await stage.live();
  const reason = new Error("enough");
  const sending = session.send(new Int16Array(1_000_000)).catch((error) => error);
  await stage.clock.advance(50);
  const waiting = session.room(new AbortController().signal).catch((error) => error);
  stage.abort.abort(reason);
  await stage.clock.advance(20);
  await session.closed;
  assertStrictEquals(await sending, reason);
  assertStrictEquals(await waiting, reason);
  await stage.reading;
  assertStrictEquals(stage.thrown, reason);
  assertEquals(stage.network.last.closedWith, 1000);
  assertStrictEquals(await session.end().catch((error) => error), reason);
});

Deno.test("ClientSession leaves no listener on its signal", async () => {
  await using stage = new Stage();
  const counted = new CountedSignal();
  const session = await stage.live({ signal: counted.signal });
  assertEquals(counted.listeners, 1);
  const sending = session.send(new Int16Array(20_000));
  await stage.clock.advance(2_000);
  await sending;
  session.end();
  await stage.clock.advance(1_000);
  await session.closed;
  assertEquals(counted.listeners, 0);
});

Deno.test("ClientSession is disposed at once, even when its socket does not close", async () => {
  await using stage = new Stage();
  {
    const session = await stage.live();
    stage.network.last.stall();
    const disposed = session[Symbol.asyncDispose]();
    await stage.clock.advance(2_000);
    await disposed;
  }
  assert(stage.network.last.closed);
  assertInstanceOf(stage.thrown, DOMException);
});

Deno.test("ClientSession.send() waits for the service's window", async () => {
  await using stage = new Stage();
  stage.service.windowBytes = 4_000;
  const session = await stage.live();
  stage.service.acknowledge();
  await stage.clock.advance(5);
  let sent = false;
  const sending = session.send(talk(0, 9_600)).then(() => sent = true);
  await stage.clock.advance(10);
  assertEquals(stage.service.heard.length, 1_920);
  assert(!sent);
  await stage.clock.advance(2_000);
  assert(sent);
  await sending;
  assertEquals(stage.service.heard, Array.from(talk(0, 9_600)));
  stage.service.windowBytes = 0;
  stage.service.acknowledge();
  await stage.clock.advance(10);
  const giveUp = new AbortController();
  const waiting = session.room(giveUp.signal).catch((error) => error);
  await stage.clock.advance(1_000);
  giveUp.abort("given up");
  assertEquals(await waiting, "given up");
});

Deno.test("ClientSession.push() refuses what the ring has no room for, and skip() says that it jumps", async () => {
  await using stage = new Stage();
  stage.service.windowBytes = 0;
  stage.service.unsettledSamples = 0;
  const session = await stage.live();
  stage.service.acknowledge();
  await stage.clock.advance(10);
  let taken = 0;
  while (session.push(talk(taken, 960))) taken += 960;
  assert(taken > 390_000 && taken <= 409_600, `${taken}`);
  session.skip(960);
  assertEquals(session.position, taken + 960);
  session.flush();
  assert(!session.push(talk(0, 960)));
  session.skip(40);
  stage.service.windowBytes = 1_000_000;
  await stage.clock.advance(2_000);
  assert(session.push(talk(taken + 1_000, 960)));
  await stage.clock.advance(100);
  assertEquals(Object.keys(stage.service.heard).length, taken + 960);
  assertEquals(stage.service.heard[taken + 1_000], (taken + 1_000) % 30_000);
  assertEquals(stage.service.flags.filter((flags) => flags === Flag.jump).length, 1);
  assertEquals(stage.service.flags.at(-1), Flag.jump);
});

Deno.test("ClientSession lets the service wait while nobody reads the events", async () => {
  await using stage = new Stage();
  const connecting = stage.connect({ bufferBytes: 65_536 });
  await stage.clock.advance(20);
  const session = await connecting;
  for (let at = 0; at < 96_000; at += 960) {
    assert(session.push(talk(at, 960)));
    await stage.clock.advance(60);
  }
  assertEquals(stage.service.heard.length, 96_000);
  const waiting = stage.service.link.waitingBytes;
  assert(waiting > 100_000, `${waiting} bytes wait at the service`);
  const reader = (async () => {
    for await (const event of session.events) stage.events.push(event);
  })().catch(() => {});
  await stage.clock.advance(5_000);
  assertEquals(stage.echoed, Array.from(talk(0, 96_000)));
  stage.abort.abort();
  await stage.clock.advance(100);
  await reader;
});

Deno.test("ClientSession acknowledges within 200 ms, at once when much has come, and says what was played", async () => {
  await using stage = new Stage();
  const session = await stage.live({ bufferBytes: 65_536 });
  const acks = () => stage.service.messages.filter((message) => message.type === "ack");
  const before = acks().length;
  stage.service.speak(talk(0, 160));
  await stage.clock.advance(210);
  assertEquals(acks().slice(before), [{ type: "ack", received: 1, window: 65_536 }]);
  await stage.clock.advance(1_000);
  assertEquals(acks().length, before + 1, "nothing new, nothing said");
  session.played(1, 100);
  await stage.clock.advance(210);
  assertEquals(acks().at(-1), {
    type: "ack",
    received: 1,
    window: 65_536,
    played: [{ lane: 1, position: 100 }],
  });
  for (let count = 0; count < 9; count++) stage.service.speak(talk(0, 960));
  const told = acks().length;
  await stage.clock.advance(10);
  assertEquals(acks().length, told + 1);
});

Deno.test("ClientSession learns the service's clock and the round trip", async () => {
  await using stage = new Stage();
  const session = await stage.live();
  assertEquals(session.serviceClock.roundTripMs, undefined);
  await stage.clock.advance(10);
  assertEquals(session.serviceClock.roundTripMs, 10);
  assertEquals(session.serviceClock.offsetMs, 1_000);
  await stage.clock.advance(5_100);
  assertEquals(stage.service.messages.filter((message) => message.type === "ping").length, 2);
});

Deno.test("ClientSession says flush, cancel, mute and targets in the order of the audio", async () => {
  await using stage = new Stage();
  const session = await stage.live();
  session.push(talk(0, 100));
  session.cancel(1, 7);
  session.mute(1, true);
  session.setTargets(["fr"]);
  assertEquals(session.flush(), 1);
  assertEquals(session.flush(), 2);
  await stage.clock.advance(20);
  assertEquals(stage.service.messages.filter((message) => "seq" in message), [
    { type: "cancel", lane: 1, through: 7, seq: 2 },
    { type: "mute", lane: 1, muted: true, seq: 3 },
    { type: "targets", targets: ["fr"], seq: 4 },
    { type: "flush", id: 1, seq: 5 },
    { type: "flush", id: 2, seq: 6 },
  ]);
  assertEquals(stage.service.heard.length, 100);
  const answers = stage.events.filter(({ type }) => type === "cancelled" || type === "flushed");
  assertEquals(answers.map(({ type }) => type), ["cancelled", "flushed", "flushed"]);
});

Deno.test("ClientSession follows the lanes, and tells errors and departures", async () => {
  await using stage = new Stage();
  const session = await stage.live();
  const lanes = [...session.lanes, { lane: 2, language: "fr", codec: "pcm_s16le" as const, rate: 22_050 }];
  stage.service.tell({ type: "lanes", lanes });
  stage.service.tell({ type: "error", kind: "timeout", message: "Late", segment: 1, lane: 1 });
  stage.service.say({ type: "goaway", deadlineMs: 4_000 });
  await stage.clock.advance(20);
  assertEquals(session.lanes, lanes);
  assertEquals(stage.events.slice(-3).map(({ type }) => type), ["lanes", "error", "goaway"]);
});

Deno.test("ClientSession.cancel() and mute() are heard after end, what would add to the source is not", async () => {
  await using stage = new Stage();
  const session = await stage.live();
  const stop = new AbortController();
  const ending = session.end(stop.signal);
  ending.catch(() => {});
  session.cancel(1, 3);
  session.mute(1, true);
  assertThrows(() => session.flush(), TypeError, "end was called");
  assertThrows(() => session.setTargets(["fr"]), TypeError, "end was called");
  await stage.clock.advance(50);
  const told = stage.service.messages.map(({ type }) => type).filter((type) =>
    type !== "ack" && type !== "ping"
  );
  assertEquals(told.slice(-3), ["end", "cancel", "mute"]);
  stop.abort();
  await ending.catch(() => {});
});
