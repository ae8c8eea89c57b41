import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { resilient, type ResilientOptions } from "../../../../adapters/compose/mod.ts";
import type { HearingFault } from "../../../../adapters/fake/hearing.ts";
import { fakeRecognizer } from "../../../../adapters/fake/recognizer.ts";
import { utterance } from "../../../../adapters/fake/script.ts";
import { fakeSynthesizer, type SpeechFault } from "../../../../adapters/fake/synthesizer.ts";
import { fakeTranslator, type TranslationFault } from "../../../../adapters/fake/translator.ts";
import { PipelineError } from "../../../../pipeline/error.ts";
import { interpret } from "../../../../pipeline/interpret.ts";
import type { SessionEvent } from "../../../../pipeline/session_event.ts";
import {
  after,
  fails,
  inSpanish,
  outcome,
  pick as pickEngine,
  scripted,
  spanish,
  stalls,
  translate,
} from "../../../support/answers.ts";
import { surroundings } from "../../../support/composed.ts";
import { FakeClock, settle } from "../../../support/fake_clock.ts";
import { silentSource } from "../../../support/source.ts";

const lengthMs = 12_000;
const talk = [
  utterance("the old house is near the sea", 500),
  utterance("we go home now", 4000),
  utterance("and then we sleep", 7000),
];
const said = talk.map(({ words }) => words.map(({ text }) => text).join(" "));
const delays = { interimDelayMs: 100, finalDelayMs: 300, endpointDelayMs: 300, stableAfterMs: 400 };

interface Troubles {
  readonly stt: readonly [readonly HearingFault[], readonly HearingFault[]];
  readonly mt: readonly [readonly TranslationFault[], readonly TranslationFault[]];
  readonly tts: readonly [readonly SpeechFault[], readonly SpeechFault[]];
}

/** Interprets the talk with two engines at every stage, each with its troubles. */
async function interpretWith(troubles: Troubles, more: Partial<ResilientOptions> = {}) {
  const clock = new FakeClock();
  const { options, background, events: told } = surroundings(clock, more);
  const recognizer = (name: string, faults: readonly HearingFault[]) =>
    fakeRecognizer({ name, script: talk, ...delays, faults });
  const translator = (name: string, faults: readonly TranslationFault[]) =>
    fakeTranslator({ name, clock, delayMs: 50, faults });
  const synthesizer = (name: string, faults: readonly SpeechFault[]) =>
    fakeSynthesizer({ name, clock, delayMs: 80, faults });
  const services = {
    recognizer: resilient(
      "stt",
      [recognizer("a", troubles.stt[0]), recognizer("b", troubles.stt[1])],
      options,
    ),
    translator: resilient("mt", [translator("a", troubles.mt[0]), translator("b", troubles.mt[1])], options),
    synthesizer: resilient(
      "tts",
      [synthesizer("a", troubles.tts[0]), synthesizer("b", troubles.tts[1])],
      options,
    ),
    clock,
  };
  const stop = new AbortController();
  const source = silentSource(lengthMs, { onFrame: () => clock.advance(100) });
  const wanted = {
    source: "en",
    targets: ["es"],
    input: { codec: "pcm_s16le", rate: 16_000 },
    outputs: inSpanish.formats,
    glossary: {},
  } as const;
  const events: SessionEvent[] = [];
  let ended = false;
  const reading = (async () => {
    for await (const event of interpret(source, services, wanted, stop.signal).events) events.push(event);
  })().finally(() => ended = true);
  reading.catch(() => {});
  for (let step = 0; step < 4000 && !ended; step += 1) await (step < 2500 ? settle() : clock.advance(100));
  assert(ended, "the session did not end");
  await reading;
  const { recognizer: stt, translator: mt, synthesizer: tts } = services;
  for (const engine of [stt, mt, tts]) await engine[Symbol.asyncDispose]();
  await background.drain(0);
  assertEquals(clock.pending, 0);
  return { events, told, services };
}

const noTroubles: Troubles = { stt: [[], []], mt: [[], []], tts: [[], []] };

function pick<T extends SessionEvent["type"]>(events: readonly SessionEvent[], type: T) {
  return events.filter((event): event is Extract<SessionEvent, { type: T }> => event.type === type);
}

/** How many samples there are of each segment. */
function samples(events: readonly SessionEvent[]): Map<number, number> {
  const counts = new Map<number, number>();
  for (const { segment: { segment }, audio } of pick(events, "speech")) {
    const length = audio.type === "frame" ? audio.samples.length : 0;
    counts.set(segment, (counts.get(segment) ?? 0) + length);
  }
  return counts;
}

/** How long a translation is when the fake speaks it whole. */
function wholeSamples(text: string, speed: number): number {
  const translated = text.replaceAll(/\S+/g, "es:$&").replaceAll(/\s/g, "");
  return Math.round(translated.length * 70 * 16 / speed);
}

