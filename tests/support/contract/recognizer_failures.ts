import {
  assert,
  assertEquals,
  assertGreaterOrEqual,
  assertLessOrEqual,
  assertStrictEquals,
} from "@std/assert";
import type { RecognizerOutside } from "../../../adapters/net/recognizer_over_socket.ts";
import { socketConnector } from "../../../adapters/net/socket.ts";
import type { Owned } from "../../../adapters/provider.ts";
import { type Clock, systemClock } from "../../../flow/clock.ts";
import type { ErrorKind } from "../../../pipeline/error.ts";
import type { HearingEvent, SpeechRecognizer } from "../../../pipeline/ports.ts";
import { assertConsistent } from "../../conformance/hearing_events.ts";
import { cuttingProxy } from "../cutting_proxy.ts";
import { FakeClock, settle } from "../fake_clock.ts";
import type { ScenarioServer } from "./scenario.ts";
import { SocketScript, type Step } from "./socket_script.ts";
import { tonesOptions } from "./spoken_tones.ts";
import { type Talk, talkTo, wordCount } from "./talk.ts";
import { assertSilent } from "./translator_failures.ts";

/** A recognizer over a socket and its scenario, which hears a word in every 300 ms of sound. */
export interface RecognizerScenario {
  readonly name: string;
  server(script: SocketScript, clock: Clock): ScenarioServer;
  /** Has places for two sessions. */
  create(address: string, outside: RecognizerOutside & { readonly key?: string }): Owned<SpeechRecognizer>;
  /** The end of the path of the socket. */
  readonly route: string;
  /** Messages that are errors, and what they mean. */
  readonly errors: readonly (readonly [message: object, kind: ErrorKind])[];
  /** Codes with which the provider closes, with their reasons, and what they mean. */
  readonly closes?: readonly (readonly [code: number, reason: string, kind: ErrorKind])[];
  /** When the provider closes a connection on which nothing happens, in ms; it never does when absent. */
  readonly idleMs?: number;
  /** How long a connection may last, in ms; for ever when absent. */
  readonly sessionLimitMs?: number;
  /** Whether the provider has keys; true by default. */
  readonly keyed?: boolean;
  /**
   * From which steps on it shows that nothing comes any more; all three by default. Where a flush may stay without an answer, what was said before it and
   * never told is lost with it.
   */
  readonly stalls?: readonly Stall[];
  /** The machine's time by default; another one for a recognizer that may not send as fast as it can. */
  readonly clock?: Clock;
}

/** Connections of the machine's time, for tests whose clock runs ahead of the network. */
const connect = socketConnector({ clock: systemClock });
const steps: readonly Step[] = ["open", "begin", "audio", "phrase", "end"];
const stalls = ["audio", "phrase", "end"] as const;
type Stall = typeof stalls[number];
/** What a connection that is replaced at once may have failed with. */
const passing: ReadonlySet<ErrorKind> = new Set(["unavailable", "timeout", "session_limit"]);
/** How much sound is said, in ms, and how many words of 300 ms that is. */
const soundMs = 3000;
const words = soundMs / 300;
/** Where a connection is cut a word may be heard in two parts, or the rest of one. */
const tolerance = 2;

