import { assert, assertEquals, assertInstanceOf, assertRejects, assertStrictEquals } from "@std/assert";
import fc from "fast-check";
import { type EngineEvent, resilient } from "../../../../adapters/compose/mod.ts";
import { fakeRecognizer, type FakeRecognizerOptions } from "../../../../adapters/fake/recognizer.ts";
import { type ScriptedUtterance, type ScriptedWord, utterance } from "../../../../adapters/fake/script.ts";
import type { Owned } from "../../../../adapters/provider.ts";
import { PipelineError } from "../../../../pipeline/error.ts";
import type { HearingEvent, Input, SpeechRecognizer } from "../../../../pipeline/ports.ts";
import { Committer } from "../../../../pipeline/stages/commit.ts";
import { assertConsistent, finals, transcript } from "../../../conformance/hearing_events.ts";
import { surroundings } from "../../../support/composed.ts";
import { FakeClock } from "../../../support/fake_clock.ts";
import { silentSource } from "../../../support/source.ts";

const rate = 16_000;
const lengthMs = 9000;
const talk = [
  utterance("the old house is near the sea", 500),
  utterance("we go home now", 4000),
  utterance("and then we sleep", 7000),
];
const said = talk.flatMap(({ words }) => words.map(({ text }) => text)).join(" ");
const delays = { interimDelayMs: 100, finalDelayMs: 300, endpointDelayMs: 300, stableAfterMs: 400 };

function recognizer(options: FakeRecognizerOptions = {}): Owned<SpeechRecognizer> {
  return fakeRecognizer({ script: talk, ...delays, ...options });
}

/** Moves the clock on by 100 ms with every frame, so that media time and time go together. */
function liveSource(clock: FakeClock, ms = lengthMs): AsyncIterable<Input> {
  return silentSource(ms, { onFrame: () => clock.advance(100) });
}

type Chain = readonly [Owned<SpeechRecognizer>, ...Owned<SpeechRecognizer>[]];

async function hear(
  engines: Chain,
  input?: (clock: FakeClock) => AsyncIterable<Input>,
  told: EngineEvent[] = [],
) {
  const clock = new FakeClock();
  const { options, background } = surroundings(clock, { observe: (event) => told.push(event) });
  const engine = resilient("stt", engines, options);
  const { signal } = new AbortController();
  const hearing = await engine.open({
    languages: ["en"],
    format: { codec: "pcm_s16le", rate },
    glossary: {},
    signal,
  });
  const events: HearingEvent[] = [];
  const source = input?.(clock) ?? liveSource(clock);
  const reading = (async () => {
    for await (const event of hearing.hear(source, signal)) events.push(event);
  })();
  let ended = false;
  reading.then(() => ended = true, () => ended = true);
  // The source moves the clock; nobody else does before everything rests that follows from it.
  for (let step = 0; step < 3000 && !ended; step += 1) await clock.advance(step < 2000 ? 0 : 100);
  try {
    assert(ended, "the hearing did not end");
    await reading;
  } finally {
    await hearing[Symbol.asyncDispose]();
    await engine[Symbol.asyncDispose]();
    await background.drain(0);
  }
  assertEquals(clock.pending, 0);
  return { events, told };
}

const wholeSource = { rate, from: 0, to: lengthMs * rate / 1000, languages: ["en"] };

/** What the pipeline would commit of a report. */
function committed(events: readonly HearingEvent[]): string {
  const committer = new Committer({ rate, stableAfterMs: delays.stableAfterMs });
  return events.flatMap((event) => {
    if (event.type === "hypothesis") return committer.update(event).committed;
    if (event.type === "progress") return committer.progress(event.heardTo)?.committed ?? [];
    return [];
  }).map(({ text }) => text).join(" ");
}

function switches(told: readonly EngineEvent[]) {
  return told.filter((event) => event.type === "switch");
}

Deno.test("fallbackRecognizer() passes a hearing that goes well on as it is", async () => {
  const { events, told } = await hear([recognizer()]);
  const alone: HearingEvent[] = [];
  const session = await recognizer().open({
    languages: ["en"],
    format: { codec: "pcm_s16le", rate },
    glossary: {},
    signal: new AbortController().signal,
  });
  const { signal } = new AbortController();
  for await (const event of session.hear(silentSource(lengthMs), signal)) alone.push(event);
  assertEquals(events, alone);
  assertEquals(switches(told), []);
});

