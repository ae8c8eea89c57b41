import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import fc from "fast-check";
import { fallback, type FallbackOptions, type Link } from "../../../../adapters/compose/fallback.ts";
import { LatencyWindow } from "../../../../adapters/compose/latency_window.ts";
import { rereading } from "../../../../adapters/compose/rereading.ts";
import { speaking, type Speeches } from "../../../../adapters/compose/speaking.ts";
import { translating, type Translations } from "../../../../adapters/compose/translating.ts";
import { fakeSynthesizer, type FakeSynthesizerOptions } from "../../../../adapters/fake/synthesizer.ts";
import { fakeTranslator } from "../../../../adapters/fake/translator.ts";
import type { Owned } from "../../../../adapters/provider.ts";
import { PipelineError } from "../../../../pipeline/error.ts";
import type { TranslationEvent, Translator } from "../../../../pipeline/ports.ts";
import {
  after,
  fails,
  inSpanish,
  outcome,
  pick,
  scripted,
  spanish,
  speak,
  stalls,
  translate,
} from "../../../support/answers.ts";
import { surroundings } from "../../../support/composed.ts";
import { FakeClock } from "../../../support/fake_clock.ts";

const down = new PipelineError("unavailable", "down");
const hedge = { coldMs: 400, floorMs: 100, ceilingMs: 1000, factor: 1, marginMs: 50 };

function setUp(more: Partial<FallbackOptions> = {}) {
  const clock = new FakeClock();
  const { options: { observe }, events } = surroundings(clock);
  const link = (engine: Owned<Translator>): Link<Translations> => ({
    engine,
    firstResult: new LatencyWindow(),
  });
  const chain = (first: Owned<Translator>, ...others: readonly Owned<Translator>[]) =>
    fallback(translating, [link(first), ...others.map(link)], { clock, observe, ...more });
  const voices = (first: FakeSynthesizerOptions, second: FakeSynthesizerOptions) => {
    const link = (options: FakeSynthesizerOptions): Link<Speeches> => ({
      engine: fakeSynthesizer({ clock, ...options }),
      firstResult: new LatencyWindow(),
    });
    return rereading(fallback(speaking, [link(first), link(second)], { clock, observe, ...more }));
  };
  return { clock, events, chain, voices };
}

Deno.test("fallback() asks the first engine, and the second when the first has failed", async () => {
  const { clock, events, chain } = setUp();
  const first = scripted("first", after(clock, 10, "one"), fails(down));
  const second = scripted("second", after(clock, 10, "two"));
  const session = await chain(first, second).open(spanish);
  assertEquals((await outcome(clock, translate(session, "a"))).value, "one:a");
  assertEquals((await outcome(clock, translate(session, "b"))).value, "two:b");
  assertEquals(pick(events, "switch"), [
    { type: "switch", stage: "mt", from: "first", to: "second", why: "failed" },
  ]);
});

Deno.test("fallback() asks an engine that failed last for a while, then first again", async () => {
  const { clock, chain } = setUp();
  const first = scripted("first", fails(down), after(clock, 0, "one"));
  const second = scripted("second", after(clock, 0, "two"));
  const session = await chain(first, second).open(spanish);
  const ask = async () => (await outcome(clock, translate(session, "a"))).value;
  assertEquals([await ask(), await ask()], ["two:a", "two:a"]);
  await clock.advance(5000);
  assertEquals([await ask(), first.asked(), second.asked()], ["one:a", 2, 2]);
});

Deno.test("fallback() asks an engine again that it avoids, when the others fail", async () => {
  const { clock, chain } = setUp();
  const first = scripted("first", fails(down), after(clock, 0, "one"));
  const second = scripted("second", after(clock, 0, "two"), fails(down));
  const session = await chain(first, second).open(spanish);
  const ask = async () => (await outcome(clock, translate(session, "a"))).value;
  assertEquals([await ask(), await ask()], ["two:a", "one:a"]);
});

