import { assertEquals } from "@std/assert";
import { resilient } from "../../../adapters/compose/mod.ts";
import { fakeRecognizer } from "../../../adapters/fake/recognizer.ts";
import { createLogging } from "../../../telemetry/log.ts";
import { createTelemetry } from "../../../telemetry/telemetry.ts";
import { surroundings } from "../../support/composed.ts";
import { FakeClock, settle } from "../../support/fake_clock.ts";
import { slowProviders } from "../../support/slow_providers.ts";

const { signal } = new AbortController();

/** Engines with connections of their own that take 300 ms to open and 50 ms to answer, watched. */
function watched() {
  const clock = new FakeClock();
  const { options, background } = surroundings(clock);
  const telemetry = createTelemetry({
    clock,
    log: createLogging({ level: "error", write: () => {} })("sessions"),
    engines: () => engines,
  });
  const slow = slowProviders({ clock, openMs: 300, answerMs: 50 });
  const observed = { ...options, observe: telemetry.engines };
  const engines = {
    stt: fakeRecognizer(),
    mt: resilient("mt", [slow.translator], observed),
    tts: resilient("tts", [slow.synthesizer], observed),
  };
  const during = async <T>(work: Promise<T>, ms: number): Promise<T> => {
    await clock.advance(ms);
    return await work;
  };
  return {
    ...engines,
    telemetry,
    during,
    clock,
    async value(series: string) {
      const line = (await telemetry.metrics()).text.split("\n").find((line) => line.startsWith(`${series} `));
      return line === undefined ? undefined : Number(line.slice(series.length));
    },
    async [Symbol.asyncDispose]() {
      await engines.mt[Symbol.asyncDispose]();
      await engines.tts[Symbol.asyncDispose]();
      await background[Symbol.asyncDispose]();
    },
  };
}

Deno.test("createTelemetry() tells how providers are got hold of, and how their connections are used", async () => {
  await using service = watched();
  const { mt, tts, telemetry, during, clock, value } = service;
  const translation = await during(
    mt.open({ source: "en", target: "es", glossary: {}, signal }),
    350,
  );
  const voice = await during(tts.open({ language: "es", formats: tts.traits.formats, signal }), 300);
  const gauge = (stage: string, of: string) =>
    value(`parley_engine_connections{stage="${stage}",provider="slow",of="${of}"}`);
  assertEquals([await gauge("mt", "idle"), await gauge("tts", "idle"), await gauge("tts", "busy")], [
    1,
    1,
    0,
  ]);

  // Two at once: the second one has to open a connection of its own.
  const texts = ["one", "two"].map((text) =>
    Array.fromAsync(translation.translate({ segment: 1, text, history: [] }, signal))
  );
  await settle();
  assertEquals([await gauge("mt", "busy"), await gauge("mt", "idle")], [2, 0]);
  await clock.advance(350);
  await Promise.all(texts);
  assertEquals([await gauge("mt", "busy"), await gauge("mt", "idle")], [0, 2]);
  const acquired = (stage: string, result: string) =>
    value(`parley_engine_acquired_total{stage="${stage}",provider="slow",result="${result}"}`);
  assertEquals([await acquired("mt", "reused"), await acquired("mt", "opened")], [1, 1]);

  const text = (async function* () {
    yield "tres";
  })();
  const spoken = Array.fromAsync(voice.speak(text, { segment: 1, speed: 1 }, signal));
  await settle();
  assertEquals([await gauge("tts", "busy"), await gauge("tts", "idle")], [1, 0]);
  await clock.advance(100);
  await spoken;
  assertEquals([await acquired("tts", "reused"), await acquired("tts", "opened")], [1, undefined]);
  assertEquals(await value(`parley_engine_acquire_seconds_count{stage="tts",provider="slow"}`), 1);
  assertEquals(await value(`parley_engine_acquire_seconds_sum{stage="tts",provider="slow"}`), 0);
  assertEquals(await value(`parley_engine_requests_waiting{stage="tts",provider="slow"}`), 0);

  const none = { mean: 0, p50: 0, p95: 0, p99: 0, max: 0 };
  const idle = { provider: "slow", busy: 0, waiting: 0 };
  assertEquals(telemetry.stats().connections, [
    { stage: "mt", ...idle, idle: 2, acquireMs: { count: 2, ...none }, reusedShare: 0.5 },
    { stage: "tts", ...idle, idle: 1, acquireMs: { count: 1, ...none }, reusedShare: 1 },
  ]);
  await translation[Symbol.asyncDispose]();
  await voice[Symbol.asyncDispose]();
});

Deno.test("createTelemetry() tells what was waited for until a connection was open", async () => {
  await using service = watched();
  const { tts, telemetry, during, clock } = service;
  const voice = await during(tts.open({ language: "es", formats: tts.traits.formats, signal }), 300);
  const speak = () =>
    Array.fromAsync(voice.speak(
      (async function* () {
        yield "tres";
      })(),
      { segment: 1, speed: 1 },
      signal,
    ));
  // Four texts fill the connection; the one that is opened ahead is not there yet for the fifth.
  const all = Promise.all(Array.from({ length: 5 }, speak));
  await clock.advance(1000);
  await all;
  const [, line] = telemetry.stats().connections;
  assertEquals(line?.acquireMs, { count: 5, mean: 60, p50: 0, p95: 300, p99: 300, max: 300 });
  assertEquals(line?.reusedShare, 0.8);
  await voice[Symbol.asyncDispose]();
});
