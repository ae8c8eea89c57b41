import { assert, assertEquals, assertInstanceOf, assertNotMatch, assertStrictEquals } from "@std/assert";
import type { Outside } from "../../../adapters/net/translator_over_http.ts";
import type { Owned } from "../../../adapters/provider.ts";
import { type ErrorKind, PipelineError } from "../../../pipeline/error.ts";
import type { Translation, TranslationEvent, Translator } from "../../../pipeline/ports.ts";
import { FakeClock, settle } from "../fake_clock.ts";
import { connectionsOf, type HttpFault, scenarioKey, type ScenarioServer } from "./scenario.ts";

/** A translator over HTTP and its scenario. */
export interface TranslatorScenario {
  readonly name: string;
  server(): ScenarioServer;
  create(address: string, outside: Outside & { readonly key?: string }): Owned<Translator>;
  readonly options: { readonly source: string; readonly target: string };
  /** The end of the path of the request that translates. */
  readonly route: string;
  /** What the provider's own refusals mean, besides those of HTTP. */
  readonly refusals: readonly (readonly [fault: HttpFault, kind: ErrorKind])[];
  /** Whether it takes a key. */
  readonly keyed: boolean;
}

const signal = new AbortController().signal;
const text = "one two three, a secret";

/** Opens a session on a scenario. */
export function openTranslation(
  engine: Translator,
  options: { readonly source: string; readonly target: string },
  glossary: Readonly<Record<string, string>> = {},
): Promise<Translation> {
  return engine.open({ ...options, glossary, signal });
}

/** All events of one translation. */
export async function translateAll(
  session: Translation,
  text: string,
  history: readonly { readonly source: string; readonly target: string }[] = [],
): Promise<TranslationEvent[]> {
  const events: TranslationEvent[] = [];
  for await (const event of session.translate({ segment: 1, text, history }, signal)) events.push(event);
  return events;
}

/** The text of a translation. */
export function textOf(events: readonly TranslationEvent[]): string {
  return events.map((event) => event.type === "append" ? event.text : "").join("");
}

