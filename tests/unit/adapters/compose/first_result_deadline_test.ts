import { assert, assertEquals, assertInstanceOf, assertStrictEquals } from "@std/assert";
import {
  type DeadlineOptions,
  firstResultDeadline,
} from "../../../../adapters/compose/first_result_deadline.ts";
import { LatencyWindow } from "../../../../adapters/compose/latency_window.ts";
import { measured } from "../../../../adapters/compose/measured.ts";
import { rereading } from "../../../../adapters/compose/rereading.ts";
import { speaking } from "../../../../adapters/compose/speaking.ts";
import { translating } from "../../../../adapters/compose/translating.ts";
import { fakeSynthesizer, type FakeSynthesizerOptions } from "../../../../adapters/fake/synthesizer.ts";
import { fakeTranslator } from "../../../../adapters/fake/translator.ts";
import { PipelineError } from "../../../../pipeline/error.ts";
import type { Translator } from "../../../../pipeline/ports.ts";
import {
  after,
  inSpanish,
  outcome,
  scripted,
  spanish,
  speak,
  stalls,
  translate,
} from "../../../support/answers.ts";
import { FakeClock } from "../../../support/fake_clock.ts";

const rule = { coldMs: 2000, floorMs: 200, ceilingMs: 4000, factor: 1, marginMs: 50 };

function setUp() {
  const clock = new FakeClock();
  const options: DeadlineOptions & Parameters<typeof measured>[2] = {
    clock,
    observe: () => {},
    opening: new LatencyWindow(),
    firstResult: new LatencyWindow(),
    openingRule: { ...rule, coldMs: 5000 },
    firstResultRule: rule,
    silenceMs: 9000,
  };
  const timed = (engine: Translator & AsyncDisposable) =>
    measured(translating, firstResultDeadline(translating, engine, options), options).open(spanish);
  return { clock, options, timed };
}

function kindOf(error: unknown): string {
  assertInstanceOf(error, PipelineError);
  return error.kind;
}

Deno.test("firstResultDeadline() takes a stall before the first result for a failure", async () => {
  const { clock, timed } = setUp();
  const session = await timed(scripted("deepl", stalls()));
  const { error, atMs } = await outcome(clock, translate(session, "house"));
  assertEquals([kindOf(error), atMs, clock.pending], ["timeout", 2000, 0]);
  assertEquals((error as Error).message, "Cannot use deepl: it gave no first result within 2000 ms");
});

Deno.test("firstResultDeadline() learns what is usual: 19 of 20 and 50 ms more", async () => {
  const { clock, timed } = setUp();
  const answers = Array.from({ length: 40 }, (_, index) => after(clock, 300 + index));
  const session = await timed(scripted("deepl", ...answers, stalls()));
  for (let count = 0; count < 40; count += 1) await outcome(clock, translate(session, "house"));
  const fromMs = clock.now();
  const { error, atMs } = await outcome(clock, translate(session, "house"));
  assertEquals([kindOf(error), atMs - fromMs], ["timeout", 337 + 50]);
});

Deno.test("firstResultDeadline() gives an engine that has become slower more time again", async () => {
  const { clock, timed } = setUp();
  const answers = Array.from({ length: 40 }, () => after(clock, 100));
  const session = await timed(scripted("deepl", ...answers, after(clock, 1000)));
  for (let count = 0; count < 40; count += 1) await outcome(clock, translate(session, "house"));
  let failures = 0;
  while ((await outcome(clock, translate(session, "house"))).error) failures += 1;
  assert(failures > 2 && failures < 25, `it took ${failures} failures`);
});

Deno.test("firstResultDeadline() has only a wide limit after the first result", async () => {
  const { clock, timed } = setUp();
  const session = await timed(fakeTranslator({ clock, wordDelayMs: 1500 }));
  const { value, atMs } = await outcome(clock, translate(session, "one two three four"));
  assertEquals([value, atMs], ["es:one es:two es:three es:four", 6000]);
});

Deno.test("firstResultDeadline() gives up an engine that falls silent for good after its first result", async () => {
  const { clock, timed } = setUp();
  const session = await timed(scripted("deepl", stalls("es:hou")));
  const { error, atMs } = await outcome(clock, translate(session, "house"));
  assertEquals([kindOf(error), atMs, clock.pending], ["timeout", 9000, 0]);
  assertEquals((error as Error).message, "Cannot use deepl: it gave nothing more within 9000 ms");
});

Deno.test("firstResultDeadline() does not take a reader that is slow for an engine that is", async () => {
  const { clock, timed } = setUp();
  const session = await timed(fakeTranslator({ clock }));
  let words = 0;
  const reading = (async () => {
    for await (
      const _ of session.translate({ segment: 1, text: "one two three", history: [] }, spanish.signal)
    ) {
      words += 1;
      await clock.sleep(20_000, spanish.signal);
    }
  })();
  assertEquals((await outcome(clock, reading, 200_000)).error, undefined);
  assertEquals([words, clock.pending], [4, 0]);
});

Deno.test("firstResultDeadline() leaves an abort an abort", async () => {
  const { clock, timed, options } = setUp();
  const session = await timed(scripted("deepl", stalls()));
  const stop = new AbortController();
  const reason = new Error("enough");
  const work = translate(session, "house", { signal: stop.signal });
  work.catch(() => {});
  await clock.advance(100);
  stop.abort(reason);
  assertStrictEquals((await outcome(clock, work, 0)).error, reason);
  assertEquals([clock.pending, options.firstResult.p95], [0, undefined]);
});

Deno.test("firstResultDeadline() takes an opening that stalls for a failure", async () => {
  const { clock, timed } = setUp();
  const work = timed(fakeTranslator({ clock, openFaults: [{ fault: "stall" }] }));
  const { error, atMs } = await outcome(clock, work);
  assertEquals([kindOf(error), atMs, clock.pending], ["timeout", 5000, 0]);
});

async function voice(clock: FakeClock, options: DeadlineOptions, fake: FakeSynthesizerOptions = {}) {
  return await rereading(firstResultDeadline(speaking, fakeSynthesizer({ clock, ...fake }), options)).open(
    inSpanish,
  );
}

Deno.test("firstResultDeadline() lets a synthesizer wait for its text as long as it takes", async () => {
  const { clock, options } = setUp();
  const slow = async function* () {
    await clock.sleep(10_000, inSpanish.signal);
    yield " ";
    await clock.sleep(10_000, inSpanish.signal);
    yield "casa";
  };
  const { value } = await outcome(clock, speak(await voice(clock, options), slow()));
  assert(value! > 0);
  assertEquals(clock.pending, 0);
});

Deno.test("firstResultDeadline() counts from the last piece of text, for an engine that wants to see more of it", async () => {
  const { clock, options } = setUp();
  const slow = async function* () {
    for (const piece of ["una ", "casa ", "vieja"]) {
      yield piece;
      await clock.sleep(1500, inSpanish.signal);
    }
  };
  const stalling = await voice(clock, options, { faults: [{ fault: "stall" }] });
  const { error, atMs } = await outcome(clock, speak(stalling, slow()));
  assertEquals([kindOf(error), atMs, clock.pending], ["timeout", 4500 + 2000, 0]);
});

Deno.test("firstResultDeadline() wants no sound of a text that says nothing", async () => {
  const { clock, options } = setUp();
  const { value } = await outcome(clock, speak(await voice(clock, options), ["  ", "\n"]));
  assertEquals([value, clock.pending], [0, 0]);
});
