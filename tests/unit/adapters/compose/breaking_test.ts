import { assertEquals, assertInstanceOf } from "@std/assert";
import { Breaker } from "../../../../adapters/compose/breaker.ts";
import { breaking } from "../../../../adapters/compose/breaking.ts";
import { breakingRecognizer } from "../../../../adapters/compose/breaking_recognizer.ts";
import { translating } from "../../../../adapters/compose/translating.ts";
import { fakeRecognizer } from "../../../../adapters/fake/recognizer.ts";
import { utterance } from "../../../../adapters/fake/script.ts";
import type { Owned } from "../../../../adapters/provider.ts";
import { BackgroundTasks } from "../../../../flow/background_tasks.ts";
import { PipelineError } from "../../../../pipeline/error.ts";
import type { SpeechRecognizer, Translator } from "../../../../pipeline/ports.ts";
import { after, fails, outcome, scripted, spanish, stalls, translate } from "../../../support/answers.ts";
import { FakeClock } from "../../../support/fake_clock.ts";
import { silentSource } from "../../../support/source.ts";

const down = new PipelineError("unavailable", "down");

function setUp(limit = 10) {
  const clock = new FakeClock();
  const background = new BackgroundTasks({ clock, limit });
  const breaker = new Breaker({ name: "deepl", clock, random: () => 0 });
  const options = { clock, background, breaker };
  const guard = (engine: Owned<Translator>) => breaking(translating, engine, options);
  return { clock, background, breaker, options, guard };
}

function kindOf(error: unknown): string {
  assertInstanceOf(error, PipelineError);
  return error.kind;
}

/** Asks until the breaker has opened. */
async function open(clock: FakeClock, engine: Translator) {
  const session = await engine.open(spanish);
  for (let count = 0; count < 5; count += 1) await outcome(clock, translate(session, "house"));
  return session;
}

Deno.test("breaking() does not ask an engine that fails too often, nor open a session of it", async () => {
  const { clock, breaker, guard } = setUp();
  const inner = scripted("deepl", fails(down));
  const engine = guard(inner);
  const session = await open(clock, engine);
  assertEquals([breaker.state, inner.asked()], ["open", 5]);
  assertEquals(kindOf((await outcome(clock, translate(session, "house"), 0)).error), "unavailable");
  assertEquals(kindOf((await outcome(clock, engine.open(spanish), 0)).error), "unavailable");
  assertEquals([inner.asked(), inner.opened()], [5, 1]);
  await engine[Symbol.asyncDispose]();
  await clock.advance(0);
  assertEquals(clock.pending, 0);
});

Deno.test("breaking() probes without traffic, and lets calls through when a probe went well", async () => {
  const { clock, background, breaker, guard } = setUp();
  const broken = Array.from({ length: 6 }, () => fails(down));
  const inner = scripted("deepl", ...broken, after(clock, 0));
  const engine = guard(inner);
  const session = await open(clock, engine);
  assertEquals(background.names, ["probe of deepl"]);
  await clock.advance(5000);
  assertEquals([breaker.state, inner.asked()], ["open", 6]);
  await clock.advance(9999);
  assertEquals(breaker.state, "open");
  await clock.advance(1);
  assertEquals([breaker.state, inner.asked(), background.size], ["closed", 7, 0]);
  assertEquals((await outcome(clock, translate(session, "house"))).value, "es:house");
  assertEquals([inner.live(), clock.pending], [1, 0]);
});

Deno.test("breaking() refuses calls while a probe is on its way", async () => {
  const { clock, breaker, guard } = setUp();
  const broken = Array.from({ length: 5 }, () => fails(down));
  const engine = guard(scripted("deepl", ...broken, after(clock, 500)));
  const session = await open(clock, engine);
  await clock.advance(5400);
  assertEquals(breaker.state, "half_open");
  assertEquals(kindOf((await outcome(clock, translate(session, "house"), 0)).error), "unavailable");
  await clock.advance(100);
  assertEquals(breaker.state, "closed");
});