/** How long the longest word of a text is when it is begun once for nothing. */
function wordSamples(text: string, speed: number): number {
  return Math.max(...text.split(" ").map((word) => wholeSamples(word, speed)));
}

/**
 * Each segment is spoken once and whole, whichever voices it is spoken by, or reported as failed once and spoken in part at most; all in order, and nothing
 * else. A voice that goes on where another one broke off begins the word anew.
 */
function assertToldOnce(events: readonly SessionEvent[], breaks = 0) {
  const segments = pick(events, "segment").map(({ segment }) => segment);
  assertEquals(segments.map(({ segment }) => segment), segments.map((_, index) => index + 1));
  assertEquals(segments.map(({ text }) => text).join(" "), said.join(" "));
  const lengths = samples(events);
  for (const { segment, text } of segments) {
    const spoken = pick(events, "spoken").filter((event) => event.segment === segment);
    const failed = pick(events, "failed").filter((event) => event.segment === segment).length;
    const length = lengths.get(segment) ?? 0;
    const speed = spoken[0]?.speed ?? 1;
    const most = wholeSamples(text, speed) + breaks * (wordSamples(text, speed) + 1);
    if (failed === 0) {
      // Half a letter at each break is not worth to say a word again.
      const least = wholeSamples(text, speed) - breaks * (35 * 16 / speed + 1);
      assertEquals(spoken.length, 1, `segment ${segment}`);
      assert(
        length >= least && length <= most,
        `segment ${segment} has ${length} samples, ${least} to ${most}`,
      );
      const caption = pick(events, "caption").find((one) =>
        one.lane > 0 && one.segment === segment && one.final
      );
      assertEquals(caption?.stable, text.replaceAll(/\S+/g, "es:$&"));
    } else {
      assert(failed === 1 && spoken.length <= 1, `segment ${segment} failed ${failed} times`);
      assert(
        // A translator that stalls after its last word was heard to the end, and has failed all the same.
        length <= most,
        `segment ${segment} was spoken more than once, and has failed`,
      );
    }
  }
  const order = pick(events, "speech").filter(({ first }) => first).map(({ segment }) => segment.segment);
  assertEquals(order, [...new Set(order)].sort((one, other) => one - other));
  let position = 0;
  for (const { audio } of pick(events, "speech")) {
    assertEquals(audio.position, position);
    position += audio.type === "frame" ? audio.samples.length : 0;
  }
}

Deno.test("resilient() engines interpret like plain ones when nothing fails", async () => {
  const { events, told } = await interpretWith(noTroubles);
  assertToldOnce(events);
  assertEquals(pick(events, "segment").map(({ segment }) => segment.text), said);
  assertEquals(pick(events, "failed"), []);
  assertEquals(pickEngine(told, "call").filter(({ outcome }) => outcome !== "ok"), []);
});

Deno.test("resilient() engines keep a session from learning that every first provider is down", async () => {
  const down = { fault: "unavailable", times: 1000 } as const;
  const { events } = await interpretWith({
    stt: [[{ ...down, atMs: 1300 }], []],
    mt: [[down], []],
    tts: [[down], []],
  });
  assertToldOnce(events);
  assertEquals(pick(events, "segment").map(({ segment }) => segment.text), said);
  assertEquals(pick(events, "failed"), []);
});

Deno.test("resilient() engines speak each segment once or report it once, in order, whatever fails", async () => {
  const kind = fc.constantFrom<HearingFault["fault"]>(
    "unavailable",
    "timeout",
    "rate_limited",
    "overloaded",
    "stall",
  );
  const times = fc.integer({ min: 1, max: 4 });
  const hearing = fc.record({ fault: kind, times, atMs: fc.integer({ min: 0, max: lengthMs }) });
  const answering = fc.record({
    fault: kind,
    times,
    segment: fc.integer({ min: 1, max: 3 }),
    afterPieces: fc.integer({ min: 0, max: 3 }),
  });
  const answers = fc.array(answering, { maxLength: 4 });
  const first = fc.array(hearing, { maxLength: 2 });
  // The second recognizer fails less often than a hearing may be begun anew.
  const second = fc.array(
    fc.record({ fault: fc.constant("unavailable" as const), atMs: fc.nat({ max: lengthMs }) }),
    {
      maxLength: 1,
    },
  );
  const troubles = fc.record({
    stt: fc.tuple(first, second),
    mt: fc.tuple(answers, answers),
    tts: fc.tuple(answers, answers),
  });
  await fc.assert(
    fc.asyncProperty(troubles, fc.boolean(), async (troubles, hedge) => {
      const { events } = await interpretWith(troubles, { hedge });
      const breaks = troubles.tts.flat().filter(({ afterPieces = 0 }) => afterPieces > 0);
      assertToldOnce(events, breaks.reduce((sum, { times = 1 }) => sum + times, 0));
    }),
    { numRuns: 60 },
  );
});