/** Registers a test for each way in which the socket of a recognizer can fail. */
export function failRecognizer(scenario: RecognizerScenario): void {
  const { name, route, clock = systemClock, keyed = true } = scenario;
  const engineAt = (address: string, outside: RecognizerOutside = {}) => {
    return scenario.create(address, { clock, connect, ...outside });
  };

  /** Says something, with a fault at a step in the middle of it; everything has to be reported. */
  async function heardWith(step: Step, plan: (script: SocketScript) => void): Promise<Talk["events"]> {
    const script = new SocketScript();
    await using server = scenario.server(script, clock);
    await using engine = engineAt(server.address);
    if (step === "open" || step === "begin") plan(script);
    await using talk = await talkTo(engine);
    talk.say(0, 500);
    talk.say(soundMs / 2, 0);
    await talk.until(() => wordCount(talk.events) >= 2);
    if (step === "audio") plan(script);
    talk.say(soundMs / 2, 0);
    if (step === "phrase") plan(script);
    talk.flush(1);
    await talk.until(() => talk.events.some(({ type }) => type === "flushed"));
    assertHeard(talk.events, words);
    talk.say(0, 1000);
    talk.say(soundMs / 2, 0);
    if (step === "end") plan(script);
    return assertWhole(talk, await talk.end());
  }

  function assertWhole(talk: Talk, events: readonly HearingEvent[]): readonly HearingEvent[] {
    const { format: { rate }, languages } = tonesOptions;
    assertConsistent(events, { rate, from: 0, to: talk.said, languages, flushes: [1] });
    assertHeard(events, words * 1.5);
    return events;
  }

  /** What a talk fails with that has a fault at a step; afterwards the same engine has to hear. */
  async function failureOf(step: Step, plan: (script: SocketScript) => void): Promise<unknown> {
    return await heardWith(step, plan).then(() => undefined, (error) => error);
  }

  for (const step of steps) {
    Deno.test(`${name} goes on when the connection is closed at the step ${step}`, async () => {
      const error = await failureOf(step, (script) => script.plan(step, { type: "close", code: 4999 }));
      // What waits until it is ready has not begun to hear.
      if (error !== undefined) {
        assert(step === "open" || step === "begin", String(error));
        assertSilent(error, "unavailable");
      }
    });
    for (const [code, reason, kind] of scenario.closes ?? []) {
      Deno.test(`${name} takes a close with ${code} ${reason} at the step ${step} for ${kind}`, async () => {
        const error = await failureOf(step, (script) => script.plan(step, { type: "close", code, reason }));
        if (error !== undefined || !passing.has(kind)) assertSilent(error, kind);
      });
    }
    for (const [error, kind] of scenario.errors) {
      Deno.test(`${name} takes ${JSON.stringify(error).slice(0, 70)} at the step ${step} for ${kind}`, async () => {
        const message = JSON.stringify(error);
        const failure = await failureOf(step, (script) => {
          script.plan(step, { type: "message", message });
        });
        if (failure !== undefined || !passing.has(kind)) assertSilent(failure, kind);
      });
    }
    Deno.test(`${name} takes what is no JSON at the step ${step} for internal`, async () => {
      const message = "<html>secret</html>";
      assertSilent(
        await failureOf(step, (script) => script.plan(step, { type: "message", message })),
        "internal",
      );
    });
    Deno.test(`${name} lets binary and unknown messages pass at the step ${step}`, async () => {
      const message = JSON.stringify({ type: "brand_new", message: "BrandNew", message_type: "brand_new" });
      await heardWith(step, (script) => {
        script.plan(step, { type: "message", message: new Uint8Array([1, 2, 3]) });
        script.plan(step, { type: "message", message });
      });
    });
  }

  for (const step of scenario.stalls ?? stalls) {
    Deno.test(`${name} goes on when nothing comes from the step ${step} on`, async () => {
      const script = new SocketScript();
      const fake = new FakeClock();
      await using server = scenario.server(script, new FakeClock());
      await using engine = engineAt(server.address, { clock: fake });
      await using talk = await talkTo(engine);
      talk.say(0, 500);
      talk.say(soundMs / 2, 0);
      await advancing(fake, talk.until(() => wordCount(talk.events) >= 2));
      script.plan(step, { type: "stall" });
      talk.say(soundMs / 2, 0);
      talk.flush(1);
      await advancing(fake, talk.until(() => talk.events.some(({ type }) => type === "flushed")));
      assertHeard(talk.events, words);
      await advancing(fake, talk.end());
      assertHeard(talk.events, words);
    });
  }

  Deno.test(`${name} fails when connections end again and again before anything new is final`, async () => {
    const script = new SocketScript();
    await using server = scenario.server(script, clock);
    await using engine = engineAt(server.address);
    const talk = await talkTo(engine);
    for (let count = 0; count < 2; count += 1) script.plan("audio", { type: "close", code: 4999 });
    talk.say(soundMs, 1000);
    assertSilent(await talk.end().catch((error) => error), "unavailable");
    await talk[Symbol.asyncDispose]();
    // What is planned is over: the same engine hears.
    await using again = await talkTo(engine);
    again.say(soundMs, 1000);
    assertHeard(await again.end(), words);
  });

  Deno.test(`${name} goes on when the line is cut`, async () => {
    await using server = scenario.server(new SocketScript(), clock);
    await using proxy = cuttingProxy({ port: Number(new URL(server.address).port) });
    await using engine = engineAt(proxy.url);
    await using talk = await talkTo(engine);
    talk.say(0, 500);
    talk.say(soundMs / 2, 0);
    await talk.until(() => wordCount(talk.events) >= 2);
    proxy.cut();
    talk.say(soundMs / 2, 1000);
    assertHeard(await talk.end(), words);
    assertEquals(proxy.connections, 2);
  });

  const { idleMs } = scenario;
  if (idleMs !== undefined) {
    Deno.test(`${name} keeps its connection while nobody speaks`, async () => {
      const fake = new FakeClock();
      await using server = scenario.server(new SocketScript(), fake);
      await using engine = engineAt(server.address, { clock: fake });
      await using talk = await talkTo(engine);
      for (let round = 0; round < 2; round += 1) {
        const before = wordCount(talk.events);
        await advanceSlowly(fake, 3 * idleMs, idleMs / 10);
        talk.say(900, 1000);
        await advancing(fake, talk.until(() => wordCount(talk.events) >= before + 3));
      }
      await advancing(fake, talk.end());
      assertEquals(server.requests.length, 1, "It was connected more than once");
      assertHeard(talk.events, 6);
    });
  }

  const { sessionLimitMs } = scenario;
  if (sessionLimitMs !== undefined) {
    Deno.test(`${name} has another connection before the limit of the one before`, async () => {
      const fake = new FakeClock();
      await using server = scenario.server(new SocketScript(), new FakeClock());
      await using engine = engineAt(server.address, { clock: fake });
      await using talk = await talkTo(engine);
      talk.say(900, 1000);
      await advancing(fake, talk.until(() => wordCount(talk.events) >= 3));
      talk.flush(1);
      await advancing(fake, talk.until(() => talk.events.some(({ type }) => type === "flushed")));
      assertEquals(server.requests.length, 1);
      // All at once: what is sent in the meantime does not matter.
      await fake.advance(sessionLimitMs - fake.now() - 20_000);
      await advancing(fake, waitFor(() => server.requests.length === 2));
      talk.say(900, 1000);
      await advancing(fake, talk.end());
      assertEquals(server.requests.length, 2);
      const { format: { rate }, languages } = tonesOptions;
      assertConsistent(talk.events, { rate, from: 0, to: talk.said, languages, flushes: [1] });
      assertHeard(talk.events, 6);
    });
  }

  for (
    const [status, kind] of [[401, "unauthenticated"], [429, "rate_limited"], [500, "unavailable"], [
      503,
      "overloaded",
    ]] as const
  ) {
    Deno.test(`${name} turns a connection refused with ${status} into ${kind}`, async () => {
      await using server = scenario.server(new SocketScript(), clock);
      await using engine = engineAt(server.address);
      server.faults.push({ route, fault: { type: "status", status, headers: { "retry-after": "3" } } });
      const error = await talkTo(engine).catch((error) => error);
      assertSilent(error, kind);
      assertEquals(error.retryAfterMs, 3000);
      await using talk = await talkTo(engine);
      talk.say(900, 1000);
      assertHeard(await talk.end(), 3);
    });
  }

  if (keyed) {
    Deno.test(`${name} tells that the key is refused`, async () => {
      await using server = scenario.server(new SocketScript(), clock);
      await using engine = scenario.create(server.address, { clock, connect, key: "sk-wrong" });
      const error = await (async () => {
        await using talk = await talkTo(engine);
        talk.say(900, 1000);
        return await talk.end();
      })().catch((error) => error);
      assertSilent(error, "unauthenticated");
    });
  }

  Deno.test(`${name} says that it cannot be reached`, async () => {
    const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const { port } = listener.addr;
    listener.close();
    await using engine = engineAt(`http://127.0.0.1:${port}`);
    assertSilent(await talkTo(engine).catch((error) => error), "unavailable");
  });

  Deno.test(`${name} gives up when the connection does not open`, async () => {
    const fake = new FakeClock();
    await using server = scenario.server(new SocketScript(), fake);
    await using engine = scenario.create(server.address, { clock: fake });
    server.faults.push({ route, fault: { type: "hang" } });
    const opening = talkTo(engine).catch((error) => error);
    await waitFor(() => server.requests.length > 0);
    await fake.advance(10_000);
    assertSilent(await opening, "timeout");
  });

  Deno.test(`${name} stops connecting when it is told to, and gives its place back`, async () => {
    await using server = scenario.server(new SocketScript(), clock);
    await using engine = engineAt(server.address);
    server.faults.push({ route, fault: { type: "hang" } });
    const abort = new AbortController();
    const reason = new Error("no longer wanted");
    const opening = engine.open({ ...tonesOptions, signal: abort.signal }).catch((error) => error);
    await waitFor(() => server.requests.length > 0);
    abort.abort(reason);
    assertStrictEquals(await opening, reason);
    assertEquals(engine.connections?.().map(({ busy }) => busy), [0]);
  });

  Deno.test(`${name} has no more sessions than its key allows`, async () => {
    const fake = new FakeClock();
    await using server = scenario.server(new SocketScript(), fake);
    await using engine = engineAt(server.address, { clock: fake });
    await using _one = await advancing(fake, talkTo(engine));
    const two = await advancing(fake, talkTo(engine));
    const three = talkTo(engine).catch((error) => error);
    await fake.advance(1000);
    assertSilent(await three, "concurrency");
    await two[Symbol.asyncDispose]();
    await using _four = await advancing(fake, talkTo(engine));
  });

  Deno.test(`${name} leaves no connection behind when it is aborted in the middle of speech`, async () => {
    await using server = scenario.server(new SocketScript(), clock);
    await using engine = engineAt(server.address);
    const talk = await talkTo(engine);
    talk.say(soundMs, 0);
    await talk.until(() => wordCount(talk.events) >= 2);
    const reason = new Error("no longer wanted");
    talk.abort(reason);
    assertStrictEquals(await talk.end().catch((error) => error), reason);
    await talk[Symbol.asyncDispose]();
    await waitFor(() => server.sockets === 0);
  });

  Deno.test(`${name} keeps to the clock of a source that is hours old and has gaps`, async () => {
    await using server = scenario.server(new SocketScript(), clock);
    await using engine = engineAt(server.address);
    await using talk = await talkTo(engine);
    const { format: { rate }, languages } = tonesOptions;
    // 72 hours at 16 kHz, close to the end of 32 bits.
    talk.skip(72 * 3_600_000);
    const from = talk.said;
    const starts: number[] = [];
    for (const gapMs of [0, 300, 5000, 60_000]) {
      talk.skip(gapMs);
      starts.push(talk.said * 1000 / rate);
      talk.say(900, 1000);
    }
    const events = await talk.end();
    assertConsistent(events, { rate, from, to: talk.said, languages });
    const heard = events.flatMap((event) => event.type === "hypothesis" && event.final ? event.words : []);
    for (const startMs of starts) {
      const inside = heard.filter((word) => word.endMs > startMs && word.startMs < startMs + 1900);
      assertGreaterOrEqual(inside.length, 2, `Words at ${startMs} ms: ${inside.length}`);
    }
  });
}

function assertHeard(events: readonly HearingEvent[], expected: number): void {
  const found = wordCount(events);
  assertGreaterOrEqual(found, expected - tolerance, `Words heard: ${found}, expected ${expected}`);
  assertLessOrEqual(found, expected + tolerance, `Words heard: ${found}, expected ${expected}`);
}

/** Lets time go on, a little with each turn of the event loop, until something is done. */
async function advancing<T>(clock: FakeClock, work: Promise<T>): Promise<T> {
  let done = false;
  const over = () => void (done = true);
  work.then(over, over);
  while (!done) {
    await settle();
    await clock.advance(5);
  }
  return await work;
}

/** Lets time go on in steps between which messages can arrive. */
async function advanceSlowly(clock: FakeClock, ms: number, stepMs: number): Promise<void> {
  for (let goneMs = 0; goneMs < ms; goneMs += stepMs) {
    await clock.advance(stepMs);
    // A message and its effect need a few turns of the event loop, some of them of the network.
    for (let turn = 0; turn < 20; turn += 1) await settle();
  }
}

async function waitFor(met: () => boolean): Promise<void> {
  while (!met()) await settle();
}