Deno.test("breaking() gives up a probe that stalls, and makes another", async () => {
  const { clock, breaker, guard } = setUp();
  const broken = Array.from({ length: 5 }, () => fails(down));
  const inner = scripted("deepl", ...broken, stalls(), after(clock, 0));
  await open(clock, guard(inner));
  await clock.advance(15_000);
  assertEquals([breaker.state, inner.asked(), inner.live()], ["open", 6, 1]);
  await clock.advance(10_000);
  assertEquals([breaker.state, inner.asked(), inner.live(), clock.pending], ["closed", 7, 1, 0]);
});

Deno.test("breaking() stops probing when the engine is disposed", async () => {
  const { clock, background, guard } = setUp();
  const engine = guard(scripted("deepl", fails(down)));
  await open(clock, engine);
  await engine[Symbol.asyncDispose]();
  await clock.advance(0);
  assertEquals([background.size, clock.pending], [0, 0]);
});

Deno.test("breaking() plans a probe later when there was no room for it", async () => {
  const { clock, background, breaker, guard } = setUp(1);
  background.start("write", (signal) => clock.sleep(8000, signal), { deadlineMs: 10_000 });
  const broken = Array.from({ length: 5 }, () => fails(down));
  const session = await open(clock, guard(scripted("deepl", ...broken, after(clock, 0))));
  await clock.advance(8000);
  assertEquals([breaker.state, background.size], ["open", 0]);
  await outcome(clock, translate(session, "house"), 0);
  assertEquals(background.names, ["probe of deepl"]);
  await clock.advance(10);
  assertEquals(breaker.state, "closed");
});

Deno.test("breaking() holds aborts, empty answers and clients' mistakes against nobody", async () => {
  const { clock, breaker, guard } = setUp();
  const mistaken = new PipelineError("invalid_request", "too long");
  for (
    const answer of [fails(mistaken), async function* () {}, fails(new PipelineError("concurrency", "full"))]
  ) {
    await open(clock, guard(scripted("deepl", answer)));
  }
  const session = await guard(scripted("deepl", stalls())).open(spanish);
  for (let count = 0; count < 10; count += 1) {
    const stop = new AbortController();
    const work = translate(session, "house", { signal: stop.signal });
    work.catch(() => {});
    await clock.advance(10);
    stop.abort(new PipelineError("timeout", "somebody else's"));
    await outcome(clock, work);
  }
  assertEquals([breaker.state, breaker.rate.calls], ["closed", 0]);
});

Deno.test("breaking() counts sessions that do not open", async () => {
  const { clock, breaker, guard } = setUp();
  const inner: Owned<Translator> = {
    ...scripted("deepl", after(clock, 0)),
    open: () => Promise.reject(down),
  };
  const engine = guard(inner);
  for (let count = 0; count < 5; count += 1) await outcome(clock, engine.open(spanish), 0);
  assertEquals(breaker.state, "open");
  await engine[Symbol.asyncDispose]();
});

const format = { codec: "pcm_s16le", rate: 16_000 } as const;
const english = { languages: ["en"], format, glossary: {}, signal: new AbortController().signal };

async function hear(engine: SpeechRecognizer): Promise<unknown> {
  await using hearing = await engine.open(english);
  try {
    for await (const _ of hearing.hear(silentSource(3000), english.signal));
    return undefined;
  } catch (error) {
    return error;
  }
}

Deno.test("breakingRecognizer() counts utterances and drops, and probes by opening a session", async () => {
  const { clock, breaker, options } = setUp();
  const script = [utterance("we go home", 500)];
  const faults = [{ fault: "unavailable", atMs: 100, times: 5 }] as const;
  const engine = breakingRecognizer(fakeRecognizer({ script, faults }), options);
  for (let count = 0; count < 5; count += 1) await hear(engine);
  assertEquals(breaker.state, "open");
  await clock.advance(5000);
  assertEquals(breaker.state, "closed");
  assertEquals(await hear(engine), undefined);
  assertEquals(breaker.rate, { calls: 1, failureShare: 0 });
});