Deno.test("fallbackRecognizer() goes on with the second recognizer in the middle of a word", async () => {
  const { events, told } = await hear([
    recognizer({ name: "first", faults: [{ fault: "unavailable", atMs: 1400 }] }),
    recognizer({ name: "second" }),
  ]);
  assertConsistent(events, wholeSource);
  assertEquals(transcript(events), said);
  assertEquals(committed(events), said);
  assertEquals(finals(events).length, talk.length);
  assertEquals(switches(told), [{
    type: "switch",
    stage: "stt",
    from: "first",
    to: "second",
    why: "failed",
  }]);
});

Deno.test("fallbackRecognizer() begins anew with the only recognizer there is", async () => {
  const { events } = await hear([recognizer({ faults: [{ fault: "unavailable", atMs: 4700 }] })]);
  assertConsistent(events, wholeSource);
  assertEquals(transcript(events), said);
});

Deno.test("fallbackRecognizer() goes on when a recognizer ends before its input", async () => {
  const real = recognizer({ name: "short" });
  const short: Owned<SpeechRecognizer> = {
    ...real,
    async open(options) {
      const session = await real.open(options);
      return {
        ...session,
        async *hear(input, signal) {
          let count = 0;
          for await (const event of session.hear(input, signal)) {
            yield event;
            if (++count === 8) return;
          }
        },
      };
    },
  };
  const { events } = await hear([short, recognizer({ name: "second" })]);
  assertConsistent(events, wholeSource);
  assertEquals(transcript(events), said);
});

Deno.test("fallbackRecognizer() takes a recognizer that stalls in speech for one that failed", async () => {
  const { events, told } = await hear([
    recognizer({ name: "first", faults: [{ fault: "stall", atMs: 1400 }] }),
    recognizer({ name: "second" }),
  ]);
  assertConsistent(events, wholeSource);
  assertEquals(transcript(events), said);
  const failed = told.find((event) => event.type === "call" && event.outcome === "failed");
  assertEquals(failed?.type === "call" && failed.kind, "timeout");
});

Deno.test("fallbackRecognizer() answers a flush once, whoever answers it", async () => {
  const flushed = async function* (clock: FakeClock): AsyncGenerator<Input> {
    for await (const item of liveSource(clock)) {
      yield item;
      if (item.type === "frame" && item.position === 2000 * rate / 1000) yield { type: "flush", id: 7 };
      if (item.type === "frame" && item.position === 5000 * rate / 1000) yield { type: "flush", id: 8 };
    }
  };
  for (const atMs of [1900, 2100, 4900, 5100, 5300]) {
    const { events } = await hear([
      recognizer({ name: "first", faults: [{ fault: "unavailable", atMs }] }),
      recognizer({ name: "second" }),
    ], flushed);
    assertConsistent(events, { ...wholeSource, flushes: [7, 8] });
    assertEquals(transcript(events), said);
  }
});

Deno.test("fallbackRecognizer() goes back to the first one between two utterances when it is well again", async () => {
  const long = [...talk, utterance("one more", 12_500), utterance("the last", 16_000)];
  const script = { script: long };
  const { events, told } = await hear([
    recognizer({ ...script, name: "first", faults: [{ fault: "unavailable", atMs: 1400 }] }),
    recognizer({ ...script, name: "second" }),
  ], (clock) => liveSource(clock, 18_000));
  assertConsistent(events, { ...wholeSource, to: 18_000 * rate / 1000 });
  assertEquals(transcript(events), long.flatMap(({ words }) => words.map(({ text }) => text)).join(" "));
  assertEquals(switches(told).map((event) => "why" in event && event.why), ["failed", "recovered"]);
});

Deno.test("fallbackRecognizer() gives up with the provider's error when nothing helps", async () => {
  const always = { fault: "unavailable", atMs: 0, times: 1000 } as const;
  const error = await assertRejects(
    () =>
      hear([
        recognizer({ name: "first", faults: [always] }),
        recognizer({ name: "second", faults: [always] }),
      ]),
    PipelineError,
  );
  assertInstanceOf(error, PipelineError);
  assertEquals(error.kind, "unavailable");
});

