import { assertEquals, assertStrictEquals } from "@std/assert";
import { cachingTranslator } from "../../../../adapters/compose/caching_translator.ts";
import type { SecondLevel } from "../../../../adapters/compose/second_level.ts";
import type { Owned } from "../../../../adapters/provider.ts";
import { PipelineError } from "../../../../pipeline/error.ts";
import type { Translator } from "../../../../pipeline/ports.ts";
import {
  after,
  fails,
  outcome,
  pick,
  scripted,
  spanish,
  stalls,
  translate,
} from "../../../support/answers.ts";
import { surroundings } from "../../../support/composed.ts";
import { FakeClock } from "../../../support/fake_clock.ts";

function setUp({ limitBytes = 80_000, maxAgeMs = 60_000, variant = "" } = {}) {
  const clock = new FakeClock();
  const { options, events, background } = surroundings(clock);
  const cached = (engine: Owned<Translator>, secondLevel?: SecondLevel) =>
    cachingTranslator(engine, {
      ...options,
      limitBytes,
      maxAgeMs,
      variant,
      ...(secondLevel ? { secondLevel } : {}),
    });
  const found = () => pick(events, "cache").map(({ result }) => result);
  return { clock, background, cached, found };
}

Deno.test("cachingTranslator() gives again what it gave before, to every session", async () => {
  const { clock, cached, found } = setUp();
  const inner = scripted("deepl", after(clock, 100));
  const engine = cached(inner);
  const [one, other] = [await engine.open(spanish), await engine.open(spanish)];
  assertEquals((await outcome(clock, translate(one, "the  house\n"))).value, "es:the  house\n");
  const { value, atMs } = await outcome(clock, translate(other, " the house"));
  assertEquals([value, atMs, inner.asked()], ["es:the  house\n", 100, 1]);
  assertEquals(found(), ["miss", "hit"]);
});

Deno.test("cachingTranslator() keeps texts, pairs and glossaries apart", async () => {
  const { clock, cached } = setUp();
  const inner = scripted("deepl", after(clock, 0));
  const engine = cached(inner);
  const ask = async (text: string, more: Partial<typeof spanish> = {}) =>
    await outcome(clock, translate(await engine.open({ ...spanish, ...more }), text));
  await ask("house");
  await ask("House");
  await ask("house.");
  await ask("house", { target: "fr" });
  await ask("house", { source: "en-GB" });
  await ask("house", { glossary: { house: "morada" } });
  await ask("house", { glossary: { a: "b", house: "morada" } });
  assertEquals(inner.asked(), 7);
  await ask("house", { glossary: { house: "morada", a: "b" } });
  assertEquals(inner.asked(), 7);
});

Deno.test("cachingTranslator() keeps nothing of a session that asked for it, and gives it nothing of others", async () => {
  const { clock, cached, found } = setUp();
  const inner = scripted("deepl", after(clock, 0));
  const engine = cached(inner);
  const secret = await engine.open({ ...spanish, retain: false });
  const other = await engine.open(spanish);
  for (const session of [secret, other, secret]) await outcome(clock, translate(session, "house"));
  assertEquals([inner.asked(), found()], [3, ["miss"]]);
});

Deno.test("cachingTranslator() forgets what is too old", async () => {
  const { clock, cached } = setUp();
  const inner = scripted("deepl", after(clock, 0));
  const session = await cached(inner).open(spanish);
  await outcome(clock, translate(session, "house"));
  await clock.advance(60_000);
  await outcome(clock, translate(session, "house"));
  assertEquals(inner.asked(), 1);
  await clock.advance(60_001);
  await outcome(clock, translate(session, "house"));
  assertEquals(inner.asked(), 2);
});

Deno.test("cachingTranslator() stays within its bytes and forgets first what was not used for longest", async () => {
  const { clock, cached } = setUp({ limitBytes: 4000 });
  const inner = scripted("deepl", after(clock, 0));
  const session = await cached(inner).open(spanish);
  const ask = (text: string) => outcome(clock, translate(session, text));
  await ask("kept");
  for (let count = 0; count < 40; count += 1) {
    await ask(`other ${count}`);
    await ask("kept");
  }
  assertEquals(inner.asked(), 41);
  await ask("other 0");
  assertEquals(inner.asked(), 42);
});

Deno.test("cachingTranslator() keeps neither failures nor parts nor long or empty texts", async () => {
  const { clock, cached } = setUp();
  const down = new PipelineError("unavailable", "down");
  const inner = scripted("deepl", fails(down, "es:ho"), fails(down), async function* () {}, after(clock, 0));
  const session = await cached(inner).open(spanish);
  for (let count = 0; count < 4; count += 1) await outcome(clock, translate(session, "house"));
  assertEquals(inner.asked(), 4);
  const long = "house ".repeat(40);
  for (const text of [long, long, " ", " "]) await outcome(clock, translate(session, text));
  assertEquals(inner.asked(), 8);
});

Deno.test("cachingTranslator() asks once for all who ask the same at the same time", async () => {
  const { clock, cached, found } = setUp();
  const inner = scripted("deepl", after(clock, 100));
  const engine = cached(inner);
  const sessions = await Promise.all([1, 2, 3].map(() => engine.open(spanish)));
  const work = Promise.all(sessions.map((session) => translate(session, "house")));
  const { value, atMs } = await outcome(clock, work);
  assertEquals([value, atMs, inner.asked()], [["es:house", "es:house", "es:house"], 100, 1]);
  assertEquals(found(), ["miss", "shared", "shared"]);
});