Deno.test("fallback() throws the error that may pass soonest, when all have failed", async () => {
  const { clock, chain } = setUp();
  const denied = new PipelineError("unauthenticated", "no");
  const later = new PipelineError("rate_limited", "later", { retryAfterMs: 5000 });
  const sooner = new PipelineError("rate_limited", "sooner", { retryAfterMs: 500 });
  const errorOf = async (...errors: readonly [Error, ...Error[]]) => {
    const [first, ...others] = errors.map((error) => scripted("one", fails(error)));
    return (await outcome(clock, translate(await chain(first!, ...others).open(spanish), "a"))).error;
  };
  assertStrictEquals(await errorOf(denied, later, sooner), sooner);
  assertStrictEquals(await errorOf(denied, new PipelineError("internal", "no")), denied);
});

Deno.test("fallback() has the next engine go on where the first broke off, in the middle of a word", async () => {
  const { clock, events, chain } = setUp();
  const first = scripted("first", fails(down, "es:hou"));
  const second = scripted("second", after(clock, 10));
  const session = await chain(first, second).open(spanish);
  const { value, atMs } = await outcome(clock, translate(session, "house by the sea"));
  assertEquals([value, atMs, first.asked(), second.asked()], ["es:house by the sea", 10, 1, 1]);
  assertEquals(pick(events, "switch"), [
    { type: "switch", stage: "mt", from: "first", to: "second", why: "failed" },
  ]);
  // Who broke off is left alone for a while, like anybody who failed.
  assertEquals((await outcome(clock, translate(session, "a"))).value, "es:a");
  assertEquals([first.asked(), second.asked()], [1, 2]);
});

Deno.test("fallback() goes on down the chain when the next one breaks off, too, or has no answer", async () => {
  const { clock, chain } = setUp();
  const silent = scripted("silent", async function* () {});
  const slow = scripted("slow", fails(new PipelineError("rate_limited", "later", { retryAfterMs: 500 })));
  const last = scripted("last", after(clock, 0));
  const session = await chain(
    scripted("first", fails(down, "es:the ")),
    scripted("second", fails(down, "es:the old hou")),
    silent,
    slow,
    last,
  ).open(spanish);
  assertEquals((await outcome(clock, translate(session, "the old house"))).value, "es:the old house");
  assertEquals([silent.asked(), slow.asked(), last.asked()], [1, 1, 1]);
});

Deno.test("fallback() asks those who failed once more for what is left, then passes the failure on", async () => {
  const { clock, chain } = setUp();
  const first = scripted("first", fails(down, "es:the "), after(clock, 0));
  const second = scripted("second", fails(down));
  const session = await chain(first, second).open(spanish);
  assertEquals((await outcome(clock, translate(session, "the house"))).value, "es:the house");
  assertEquals([first.asked(), second.asked()], [2, 1]);
  const broken = [
    scripted("first", fails(down, "es:the ")),
    scripted("second", fails(down)),
    scripted("third", fails(new PipelineError("unauthenticated", "no"))),
  ] as const;
  const hopeless = await chain(...broken).open(spanish);
  assertStrictEquals((await outcome(clock, translate(hopeless, "the house"))).error, down);
  assertEquals(broken.map((engine) => engine.asked()), [2, 2, 1]);
});

Deno.test("fallback() passes on the failure of an engine that is alone, once text was handed on", async () => {
  const { clock, events, chain } = setUp();
  const only = scripted("only", fails(down, "es:hou"));
  const session = await chain(only).open(spanish);
  assertStrictEquals((await outcome(clock, translate(session, "house"))).error, down);
  assertEquals([only.asked(), pick(events, "switch")], [1, []]);
});

Deno.test("fallback() reports of whoever goes on what it charged, and nothing of how it was got hold of", async () => {
  const { clock, chain } = setUp();
  const told = (text: string, error?: Error) =>
    async function* (): AsyncGenerator<TranslationEvent> {
      yield { type: "acquired", waitedMs: 1, reused: true };
      yield { type: "append", text, tentative: "?" };
      yield { type: "usage", tokens: 2 };
      if (error) throw error;
    };
  const session = await chain(scripted("first", told("the ", down)), scripted("second", told("the house")))
    .open(spanish);
  const reading = Array.fromAsync(
    session.translate({ segment: 1, text: "a", history: [] }, new AbortController().signal),
  );
  assertEquals((await outcome(clock, reading)).value, [
    { type: "acquired", waitedMs: 1, reused: true },
    { type: "append", text: "the ", tentative: "?" },
    { type: "usage", tokens: 2 },
    { type: "append", text: "house", tentative: "?" },
    { type: "usage", tokens: 2 },
  ]);
});