Deno.test("resilient() tells how each provider is, and leaves alone the one whose breaker is open", async () => {
  const clock = new FakeClock();
  const { options, background, events } = surroundings(clock);
  const down = new PipelineError("unavailable", "down");
  const first = scripted("first", fails(down));
  const second = scripted("second", after(clock, 10));
  const engine = resilient("mt", [first, second], options);
  assertEquals(engine.name, "first,second");
  assertEquals(engine.providers?.(), [{ name: "first", state: "closed" }, {
    name: "second",
    state: "closed",
  }]);
  const session = await engine.open(spanish);
  for (let count = 0; count < 5; count += 1) {
    assertEquals((await outcome(clock, translate(session, "a"))).value, "es:a");
    if (count < 4) await clock.advance(5000);
  }
  assertEquals(engine.providers?.()[0], { name: "first", state: "open" });
  assertEquals(pickEngine(events, "breaker"), [{
    type: "breaker",
    stage: "mt",
    engine: "first",
    state: "open",
  }]);
  const before = first.asked();
  assertEquals((await outcome(clock, translate(session, "a"))).value, "es:a");
  assertEquals(first.asked(), before);
  await engine[Symbol.asyncDispose]();
  await background.drain(0);
  assertEquals(clock.pending, 0);
});

Deno.test("resilient() asks the next provider within 50 ms of what is usual for the one that stalls", async () => {
  for (const hedge of [false, true]) {
    const clock = new FakeClock();
    const { options } = surroundings(clock, { hedge });
    const usual = Array.from({ length: 52 }, (_, index) => after(clock, 250 + index * 2));
    const first = scripted("first", ...usual, stalls());
    const second = scripted("second", after(clock, 100));
    const engine = resilient("mt", [first, second], options);
    const session = await engine.open(spanish);
    for (let count = 0; count < 52; count += 1) await outcome(clock, translate(session, "a"));
    assertEquals(second.asked(), 0);
    const fromMs = clock.now();
    const { value, atMs } = await outcome(clock, translate(session, "a"));
    const p95 = 250 + 49 * 2;
    assertEquals([value, atMs - fromMs], ["es:a", p95 + 25 + 100]);
    await session[Symbol.asyncDispose]();
    await engine[Symbol.asyncDispose]();
    assertEquals(clock.pending, 0);
  }
});

Deno.test("resilient() of one provider retries it", async () => {
  const clock = new FakeClock();
  const { options } = surroundings(clock);
  const only = scripted("only", fails(new PipelineError("unavailable", "down")), after(clock, 10));
  const engine = resilient("mt", [only], options);
  const session = await engine.open(spanish);
  assertEquals((await outcome(clock, translate(session, "a"))).value, "es:a");
  await session[Symbol.asyncDispose]();
  assertEquals([only.live(), engine.name], [0, "only"]);
});

Deno.test("resilient() keeps of a joined answer only what one engine gave whole", async () => {
  const clock = new FakeClock();
  const { options } = surroundings(clock, { cache: { limitBytes: 2 ** 20, maxAgeMs: 600_000 } });
  const down = new PipelineError("unavailable", "down");
  const first = scripted("first", fails(down, "two:hou"), after(clock, 10, "one"));
  const second = scripted("second", after(clock, 10, "two"));
  const engine = resilient("mt", [first, second], options);
  const session = await engine.open(spanish);
  const ask = async () => (await outcome(clock, translate(session, "house"))).value;
  assertEquals([await ask(), await ask()], ["two:house", "two:house"]);
  assertEquals([first.asked(), second.asked()], [1, 1]);
  await clock.advance(5000);
  assertEquals([await ask(), await ask()], ["one:house", "one:house"]);
  assertEquals([first.asked(), second.asked()], [2, 1]);
  await session[Symbol.asyncDispose]();
  await engine[Symbol.asyncDispose]();
});

Deno.test("resilient() tells that an engine failed which broke off, although its answer was gone on with", async () => {
  const clock = new FakeClock();
  const { options, events } = surroundings(clock);
  const first = scripted("first", fails(new PipelineError("unavailable", "down"), "es:hou"));
  const engine = resilient("mt", [first, scripted("second", after(clock, 10))], options);
  const session = await engine.open(spanish);
  assertEquals((await outcome(clock, translate(session, "house"))).value, "es:house");
  const calls = pickEngine(events, "call").filter(({ operation }) => operation === "answer");
  assertEquals(calls.map(({ engine, outcome }) => [engine, outcome]), [["first", "failed"], [
    "second",
    "ok",
  ]]);
  for (let count = 0; count < 4; count += 1) {
    await clock.advance(5000);
    await outcome(clock, translate(session, "house"));
  }
  assertEquals(engine.providers?.()[0], { name: "first", state: "open" });
  await session[Symbol.asyncDispose]();
  await engine[Symbol.asyncDispose]();
});