/** Registers a test for each way in which a translator's provider can fail. */
export function failTranslator(scenario: TranslatorScenario): void {
  const { name, options, route, keyed } = scenario;
  const common: TranslatorScenario["refusals"] = [
    [{ type: "status", status: 400 }, "invalid_request"],
    [{ type: "status", status: 401 }, "unauthenticated"],
    [{ type: "status", status: 403 }, "unauthenticated"],
    [{ type: "status", status: 413 }, "invalid_request"],
    [{ type: "status", status: 429 }, "rate_limited"],
    [{ type: "status", status: 500 }, "unavailable"],
    [{ type: "status", status: 502, body: "<html>" }, "unavailable"],
    [{ type: "status", status: 503 }, "overloaded"],
    [{ type: "status", status: 504 }, "timeout"],
    [{ type: "status", status: 302, headers: { location: "http://127.0.0.1:9/" } }, "invalid_request"],
    [{ type: "cut", after: 0 }, "unavailable"],
    [{ type: "cut", after: 5 }, "unavailable"],
    [{ type: "body", body: "<html>no JSON" }, name === "openai_chat" ? "unavailable" : "internal"],
    [{ type: "body", body: "" }, name === "openai_chat" ? "unavailable" : "internal"],
  ];

  for (const [fault, kind] of [...common, ...scenario.refusals]) {
    Deno.test(`${name} turns ${describe(fault)} into ${kind}, and goes on`, async () => {
      await using server = scenario.server();
      await using engine = scenario.create(server.address, {});
      await using session = await openTranslation(engine, options);
      server.faults.push({ route, fault });
      const error = await translateAll(session, text).catch((error) => error);
      assertSilent(error, kind);
      assert(textOf(await translateAll(session, text)) !== "", "Nothing is translated after a failure");
    });
  }

  Deno.test(`${name} says how long to wait`, async () => {
    await using server = scenario.server();
    await using engine = scenario.create(server.address, {});
    await using session = await openTranslation(engine, options);
    for (
      const [headers, ms] of [
        [{ "retry-after": "2" }, 2000],
        [{ "retry-after": "0.5" }, 500],
        [{ "retry-after": "99999999" }, 3_600_000],
        [{ "retry-after": "Wed, 21 Oct 2026 07:28:07 GMT", date: "Wed, 21 Oct 2026 07:28:00 GMT" }, 7000],
        [{ "retry-after": "soon" }, undefined],
      ] as const
    ) {
      server.faults.push({ route, fault: { type: "status", status: 429, headers } });
      const error = await translateAll(session, text).catch((error) => error);
      assertSilent(error, "rate_limited");
      assertEquals(error.retryAfterMs, ms);
    }
  });

  Deno.test(`${name} gives up when nothing comes`, async () => {
    await using server = scenario.server();
    const clock = new FakeClock();
    await using engine = scenario.create(server.address, { clock, deadlineMs: 3000 });
    await using session = await openTranslation(engine, options);
    server.faults.push({ route, fault: { type: "hang" } });
    const outcome = translateAll(session, text).catch((error) => error);
    const before = server.requests.length;
    while (server.requests.length === before) await new Promise((resolve) => setImmediate(resolve));
    await clock.advance(3000);
    assertSilent(await outcome, "timeout");
    await session[Symbol.asyncDispose]();
    assertEquals(clock.pending, 0, "A deadline is left");
  });

  Deno.test(`${name} asks over the connection that was opened before there was a text`, async () => {
    await using server = scenario.server();
    await using engine = scenario.create(server.address, {});
    await using session = await openTranslation(engine, options);
    assertEquals(connectionsOf(engine), { busy: 0, idle: 1, waiting: 0 });
    for (let time = 0; time < 5; time += 1) {
      const [event] = await translateAll(session, text);
      assertEquals(event, { type: "acquired", waitedMs: 0, reused: true });
    }
    // A request that follows at once may be faster than the news that the connection is free again.
    assert(server.connections <= 2, `${server.connections} connections for 5 texts`);
  });

  Deno.test(`${name} keeps the connection open while a session has nothing to say`, async () => {
    await using server = scenario.server();
    const clock = new FakeClock();
    await using engine = scenario.create(server.address, { clock });
    const session = await openTranslation(engine, options);
    for (let minute = 0; minute < 3; minute += 1) {
      const before = server.requests.length;
      await clock.advance(44_000);
      while (server.requests.length === before || connectionsOf(engine)?.busy !== 0) await settle();
    }
    const [event] = await translateAll(session, text);
    assertEquals([event, server.connections], [{ type: "acquired", waitedMs: 0, reused: true }, 1]);
    await session[Symbol.asyncDispose]();
    const before = server.requests.length;
    await clock.advance(200_000);
    assertEquals([server.requests.length, connectionsOf(engine)], [before, {
      busy: 0,
      idle: 0,
      waiting: 0,
    }]);
  });

  Deno.test(`${name} stops waiting when it is disposed`, async () => {
    await using server = scenario.server();
    const engine = scenario.create(server.address, {});
    const session = await openTranslation(engine, options);
    server.faults.push({ route, fault: { type: "hang" } }, { route, fault: { type: "hang" } });
    const [first, second] = [translateAll(session, text), translateAll(session, text)].map((outcome) =>
      outcome.catch((error) => error)
    );
    await new Promise((resolve) => setImmediate(resolve));
    await session[Symbol.asyncDispose]();
    assertSilent(await first, "unavailable");
    assertSilent(await second, "unavailable");
    await engine[Symbol.asyncDispose]();
  });

  Deno.test(`${name} says that it cannot be reached`, async () => {
    const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const address = `http://127.0.0.1:${listener.addr.port}`;
    const closing = (async () => {
      for await (const connection of listener) connection.close();
    })();
    await using engine = scenario.create(address, {});
    const error = await openTranslation(engine, options).catch((error) => error);
    assertSilent(error, "unavailable");
    listener.close();
    await closing.catch(() => {});
  });

  Deno.test(`${name} rejects with the signal's reason while it opens`, async () => {
    await using server = scenario.server();
    await using engine = scenario.create(server.address, {});
    server.faults.push({ route: "", fault: { type: "hang" } });
    const abort = new AbortController();
    const reason = new Error("no longer wanted");
    const opening = engine.open({ ...options, glossary: {}, signal: abort.signal }).catch((error) => error);
    while (server.requests.length === 0) await new Promise((resolve) => setImmediate(resolve));
    abort.abort(reason);
    assertStrictEquals(await opening, reason);
  });

  if (!keyed) return;
  Deno.test(`${name} finds out at its opening that the key is refused`, async () => {
    await using server = scenario.server();
    await using engine = scenario.create(server.address, { key: "sk-wrong" });
    const error = await openTranslation(engine, options).catch((error) => error);
    assertSilent(error, "unauthenticated");
    assertNotMatch(error.message, /sk-wrong/);
  });
}

/** Checks the kind of an error, and that it tells neither the key nor the text. */
export function assertSilent(error: unknown, kind: ErrorKind): asserts error is PipelineError {
  assertInstanceOf(error, PipelineError, `No error came, expected ${kind}`);
  assertEquals(error.kind, kind, error.message);
  const told = `${error.message} ${error.cause} ${error.cause instanceof Error ? error.cause.stack : ""}`;
  assert(!told.includes(scenarioKey), "The error holds the key");
  assert(!told.includes("secret"), "The error holds the text");
}

function describe(fault: HttpFault): string {
  if (fault.type === "status") {
    return `status ${fault.status}${fault.body ? ` ${fault.body.slice(0, 60)}` : ""}`;
  }
  if (fault.type === "cut") return `an answer that is cut after ${fault.after} bytes`;
  return fault.type === "body" ? `the body ${JSON.stringify(fault.body.slice(0, 60))}` : "no answer";
}