Deno.test("fallback() lets a client's mistake be tried elsewhere, and holds it against nobody", async () => {
  const { clock, chain } = setUp();
  const long = new PipelineError("invalid_request", "too long");
  const first = scripted("first", fails(long), after(clock, 0, "one"));
  const session = await chain(first, scripted("second", after(clock, 0, "two"))).open(spanish);
  const ask = async () => (await outcome(clock, translate(session, "a"))).value;
  assertEquals([await ask(), await ask(), first.opened()], ["two:a", "one:a", 1]);
});

Deno.test("fallback() takes an answer without text for an answer", async () => {
  const { clock, chain } = setUp();
  const second = scripted("second", after(clock, 0));
  const session = await chain(scripted("first", async function* () {}), second).open(spanish);
  assertEquals((await outcome(clock, translate(session, " "))).value, "");
  assertEquals(second.asked(), 0);
});

Deno.test("fallback() opens a session anew after a failure, and ends the old one when nobody uses it", async () => {
  const { clock, chain } = setUp();
  const only = scripted("only", after(clock, 1000, "slow"), fails(down), after(clock, 0, "new"));
  const session = await chain(only).open(spanish);
  const slow = translate(session, "a");
  await clock.advance(0);
  assertStrictEquals((await outcome(clock, translate(session, "b"), 0)).error, down);
  assertEquals((await outcome(clock, translate(session, "c"))).value, "new:c");
  assertEquals([only.opened(), only.live()], [2, 2]);
  assertEquals((await outcome(clock, slow)).value, "slow:a");
  assertEquals(only.live(), 1);
  await session[Symbol.asyncDispose]();
  assertEquals(only.live(), 0);
});

Deno.test("fallback() opens the first session that can be had and the next one aside from it, others only when they are needed", async () => {
  const { clock, chain } = setUp();
  const first = fakeTranslator({ name: "first", openFaults: [{ fault: "unavailable" }] });
  const second = scripted("second", after(clock, 0, "two"));
  const third = scripted("third", after(clock, 0, "three"));
  const fourth = scripted("fourth", after(clock, 0, "four"));
  const session = await chain(first, second, third, fourth).open(spanish);
  assertEquals((await outcome(clock, translate(session, "a"))).value, "two:a");
  assertEquals([second.opened(), third.opened(), fourth.opened()], [1, 1, 0]);
  await session[Symbol.asyncDispose]();
  assertEquals([second.live(), third.live()], [0, 0]);
});

Deno.test("fallback() has a new session of an engine that failed opened before it is asked again", async () => {
  const { clock, chain } = setUp();
  const first = scripted("first", fails(down), after(clock, 10, "one"));
  const session = await chain(first, scripted("second", after(clock, 10, "two"))).open(spanish);
  assertEquals((await outcome(clock, translate(session, "a"))).value, "two:a");
  assertEquals([first.opened(), first.live()], [2, 1]);
  await session[Symbol.asyncDispose]();
  assertEquals(first.live(), 0);
});

Deno.test("fallback() stops at once when it is aborted, whoever is at work", async () => {
  for (const more of [{}, { hedge }]) {
    const { clock, chain } = setUp(more);
    const engines = [scripted("first", stalls()), scripted("second", stalls())] as const;
    const session = await chain(...engines).open(spanish);
    const stop = new AbortController();
    const reason = new Error("enough");
    const work = translate(session, "house", { signal: stop.signal });
    work.catch(() => {});
    await clock.advance(500);
    stop.abort(reason);
    assertStrictEquals((await outcome(clock, work, 0)).error, reason);
    assertEquals(clock.pending, 0);
    await session[Symbol.asyncDispose]();
    assertEquals(engines.map((engine) => engine.live()), [0, 0]);
  }
});

Deno.test("fallback() ends the work in hand when its session or its engine is disposed", async () => {
  for (const what of ["session", "engine"] as const) {
    const { clock, chain } = setUp();
    const engine = chain(scripted("first", stalls()));
    const session = await engine.open(spanish);
    const work = translate(session, "house");
    work.catch(() => {});
    await clock.advance(0);
    await (what === "session" ? session : engine)[Symbol.asyncDispose]();
    const { error } = await outcome(clock, work, 0);
    assertEquals(error instanceof PipelineError && error.kind, "unavailable");
    assertEquals(clock.pending, 0);
  }
});

