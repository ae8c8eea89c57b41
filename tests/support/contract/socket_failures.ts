import { assertEquals, assertGreater, assertStrictEquals } from "@std/assert";
import { systemClock } from "../../../flow/clock.ts";
import { type ConnectSocket, socketConnector } from "../../../adapters/net/socket.ts";
import type { SocketOutside } from "../../../adapters/net/synthesizer_over_socket.ts";
import type { Owned } from "../../../adapters/provider.ts";
import type { ErrorKind } from "../../../pipeline/error.ts";
import type { SpeechSynthesizer } from "../../../pipeline/ports.ts";
import { cuttingProxy } from "../cutting_proxy.ts";
import { FakeClock, settle } from "../fake_clock.ts";
import { connectionsOf, type ScenarioServer } from "./scenario.ts";
import { SocketScript, type Step } from "./socket_script.ts";
import { assertExact, openVoice, samplesOf, speakAll } from "./synthesizer_failures.ts";
import { assertSilent } from "./translator_failures.ts";

/** A synthesizer over a socket and its scenario. */
export interface SocketScenario {
  readonly name: string;
  server(script: SocketScript): ScenarioServer;
  create(address: string, outside: SocketOutside & { readonly key?: string }): Owned<SpeechSynthesizer>;
  /** The end of the path of the socket. */
  readonly route: string;
  /** How many texts may be at work at a time. */
  readonly contexts: number;
  /** When the provider closes a connection on which nothing happens, or at the latest, in ms. */
  readonly idleMs: number;
  /** How long a text may pause before its context is ended, in ms, and whether a message of the provider says that it is over; where the adapter does so. */
  readonly pause?: { readonly ms: number; over(message: string): boolean };
  /** A message that is an error, for the context or for all, and what it means. */
  readonly errors: readonly (readonly [message: object, kind: ErrorKind])[];
  /** What a message calls its context; `context_id` by default. */
  readonly contextKey?: string;
  /** Whether a message of ours ends a context early, and which. */
  readonly cancelled: (message: Record<string, unknown>) => unknown;
  /** A message with audio that is no base64. */
  readonly badAudio: object;
}

/** Long enough that its phrases go out one by one. */
const text = "one two three four five, six seven eight nine ten. eleven, a secret";
/** Connections of the machine's time, for tests whose clock runs ahead of the network. */
const connect = socketConnector({ clock: systemClock });
const steps: readonly Step[] = ["begin", "phrase", "audio", "end"];