Deno.test("fallbackRecognizer() does not try again what cannot pass", async () => {
  const denied = { fault: "unauthenticated", atMs: 100, times: 1000 } as const;
  const error = await assertRejects(() => hear([recognizer({ faults: [denied] })]), PipelineError);
  assertInstanceOf(error, PipelineError);
  assertEquals(error.kind, "unauthenticated");
});

Deno.test("fallbackRecognizer() passes on a failure of the input, which is no failure of a recognizer", async () => {
  const failure = new Error("no more microphone");
  const failing = async function* (clock: FakeClock): AsyncGenerator<Input> {
    yield* liveSource(clock, 2000);
    throw failure;
  };
  const told: EngineEvent[] = [];
  const error = await hear([recognizer(), recognizer()], failing, told).catch((error) => error);
  assertStrictEquals(error, failure);
  const outcomes = told.flatMap((event) =>
    event.type === "call" ? [`${event.operation} ${event.outcome}`] : []
  );
  assertEquals(outcomes, ["open ok", "hear cancelled"]);
});

Deno.test("fallbackRecognizer() loses no word and says none twice, whenever who fails", async () => {
  const fault = fc.record({
    fault: fc.constantFrom("unavailable" as const, "timeout" as const),
    atMs: fc.integer({ min: 0, max: lengthMs }),
  });
  // Six failures in a row are got over, even if nothing is heard between them.
  const faults = fc.array(fault, { maxLength: 3 });
  const habits = fc.record({
    interimDelayMs: fc.integer({ min: 0, max: 250 }),
    finalDelayMs: fc.integer({ min: 100, max: 500 }),
    endpointDelayMs: fc.integer({ min: 100, max: 500 }),
    stableDelayMs: fc.option(fc.integer({ min: 0, max: 300 }), { nil: undefined, freq: 1 }),
  });
  await fc.assert(
    fc.asyncProperty(faults, faults, habits, habits, async (ofFirst, ofSecond, first, second) => {
      const { stableDelayMs: a = Infinity, ...one } = first;
      const { stableDelayMs: b = Infinity, ...other } = second;
      const { events } = await hear([
        recognizer({ name: "first", ...one, stableDelayMs: a, faults: ofFirst }),
        recognizer({ name: "second", ...other, stableDelayMs: b, faults: ofSecond }),
      ]);
      assertConsistent(events, wholeSource);
      assertEquals(transcript(events), said);
      assertEquals(committed(events), said);
    }),
    { numRuns: 100 },
  );
});

/** The talk with its utterances cut at some of their words, and some words misheard for a moment. */
function cut(cuts: ReadonlySet<number>, misheard: ReadonlySet<number>): ScriptedUtterance[] {
  let index = -1;
  return talk.flatMap(({ words }) => {
    const utterances: ScriptedWord[][] = [[]];
    for (const word of words) {
      index += 1;
      if (cuts.has(index) && utterances.at(-1)!.length > 0) utterances.push([]);
      const wrong = { ...word, misheard: { text: "WRONG", forMs: 250 } };
      utterances.at(-1)!.push(misheard.has(index) ? wrong : word);
    }
    return utterances.map((words) => ({ words }));
  });
}

Deno.test("fallbackRecognizer() joins reports that cut the same speech in different places", async () => {
  const places = fc.uniqueArray(fc.nat({ max: 14 }), { maxLength: 8 });
  const faults = fc.array(
    fc.record({ fault: fc.constant("unavailable" as const), atMs: fc.integer({ min: 0, max: lengthMs }) }),
    // Six failures in a row are got over, even if nothing is heard between them.
    { maxLength: 3 },
  );
  await fc.assert(
    fc.asyncProperty(places, places, places, faults, faults, async (one, other, wrong, ofFirst, ofSecond) => {
      const prompt = { interimDelayMs: 0, finalDelayMs: 0, endpointDelayMs: 0 };
      const misheard = new Set(wrong);
      const { events } = await hear([
        recognizer({ name: "first", ...prompt, script: cut(new Set(one), misheard), faults: ofFirst }),
        recognizer({ name: "second", ...prompt, script: cut(new Set(other), misheard), faults: ofSecond }),
      ]);
      assertConsistent(events, wholeSource);
      assertEquals(transcript(events), said);
      assertEquals(committed(events), said);
    }),
    { numRuns: 100 },
  );
});