Deno.test("fallback() with hedging asks the second when the first is late, and cancels the slower one", async () => {
  const { clock, events, chain } = setUp({ hedge });
  const first = scripted("first", stalls());
  const second = scripted("second", after(clock, 30, "two"));
  const session = await chain(first, second).open(spanish);
  const { value, atMs } = await outcome(clock, translate(session, "a"));
  assertEquals([value, atMs, clock.pending], ["two:a", 430, 0]);
  assertEquals(pick(events, "switch").map(({ why }) => why), ["late"]);
});

Deno.test("fallback() with hedging keeps to the first when that is faster after all", async () => {
  const { clock, chain } = setUp({ hedge });
  const first = scripted("first", after(clock, 450, "one"));
  const second = scripted("second", after(clock, 100, "two"));
  const session = await chain(first, second).open(spanish);
  const { value, atMs } = await outcome(clock, translate(session, "a"));
  assertEquals([value, atMs, second.asked(), clock.pending], ["one:a", 450, 1, 0]);
});

Deno.test("fallback() with hedging asks nobody else while the first is as fast as usual", async () => {
  const { clock, chain } = setUp({ hedge });
  const second = scripted("second", after(clock, 0, "two"));
  const session = await chain(scripted("first", after(clock, 399, "one")), second).open(spanish);
  for (let count = 0; count < 5; count += 1) {
    assertEquals((await outcome(clock, translate(session, "a"))).value, "one:a");
  }
  assertEquals([second.asked(), clock.pending], [0, 0]);
});

Deno.test("fallback() with hedging gives up when the first fails and the second does, too", async () => {
  const { clock, chain } = setUp({ hedge });
  // deno-lint-ignore require-yield -- an answer that fails before its first result
  const slowFailure = async function* (signal: AbortSignal): AsyncGenerator<TranslationEvent> {
    await clock.sleep(500, signal);
    throw down;
  };
  const second = scripted("second", slowFailure);
  const session = await chain(scripted("first", slowFailure), second).open(spanish);
  const { error, atMs } = await outcome(clock, translate(session, "a"));
  assertStrictEquals(error, down);
  assertEquals([atMs, clock.pending], [900, 0]);
});

Deno.test("fallback() with hedging asks twice for at most a tenth of the requests, and two more", async () => {
  const { clock, chain } = setUp({ hedge });
  const second = scripted("second", after(clock, 600, "two"));
  const session = await chain(scripted("first", after(clock, 500, "one")), second).open(spanish);
  for (let count = 0; count < 100; count += 1) await outcome(clock, translate(session, "a"));
  assert(second.asked() >= 11 && second.asked() <= 12, `${second.asked()} requests were asked twice`);
});

Deno.test("fallback() speaks a segment whole with the second voice when the first gave no sound", async () => {
  const { clock, voices } = setUp();
  const alone = await speak(await fakeSynthesizer({ clock }).open(inSpanish), "una casa vieja");
  const engine = voices({ name: "first", faults: [{ fault: "unavailable" }] }, { name: "second" });
  const voice = await engine.open(inSpanish);
  assertEquals((await outcome(clock, speak(voice, ["una ", "casa ", "vieja"]))).value, alone);
});

Deno.test("fallback() has the second voice go on from the word in which the first broke off", async () => {
  const { clock, events, voices } = setUp();
  const broken = { name: "first", faults: [{ fault: "unavailable", afterPieces: 4 }] } as const;
  const voice = await voices(broken, { name: "second" }).open(inSpanish);
  // "una ca" takes 350 ms; "casa" is begun again.
  const { value } = await outcome(clock, speak(voice, ["una ca", "sa vieja"]));
  assertEquals(value, (350 + 9 * 70) * 16);
  assertEquals(pick(events, "switch").map(({ from, to, why }) => [from, to, why]), [[
    "first",
    "second",
    "failed",
  ]]);
});