Deno.test("cachingTranslator() goes on for the others when one of them leaves, and stops with the last", async () => {
  const { clock, cached } = setUp();
  let stopped: unknown;
  const inner = scripted("deepl", async function* (signal) {
    signal.addEventListener("abort", () => stopped = signal.reason);
    yield* after(clock, 100)(signal, "house");
  });
  const session = await cached(inner).open(spanish);
  const ask = () => {
    const stop = new AbortController();
    const work = translate(session, "house", { signal: stop.signal });
    work.catch(() => {});
    return { stop, work };
  };
  const [leader, follower, last] = [ask(), ask(), ask()];
  await clock.advance(10);
  const reason = new Error("enough");
  leader.stop.abort(reason);
  assertStrictEquals((await outcome(clock, leader.work, 0)).error, reason);
  assertEquals(stopped, undefined);
  assertEquals((await outcome(clock, follower.work)).value, "es:house");
  assertEquals((await outcome(clock, last.work)).value, "es:house");

  const other = scripted("deepl", async function* (signal) {
    signal.addEventListener("abort", () => stopped = signal.reason);
    yield* stalls()(signal);
  });
  const second = await cached(other).open(spanish);
  const works = [1, 2].map(() => {
    const stop = new AbortController();
    const work = translate(second, "house", { signal: stop.signal });
    work.catch(() => {});
    return { stop, work };
  });
  await clock.advance(10);
  for (const { stop, work } of works) {
    assertEquals(stopped, undefined);
    stop.abort(reason);
    assertStrictEquals((await outcome(clock, work, 0)).error, reason);
  }
  assertStrictEquals(stopped, reason);
  assertEquals(clock.pending, 0);
  assertEquals(
    (await outcome(clock, translate(await cached(scripted("x", after(clock, 0))).open(spanish), "a"))).value,
    "es:a",
  );
});

Deno.test("cachingTranslator() passes a failure on to everybody who shares it", async () => {
  const { clock, cached } = setUp();
  const down = new PipelineError("unavailable", "down");
  const inner = scripted("deepl", async function* (signal) {
    await clock.sleep(10, signal);
    yield* fails(down)(signal);
  }, after(clock, 0));
  const session = await cached(inner).open(spanish);
  const works = [translate(session, "house"), translate(session, "house")];
  for (const work of works) work.catch(() => {});
  for (const work of works) assertStrictEquals((await outcome(clock, work)).error, down);
  assertEquals((await outcome(clock, translate(session, "house"))).value, "es:house");
});

Deno.test("cachingTranslator() keeps a session open for those who share what it began", async () => {
  const { clock, cached } = setUp();
  const inner = scripted("deepl", after(clock, 100));
  const engine = cached(inner);
  const [leader, follower] = [await engine.open(spanish), await engine.open(spanish)];
  const stop = new AbortController();
  const led = translate(leader, "house", { signal: stop.signal });
  led.catch(() => {});
  const followed = translate(follower, "house");
  await clock.advance(10);
  stop.abort();
  const disposed = Promise.resolve(leader[Symbol.asyncDispose]());
  await clock.advance(0);
  assertEquals(inner.live(), 2);
  assertEquals((await outcome(clock, followed)).value, "es:house");
  await disposed;
  assertEquals(inner.live(), 1);
});

function memory(clock: FakeClock, delayMs = 0): SecondLevel & { readonly kept: Map<string, string> } {
  const kept = new Map<string, string>();
  return {
    kept,
    async get(key, signal) {
      await clock.sleep(delayMs, signal);
      return kept.get(key);
    },
    async set(key, text, signal) {
      await clock.sleep(delayMs, signal);
      kept.set(key, text);
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

Deno.test("cachingTranslator() writes to the second level in the background, and finds it there in another process", async () => {
  const { clock, background, cached, found } = setUp();
  const secondLevel = memory(clock, 20);
  const inner = scripted("deepl", after(clock, 100));
  const { atMs } = await outcome(clock, translate(await cached(inner, secondLevel).open(spanish), "house"));
  assertEquals([atMs, secondLevel.kept.size, background.names], [120, 0, ["cache write"]]);
  await clock.advance(20);
  assertEquals([secondLevel.kept.size, background.size], [1, 0]);
  const again = await cached(inner, secondLevel).open(spanish);
  const { value, atMs: thenMs } = await outcome(clock, translate(again, "house"));
  assertEquals([value, thenMs, inner.asked()], ["es:house", 160, 1]);
  assertEquals(found(), ["miss", "miss", "second"]);
});

Deno.test("cachingTranslator() does without a second level that is slow or broken", async () => {
  const { clock, cached } = setUp();
  const broken: SecondLevel = {
    get: () => Promise.reject(new Error("no store")),
    set: () => Promise.reject(new Error("no store")),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  for (const [secondLevel, takesMs] of [[memory(clock, 5000), 150], [broken, 100]] as const) {
    const session = await cached(scripted("deepl", after(clock, 100)), secondLevel).open(spanish);
    const fromMs = clock.now();
    const { value, atMs } = await outcome(clock, translate(session, "house"));
    assertEquals([value, atMs - fromMs], ["es:house", takesMs]);
    await clock.advance(10_000);
  }
  assertEquals(clock.pending, 0);
});