/** Registers a test for each way in which the socket of a synthesizer can fail. */
export function failSocket(scenario: SocketScenario): void {
  const { name, route, contexts, pause, contextKey = "context_id" } = scenario;

  /** What becomes of a text whose connection has a fault; afterwards the same voice has to speak. */
  async function outcomeOf(plan: (script: SocketScript) => void): Promise<unknown> {
    const script = new SocketScript();
    await using server = scenario.server(script);
    await using engine = scenario.create(server.address, {});
    await using voice = await openVoice(engine);
    plan(script);
    const outcome = await speakAll(voice, text).catch((error) => error);
    assertGreater(samplesOf(await speakAll(voice, "one")), 0, "Nothing is spoken after a failure");
    return outcome;
  }

  for (const step of steps) {
    for (const code of [1000, 4000]) {
      Deno.test(`${name} turns a close with ${code} at the step ${step} into unavailable, and connects again`, async () => {
        assertSilent(await outcomeOf((script) => script.plan(step, { type: "close", code })), "unavailable");
      });
    }
    for (const [error, kind] of scenario.errors) {
      Deno.test(`${name} turns ${JSON.stringify(error).slice(0, 70)} at the step ${step} into ${kind}`, async () => {
        const message = JSON.stringify(error);
        assertSilent(await outcomeOf((script) => script.plan(step, { type: "message", message })), kind);
      });
    }
    Deno.test(`${name} turns what is no JSON at the step ${step} into internal`, async () => {
      assertSilent(
        await outcomeOf((script) => script.plan(step, { type: "message", message: "<html>" })),
        "internal",
      );
    });
    Deno.test(`${name} lets binary and unknown messages pass at the step ${step}`, async () => {
      const outcome = await outcomeOf((script) => {
        script.plan(step, { type: "message", message: new Uint8Array([1, 2, 3]) });
        script.plan(step, { type: "message", message: `{"type":"brand_new","x":[]}` });
      });
      assertEquals(Array.isArray(outcome), true, String(outcome));
    });
  }

  Deno.test(`${name} turns audio that is no base64 into internal`, async () => {
    const message = JSON.stringify(scenario.badAudio);
    assertSilent(await outcomeOf((script) => script.plan("audio", { type: "message", message })), "internal");
  });

  for (
    const [status, kind] of [[401, "unauthenticated"], [429, "rate_limited"], [500, "unavailable"], [
      503,
      "overloaded",
    ]] as const
  ) {
    Deno.test(`${name} turns a connection refused with ${status} into ${kind}`, async () => {
      await using server = scenario.server(new SocketScript());
      await using engine = scenario.create(server.address, {});
      server.faults.push({ route, fault: { type: "status", status, headers: { "retry-after": "3" } } });
      const error = await openVoice(engine).catch((error) => error);
      assertSilent(error, kind);
      assertEquals(error.retryAfterMs, 3000);
      await using voice = await openVoice(engine);
      assertGreater(samplesOf(await speakAll(voice, "one")), 0);
    });
  }

  Deno.test(`${name} finds out at its opening that the key is refused`, async () => {
    await using server = scenario.server(new SocketScript());
    await using engine = scenario.create(server.address, { key: "sk-wrong" });
    assertSilent(await openVoice(engine).catch((error) => error), "unauthenticated");
  });

  Deno.test(`${name} says that it cannot be reached`, async () => {
    const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const { port } = listener.addr;
    listener.close();
    await using engine = scenario.create(`http://127.0.0.1:${port}`, {});
    assertSilent(await openVoice(engine).catch((error) => error), "unavailable");
  });

  Deno.test(`${name} gives up when the connection does not open`, async () => {
    await using server = scenario.server(new SocketScript());
    const clock = new FakeClock();
    await using engine = scenario.create(server.address, { clock });
    server.faults.push({ route, fault: { type: "hang" } });
    const opening = openVoice(engine).catch((error) => error);
    while (server.requests.length === 0) await settle();
    await clock.advance(10_000);
    assertSilent(await opening, "timeout");
  });

  Deno.test(`${name} stops connecting when it is told to`, async () => {
    await using server = scenario.server(new SocketScript());
    await using engine = scenario.create(server.address, {});
    server.faults.push({ route, fault: { type: "hang" } });
    const abort = new AbortController();
    const reason = new Error("no longer wanted");
    const opening = engine.open({
      language: "es",
      formats: [{ codec: "pcm_s16le", rate: 24_000 }],
      signal: abort.signal,
    }).catch((error) => error);
    while (server.requests.length === 0) await settle();
    abort.abort(reason);
    assertStrictEquals(await opening, reason);
  });

  for (const step of ["phrase", "audio", "end"] as const) {
    Deno.test(`${name} gives up when nothing comes from the step ${step} on`, async () => {
      const script = new SocketScript();
      await using server = scenario.server(script);
      const clock = new FakeClock();
      await using engine = scenario.create(server.address, { clock, deadlineMs: 3000 });
      await using voice = await openVoice(engine);
      let planned = false;
      script.plan(step, { type: "stall" });
      const outcome = speakAll(voice, "one").catch((error) => error).finally(() => planned = true);
      while (!planned) {
        await settle();
        await clock.advance(1000);
      }
      assertSilent(await outcome, "timeout");
      // Closing the connection in order has to be let happen.
    });
  }

  Deno.test(`${name} waits for a text as long as it takes`, async () => {
    await using server = scenario.server(new SocketScript());
    const clock = new FakeClock();
    const over = Promise.withResolvers<void>();
    const attentively: ConnectSocket = ({ message, ...request }, signal) =>
      connect({
        ...request,
        message(data) {
          message(data);
          if (pause?.over(String(data))) over.resolve();
        },
      }, signal);
    await using engine = scenario.create(server.address, { clock, deadlineMs: 3000, connect: attentively });
    await using voice = await openVoice(engine);
    const more = Promise.withResolvers<void>();
    const slow = (async function* () {
      yield "one two three four five, ";
      await more.promise;
      yield "six";
    })();
    const outcome = speakAll(voice, slow);
    if (pause) {
      // What was said before the pause is owed, and takes the machine's time.
      await clock.advance(pause.ms);
      await over.promise;
    }
    await clock.advance(60_000);
    more.resolve();
    assertEquals(samplesOf(await outcome), samplesOf(await speakAll(voice, "one two three four five, six")));
  });

  Deno.test(`${name} begins to speak before the text is whole`, async () => {
    await using server = scenario.server(new SocketScript());
    await using engine = scenario.create(server.address, {});
    await using voice = await openVoice(engine);
    const heard = Promise.withResolvers<void>();
    const waiting = (async function* () {
      yield "one two three four five, ";
      await heard.promise;
      yield "six";
    })();
    const signal = new AbortController().signal;
    for await (const event of voice.speak(waiting, { segment: 1, speed: 1 }, signal)) {
      if (event.type === "frame") heard.resolve();
    }
  });

  Deno.test(`${name} speaks at most ${contexts} texts at a time, over one connection`, async () => {
    await using server = scenario.server(new SocketScript());
    await using engine = scenario.create(server.address, {});
    await using voice = await openVoice(engine);
    const alone = samplesOf(await speakAll(voice, text));
    const all = await Promise.all(Array.from({ length: 3 * contexts }, () => speakAll(voice, text)));
    assertEquals(all.map(samplesOf), all.map(() => alone));
    assertEquals(server.requests.length, 1, "More than one connection was opened");
  });

  Deno.test(`${name} counts what was sent before the audio, and the audio`, async () => {
    await using server = scenario.server(new SocketScript());
    await using engine = scenario.create(server.address, { clock: new FakeClock() });
    await using voice = await openVoice(engine);
    const events = await speakAll(voice, "one two");
    assertEquals(events.slice(0, 2), [
      { type: "acquired", waitedMs: 0, reused: true },
      { type: "usage", characters: 7 },
    ]);
    assertEquals(events.at(-1), { type: "usage", audioMs: Math.round(samplesOf(events) / 24) });
  });

  Deno.test(`${name} fails when the line is cut, and connects again`, async () => {
    const script = new SocketScript();
    await using server = scenario.server(script);
    await using proxy = cuttingProxy({ port: Number(new URL(server.address).port) });
    await using engine = scenario.create(proxy.url, {});
    await using voice = await openVoice(engine);
    script.plan("end", { type: "stall" });
    const signal = new AbortController().signal;
    const spoken = (async function* () {
      yield "one";
    })();
    const outcome = await (async () => {
      for await (const event of voice.speak(spoken, { segment: 1, speed: 1 }, signal)) {
        if (event.type === "frame") proxy.cut();
      }
    })().catch((error) => error);
    assertSilent(outcome, "unavailable");
    assertGreater(samplesOf(await speakAll(voice, "one")), 0);
  });

  Deno.test(`${name} gives the audio sample for sample as it was sent`, async () => {
    await using server = scenario.server(new SocketScript());
    await using engine = scenario.create(server.address, {});
    await using voice = await openVoice(engine);
    await assertExact(voice);
  });

  Deno.test(`${name} tells the provider when nobody listens any more`, async () => {
    await using server = scenario.server(new SocketScript());
    await using engine = scenario.create(server.address, {});
    await using voice = await openVoice(engine);
    const never = Promise.withResolvers<void>();
    const endless = (async function* () {
      yield "one two three four five, ";
      await never.promise;
    })();
    const signal = new AbortController().signal;
    for await (const event of voice.speak(endless, { segment: 1, speed: 1 }, signal)) {
      if (event.type === "frame") break;
    }
    const messages = () => server.messages.map((message) => JSON.parse(message));
    const context = messages()[0][contextKey];
    while (!messages().some((message) => scenario.cancelled(message) === context)) await settle();
    never.resolve();
  });

  Deno.test(`${name} keeps its connection for the next voice, and leaves none behind`, async () => {
    await using server = scenario.server(new SocketScript());
    const engine = scenario.create(server.address, {});
    for (let index = 0; index < 3; index += 1) {
      const voice = await openVoice(engine);
      await speakAll(voice, "one");
      await voice[Symbol.asyncDispose]();
    }
    assertEquals([server.requests.length, connectionsOf(engine)], [1, { busy: 0, idle: 1, waiting: 0 }]);
    await engine[Symbol.asyncDispose]();
    while (server.sockets > 0) await settle();
  });

  Deno.test(`${name} closes a connection that nobody has needed for a while`, async () => {
    await using server = scenario.server(new SocketScript());
    const clock = new FakeClock();
    await using engine = scenario.create(server.address, { clock, connect });
    const voice = await openVoice(engine);
    await voice[Symbol.asyncDispose]();
    await clock.advance(29_000);
    assertEquals(connectionsOf(engine)?.idle, 1);
    await clock.advance(1000);
    while (server.sockets > 0) await settle();
    assertEquals(connectionsOf(engine), { busy: 0, idle: 0, waiting: 0 });
  });

  Deno.test(`${name} has a connection before the provider closes the one before for its silence`, async () => {
    await using server = scenario.server(new SocketScript());
    const clock = new FakeClock();
    await using engine = scenario.create(server.address, { clock, connect });
    await using voice = await openVoice(engine);
    for (let rolled = 1; rolled <= 2; rolled += 1) {
      await clock.advance(scenario.idleMs - 10_001);
      assertEquals(server.requests.length, rolled);
      await clock.advance(1);
      while (server.requests.length === rolled || server.sockets > 1) await settle();
    }
    const [event] = await speakAll(voice, "one");
    assertEquals(event, { type: "acquired", waitedMs: 0, reused: true });
    assertEquals(server.requests.length, 3);
  });
}