Deno.test("fallback() speaks every word, and none again but the one that was broken off, wherever voices break off", async () => {
  const faults = fc.array(
    fc.record({ fault: fc.constant("unavailable" as const), afterPieces: fc.integer({ min: 1, max: 20 }) }),
    { maxLength: 1 },
  );
  const words = fc.array(fc.constantFrom("la", "casa", "vieja", "demasiado", "y"), {
    minLength: 1,
    maxLength: 9,
  });
  const cuts = fc.array(fc.integer({ min: 1, max: 8 }), { maxLength: 20 });
  await fc.assert(
    fc.asyncProperty(
      words,
      cuts,
      fc.tuple(faults, faults),
      fc.constantFrom(1, 1.25),
      async (words, cuts, [one, two], speed) => {
        const { clock, voices } = setUp();
        const voice = await voices({ name: "first", faults: one }, { name: "second", faults: two }).open(
          inSpanish,
        );
        const text = words.join(" ");
        const pieces: string[] = [];
        let rest = text;
        for (const length of cuts) {
          pieces.push(rest.slice(0, length));
          rest = rest.slice(length);
        }
        const reading = (async () => {
          let end = 0;
          const { signal } = new AbortController();
          for await (const event of voice.speak(steady([...pieces, rest]), { segment: 1, speed }, signal)) {
            if (event.type !== "frame") continue;
            assertEquals([event.position, event.rate], [end, 16_000]);
            end += event.samples.length;
          }
          return end;
        })();
        const { value, error } = await outcome(clock, reading);
        assertStrictEquals(error, undefined);
        const letters = (word: string) => word.length * 70 * 16 / speed;
        const whole = words.reduce((sum, word) => sum + letters(word), 0);
        const again = (one.length + two.length) * Math.max(...words.map(letters));
        // Half a letter at each break may be left out, and samples are rounded.
        const least = whole - (one.length + two.length) * (35 * 16 / speed + 1) - 1;
        assert(value! >= least && value! <= whole + again + 1, `${value} samples of ${whole}`);
      },
    ),
    { numRuns: 60 },
  );
});

Deno.test("fallback() gives a lane a format that every voice of the chain gives", async () => {
  const pcm = (rate: number) => ({ codec: "pcm_s16le", rate } as const);
  const { voices } = setUp();
  const engine = voices({ formats: [pcm(24_000), pcm(16_000)] }, { formats: [pcm(22_050), pcm(16_000)] });
  assertEquals(engine.traits.formats, [pcm(16_000), pcm(24_000)]);
  const open = async (formats: readonly ReturnType<typeof pcm>[]) =>
    (await engine.open({ ...inSpanish, formats })).format;
  assertEquals(await open([pcm(24_000), pcm(16_000)]), pcm(16_000));
  assertEquals(await open([pcm(24_000)]), pcm(24_000));
});

Deno.test("fallback() knows a voice in every language that it speaks under one name", () => {
  const { voices } = setUp();
  const polyglot = ["en", "es"].map((language) => ({ name: "ana", language }));
  const engine = voices({ voices: polyglot }, { voices: polyglot });
  assertEquals(engine.traits.voices, polyglot);
});

Deno.test("fallback() leaves out of a lane the voices that do not give its format", async () => {
  const pcm = (rate: number) => ({ codec: "pcm_s16le", rate } as const);
  const { clock, voices } = setUp();
  const engine = voices(
    { name: "first", formats: [pcm(24_000)], faults: [{ fault: "unavailable" }] },
    { name: "second", formats: [pcm(22_050)] },
  );
  const voice = await engine.open({ ...inSpanish, formats: [pcm(22_050), pcm(24_000)] });
  assertEquals(voice.format, pcm(24_000));
  const { error } = await outcome(clock, speak(voice, "casa"));
  assertEquals(error instanceof PipelineError && error.kind, "unavailable");
});

Deno.test("fallback() asks the engine first that has the wanted voice", async () => {
  const { voices, clock, events } = setUp();
  const voicesOf = (name: string) => [{ name, language: "es" }];
  const engine = voices(
    { name: "first", voices: voicesOf("ana") },
    { name: "second", voices: voicesOf("eva"), faults: [{ fault: "unavailable" }] },
  );
  assertEquals(engine.traits.voices.map(({ name }) => name), ["ana", "eva"]);
  const voice = await engine.open({ ...inSpanish, voice: "eva" });
  const { value } = await outcome(clock, speak(voice, "casa"));
  assert(value! > 0);
  assertEquals(pick(events, "switch").map(({ from, to }) => [from, to]), [["second", "first"]]);
});

async function* steady(pieces: readonly string[]): AsyncGenerator<string> {
  yield* pieces;
}
