import { assert, assertEquals, assertRejects } from "@std/assert";
import { fakeRecognizer, type FakeRecognizerOptions } from "../../../adapters/fake/recognizer.ts";
import { type ScriptedUtterance, utterance } from "../../../adapters/fake/script.ts";
import { fakeSynthesizer, type FakeSynthesizerOptions } from "../../../adapters/fake/synthesizer.ts";
import { fakeTranslator, type FakeTranslatorOptions } from "../../../adapters/fake/translator.ts";
import { PipelineError } from "../../../pipeline/error.ts";
import { interpret, type Interpretation, type SessionOptions } from "../../../pipeline/interpret.ts";
import type { Input } from "../../../pipeline/ports.ts";
import type { SessionEvent, SpeechPiece } from "../../../pipeline/session_event.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import { silentSource } from "../../support/source.ts";

interface Setup {
  readonly script?: readonly ScriptedUtterance[];
  readonly stt?: FakeRecognizerOptions;
  readonly mt?: FakeTranslatorOptions;
  readonly tts?: FakeSynthesizerOptions;
  readonly options?: Partial<SessionOptions>;
}

const talk = [utterance("the old house is near the sea", 500), utterance("we go home", 4000)];
const delays = { finalDelayMs: 200, endpointDelayMs: 200, stableAfterMs: 400 };

function setUp({ script = talk, stt, mt, tts, options }: Setup) {
  const clock = new FakeClock();
  const services = {
    recognizer: fakeRecognizer({ script, ...delays, ...stt }),
    translator: fakeTranslator({ clock, ...mt }),
    synthesizer: fakeSynthesizer({ clock, ...tts }),
    clock,
  };
  const wanted: SessionOptions = {
    source: "en",
    targets: ["es"],
    input: { codec: "pcm_s16le", rate: 16_000 },
    outputs: services.synthesizer.traits.formats,
    glossary: {},
    ...options,
  };
  return { clock, services, options: wanted };
}

async function run(
  setup: Setup,
  input: (clock: FakeClock) => AsyncIterable<Input> = () => silentSource(6000),
) {
  const { clock, services, options } = setUp(setup);
  const { signal } = new AbortController();
  return await Array.fromAsync(interpret(input(clock), services, options, signal).events);
}

/** Lets time run until a reading has ended. */
async function runOut<T>(clock: FakeClock, reading: Promise<T>): Promise<T> {
  let ended = false;
  reading.finally(() => ended = true).catch(() => {});
  for (let step = 0; step < 10_000 && !ended; step++) await clock.advance(100);
  assert(ended, "the reading did not end");
  return await reading;
}

function pick<T extends SessionEvent["type"]>(events: readonly SessionEvent[], type: T) {
  return events.filter((event): event is Extract<SessionEvent, { type: T }> => event.type === type);
}

function samples(pieces: readonly SpeechPiece[]): number {
  return pieces.reduce((sum, { audio }) => sum + (audio.type === "frame" ? audio.samples.length : 0), 0);
}

Deno.test("interpret() opens its lanes, then hears, translates and speaks every segment in order", async () => {
  const events = await run({});
  assertEquals(events[0], {
    type: "ready",
    lanes: [{ lane: 1, language: "es", format: { codec: "pcm_s16le", rate: 24_000 } }],
  });
  assertEquals(pick(events, "segment").map(({ segment }) => segment.text), [
    "the old house is near the sea",
    "we go home",
  ]);
  const spoken = pick(events, "speech");
  assertEquals(spoken.filter((piece) => piece.first).map((piece) => piece.segment.segment), [1, 2]);
  assertEquals(spoken.filter((piece) => piece.last).map((piece) => piece.segment.segment), [1, 2]);
  assertEquals(pick(events, "spoken").map(({ segment }) => segment), [1, 2]);
});

Deno.test("interpret() gives the samples of a lane positions without gap or overlap", async () => {
  const pieces = pick(await run({}), "speech");
  let position = 0;
  for (const { audio } of pieces) {
    assertEquals(audio.position, position);
    position += audio.type === "frame" ? audio.samples.length : 0;
  }
  assert(position > 24_000);
});

Deno.test("interpret() speaks while the speaker goes on", async () => {
  const { services, options } = setUp({});
  let nowMs = 0;
  const input = silentSource(6000, { onFrame: (ms) => void (nowMs = ms) });
  let firstMs: number | undefined;
  for await (const event of interpret(input, services, options, new AbortController().signal).events) {
    if (event.type === "speech") firstMs ??= nowMs;
  }
  assert(firstMs !== undefined && firstMs < 3500, `first audio at ${firstMs} ms of the source`);
});

Deno.test("interpret() shows source captions that only grow, and settles each as the segment's text", async () => {
  const captions = pick(await run({}), "caption").filter(({ lane, segment }) => lane === 0 && segment === 1);
  assert(captions.length > 3);
  for (const [index, caption] of captions.entries()) {
    assertEquals(caption.revision, index + 1);
    assert(caption.stable.startsWith(captions[index - 1]?.stable ?? ""));
  }
  assertEquals(captions.at(-1)?.stable, "the old house is near the sea");
  assertEquals(captions.filter((caption) => caption.final).length, 1);
});

Deno.test("interpret() never speaks or commits a word that was only misheard for a moment", async () => {
  const script = [{
    words: utterance("the old house is near the sea", 500).words.map((word, index) =>
      index % 2 === 0 ? word : { ...word, misheard: { text: "WRONG", forMs: 250 } }
    ),
  }];
  const events = await run({ script });
  assertEquals(pick(events, "segment").map(({ segment }) => segment.text), ["the old house is near the sea"]);
  assert(pick(events, "caption").every((caption) => !caption.stable.includes("WRONG")));
  assert(pick(events, "caption").some((caption) => caption.tentative.includes("WRONG")));
});

Deno.test("interpret() serves several targets, each a lane with its own order and clock", async () => {
  const events = await run({ options: { targets: ["es", "fr", "de"] } });
  assertEquals(pick(events, "ready")[0]!.lanes.map(({ lane, language }) => [lane, language]), [[1, "es"], [
    2,
    "fr",
  ], [3, "de"]]);
  for (const lane of [1, 2, 3]) {
    const spoken = pick(events, "spoken").filter((event) => event.lane === lane);
    assertEquals(spoken.map(({ segment }) => segment), [1, 2]);
  }
  assertEquals(
    pick(events, "caption").findLast((caption) => caption.lane === 2)?.stable,
    "fr:we fr:go fr:home",
  );
});

Deno.test("interpret() translates the next segment while the current one is spoken", async () => {
  const order: string[] = [];
  const { clock, services, options } = setUp({
    script: [utterance("One. Two. Three.", 500)],
    tts: { delayMs: 1000 },
  });
  const translate = services.translator.open;
  services.translator.open = async (wanted) => {
    const translation = await translate(wanted);
    return {
      ...translation,
      translate(request, signal) {
        order.push(`translate ${request.segment}`);
        return translation.translate(request, signal);
      },
    };
  };
  const reading = (async () => {
    for await (
      const event of interpret(silentSource(3000), services, options, new AbortController().signal).events
    ) {
      if (event.type === "spoken") order.push(`spoken ${event.segment}`);
    }
  })();
  await runOut(clock, reading);
  assertEquals(order, ["translate 1", "translate 2", "translate 3", "spoken 1", "spoken 2", "spoken 3"]);
});

Deno.test("interpret() reports the times of every stage, which add up", async () => {
  const { clock, services, options } = setUp({ mt: { delayMs: 120 }, tts: { delayMs: 80 } });
  const { signal } = new AbortController();
  const input = silentSource(6000, { onFrame: () => clock.sleep(100, signal) });
  const events = await runOut(clock, Array.fromAsync(interpret(input, services, options, signal).events));
  const { timing, audioMs, lagMs } = pick(events, "spoken")[0]!;
  assertEquals([timing.mtMs, timing.ttsMs], [120, 80]);
  assertEquals(timing.sttMs + timing.mtMs + timing.ttsMs + timing.queueMs, timing.ttfabMs);
  assert(timing.sttMs >= 100 && timing.sttMs <= 300, `${timing.sttMs}`);
  assert(audioMs > 1000);
  assertEquals(lagMs, timing.ttfabMs);
});

Deno.test("interpret() reports a segment whose translation fails, skips it and goes on", async () => {
  const events = await run({ mt: { faults: [{ fault: "unavailable", segment: 1 }] } });
  const failed = pick(events, "failed");
  assertEquals(failed.map(({ segment, stage, error }) => [segment, stage, error.kind]), [[
    1,
    "mt",
    "unavailable",
  ]]);
  assertEquals(pick(events, "spoken").map(({ segment }) => segment), [2]);
});

Deno.test("interpret() reports a segment that breaks off in speech, closes it and goes on", async () => {
  const events = await run({ tts: { faults: [{ fault: "timeout", segment: 1, afterPieces: 2 }] } });
  assertEquals(pick(events, "failed").map(({ segment, stage }) => [segment, stage]), [[1, "tts"]]);
  const pieces = pick(events, "speech").filter(({ segment }) => segment.segment === 1);
  assertEquals([pieces[0]?.first, pieces.at(-1)?.last, samples(pieces)], [true, true, 4800]);
  assertEquals(pick(events, "spoken").map(({ segment }) => segment), [2]);
});

Deno.test("interpret() ends with the recognizer's error when it cannot go on", async () => {
  const error = await assertRejects(
    () => run({ stt: { faults: [{ fault: "unavailable", atMs: 2000 }] } }),
    PipelineError,
  );
  assertEquals(error.kind, "unavailable");
});

Deno.test("interpret() ends with the error of an engine that does not open", async () => {
  for (
    const setup of [{ stt: { openFaults: [{ fault: "unavailable" as const }] } }, {
      tts: { openFaults: [{ fault: "quota_exhausted" as const }] },
    }]
  ) {
    await assertRejects(() => run(setup), PipelineError, "this failure is in the script");
  }
});

Deno.test("interpret() settles the source once everything before it was reported", async () => {
  const events = await run({});
  const settled = events.findIndex((event) => event.type === "settled" && event.position >= 4900 * 16);
  const lastSpoken = events.findLastIndex((event) => event.type === "spoken");
  assert(settled > lastSpoken, "the last utterance settles after it was spoken");
  const firstSpeech = events.findIndex((event) => event.type === "speech");
  for (const event of events.slice(0, firstSpeech)) {
    if (event.type === "settled") assert(event.position <= 500 * 16, `${event.position}`);
  }
});

Deno.test("interpret() answers a flush after everything before it was cut", async () => {
  const input = async function* (): AsyncGenerator<Input, void> {
    yield* silentSource(2000);
    yield { type: "flush", id: 7 };
    yield* silentSource(3000, { fromMs: 2000 });
  };
  const events = await run({}, input);
  const flushed = events.findIndex((event) => event.type === "flushed" && event.id === 7);
  const before = pick(events.slice(0, flushed), "segment").map(({ segment }) => segment.text).join(" ");
  assertEquals(before, "the old house is near");
});

Deno.test("interpret() drops what a cancel names and speaks what comes after", async () => {
  const { clock, services, options } = setUp({
    script: [utterance("One. Two. Three.", 500)],
    tts: { delayMs: 5000 },
  });
  const { signal } = new AbortController();
  const interpretation = interpret(silentSource(3000), services, options, signal);
  const reading = Array.fromAsync(interpretation.events);
  await clock.advance(1000);
  await interpretation.control({ type: "cancel", lane: 1, through: 2 }, signal);
  const events = await runOut(clock, reading);
  assertEquals(pick(events, "cancelled"), [{ type: "cancelled", lane: 1, through: 2 }]);
  assertEquals(pick(events, "spoken").map(({ segment }) => segment), [3]);
});

/** Does something as soon as the lanes are ready; returns all events. */
async function whenReady(
  setup: Setup,
  act: (interpretation: Interpretation, signal: AbortSignal) => Promise<void>,
) {
  const { services, options } = setUp(setup);
  const { signal } = new AbortController();
  const interpretation = interpret(silentSource(6000), services, options, signal);
  const events: SessionEvent[] = [];
  for await (const event of interpretation.events) {
    events.push(event);
    if (event.type === "ready") await act(interpretation, signal);
  }
  return events;
}

Deno.test("interpret() keeps translating a muted lane and does not speak it", async () => {
  const events = await whenReady(
    {},
    (interpretation, signal) => interpretation.control({ type: "mute", lane: 1, muted: true }, signal),
  );
  assertEquals(pick(events, "speech"), []);
  assertEquals(
    pick(events, "caption").findLast((caption) => caption.lane === 1)?.stable,
    "es:we es:go es:home",
  );
});

Deno.test("interpret() changes its targets while it runs: a lane that stays keeps its number, a new one gets a new number", async () => {
  const events = await whenReady(
    { options: { targets: ["es", "fr"] } },
    (interpretation, signal) => interpretation.control({ type: "targets", targets: ["fr", "de"] }, signal),
  );
  assertEquals(pick(events, "lanes")[0]?.lanes.map(({ lane, language }) => [lane, language]), [[2, "fr"], [
    3,
    "de",
  ]]);
  const lanes = pick(events, "spoken").filter(({ segment }) => segment === 2).map(({ lane }) => lane);
  assertEquals(lanes.toSorted(), [2, 3]);
  assert(
    pick(events, "settled").some(({ position }) => position >= 4900 * 16),
    "the source settles without the lane that left",
  );
});

Deno.test("interpret() keeps its targets when a new one does not open, and says why", async () => {
  const openFaults = [{ fault: "unavailable" as const }];
  const { services, options } = setUp({});
  const failing = fakeSynthesizer({ openFaults });
  const { signal } = new AbortController();
  const open = services.synthesizer.open;
  services.synthesizer.open = (wanted) => wanted.language === "de" ? failing.open(wanted) : open(wanted);
  const interpretation = interpret(silentSource(6000), services, options, signal);
  const events: SessionEvent[] = [];
  for await (const event of interpretation.events) {
    events.push(event);
    if (event.type === "ready") await interpretation.control({ type: "targets", targets: ["de"] }, signal);
  }
  assertEquals(pick(events, "failed").map(({ error }) => error.kind), ["unavailable"]);
  assertEquals(pick(events, "spoken").map(({ lane, segment }) => [lane, segment]), [[1, 1], [1, 2]]);
});

Deno.test("interpret() refuses a command for a lane that is not there", async () => {
  const { services, options } = setUp({});
  const { signal } = new AbortController();
  const interpretation = interpret(silentSource(100), services, options, signal);
  await assertRejects(
    () => interpretation.control({ type: "mute", lane: 2, muted: true }, signal),
    RangeError,
    "lane 2",
  );
});

Deno.test("interpret() stops everything when the signal aborts, in the middle of any stage", async () => {
  const stalls: Setup[] = [
    { stt: { faults: [{ fault: "stall", atMs: 1000 }] } },
    { mt: { faults: [{ fault: "stall" }] } },
    { tts: { faults: [{ fault: "stall", afterPieces: 1 }] } },
    { tts: { openFaults: [{ fault: "stall" }] } },
  ];
  for (const setup of stalls) {
    const { clock, services, options } = setUp(setup);
    const stop = new AbortController();
    const endless = async function* (): AsyncGenerator<Input, void> {
      yield* silentSource(6000);
      await new Promise((_, reject) =>
        stop.signal.addEventListener("abort", () => reject(stop.signal.reason))
      );
    };
    const reading = Array.fromAsync(interpret(endless(), services, options, stop.signal).events);
    reading.catch(() => {});
    for (let step = 0; step < 70; step++) await clock.advance(100);
    stop.abort(new DOMException("enough", "AbortError"));
    await assertRejects(() => reading, DOMException, "enough");
    assertEquals(clock.pending, 0);
  }
});

Deno.test("interpret() stops when its reader leaves", async () => {
  const { clock, services, options } = setUp({});
  for await (
    const event of interpret(silentSource(6000), services, options, new AbortController().signal).events
  ) {
    if (event.type === "segment") break;
  }
  assertEquals(clock.pending, 0);
});

Deno.test("interpret() waits for a reader that is slow instead of piling up", async () => {
  let pulledMs = 0;
  const long = Array.from(
    { length: 200 },
    (_, index) => utterance("we go home. then we go to sea.", 500 + index * 4000),
  );
  const { clock, services, options } = setUp({ script: long });
  const stop = new AbortController();
  const input = silentSource(800_000, { onFrame: (ms) => void (pulledMs = ms) });
  const events = interpret(input, services, options, stop.signal).events[Symbol.asyncIterator]();
  await events.next();
  for (let step = 0; step < 2000; step++) await clock.advance(0);
  assert(pulledMs < 200_000, `${pulledMs} ms were taken in`);
  stop.abort(new DOMException("enough", "AbortError"));
  await assertRejects(async () => {
    while (!(await events.next()).done);
  }, DOMException);
});

Deno.test("interpret() goes on from another session's position and segment", async () => {
  const events = await run(
    { options: { firstSegment: 12 } },
    () => silentSource(3000, { fromMs: 3500 }),
  );
  const segments = pick(events, "segment").map(({ segment }) => segment);
  assertEquals(segments.map(({ segment, text, startMs }) => [segment, text, startMs]), [[
    12,
    "we go home",
    4000,
  ]]);
});

Deno.test("interpret() goes on from segments that another session had cut, in the lanes that they are not over in", async () => {
  const segment = (number: number, text: string) => ({
    segment: number,
    utterance: 1,
    language: "en",
    text,
    words: [],
    startMs: 100 * number,
    endMs: 100 * number + 100,
  });
  const cut = [
    { segment: segment(12, "the old house"), targets: ["fr"] },
    { segment: segment(13, "is near"), targets: ["es", "fr"] },
  ];
  const events = await run(
    { options: { targets: ["es", "fr"], firstSegment: 12, cut } },
    () => silentSource(3000, { fromMs: 3500 }),
  );
  assertEquals(pick(events, "segment").map(({ segment }) => segment.segment), [14], "they were told");
  const spoken = pick(events, "spoken").map(({ lane, segment }) => `${lane}/${segment}`);
  assertEquals(spoken.toSorted(), ["1/13", "1/14", "2/12", "2/13", "2/14"]);
  const captions = (wanted: number) =>
    pick(events, "caption").flatMap(({ lane, final, stable }) => lane === wanted && final ? [stable] : []);
  assertEquals(captions(0), ["the old house", "is near", "we go home"]);
  assertEquals(captions(1), ["es:is es:near", "es:we es:go es:home"]);
  assertEquals(captions(2), ["fr:the fr:old fr:house", "fr:is fr:near", "fr:we fr:go fr:home"]);
  const { position, through } = pick(events, "settled").at(-1)!;
  assertEquals([position >= 4900 * 16, through], [true, 14]);
});

Deno.test("interpret() does with the segments of another session what is commanded before its own input", async () => {
  const { clock, services, options } = setUp({
    options: {
      firstSegment: 5,
      cut: [{
        segment: {
          segment: 5,
          utterance: 1,
          language: "en",
          text: "we go",
          words: [],
          startMs: 0,
          endMs: 100,
        },
        targets: ["es"],
      }],
    },
  });
  const { signal } = new AbortController();
  async function* later(): AsyncGenerator<Input> {
    await clock.sleep(1000, signal);
    yield* silentSource(500);
  }
  const interpretation = interpret(later(), services, options, signal);
  const events: SessionEvent[] = [];
  const reading = (async () => {
    for await (const event of interpretation.events) events.push(event);
  })();
  await clock.advance(500);
  await interpretation.control({ type: "mute", lane: 1, muted: true }, signal);
  await interpretation.control({ type: "targets", targets: ["fr"] }, signal);
  await runOut(clock, reading);
  assertEquals(pick(events, "speech"), []);
  assertEquals(pick(events, "skipped").map(({ lane, segment }) => [lane, segment]), [[1, 5]]);
});

Deno.test("interpret() says nothing about silence", async () => {
  const events = await run({ script: [] }, () => silentSource(5000));
  assertEquals(events.filter((event) => event.type !== "ready" && event.type !== "settled"), []);
});

Deno.test("interpret() takes an hour of talk without falling behind", async () => {
  const hour = Array.from(
    { length: 600 },
    (_, index) => utterance("the old house is near the sea and we go home", index * 6000 + 200),
  );
  const events = await run(
    { script: hour, tts: { msPerCharacter: 95 } },
    () => silentSource(3_600_000, { messageMs: 200 }),
  );
  const lags = pick(events, "spoken").map(({ lagMs }) => lagMs);
  assert(lags.length >= 600);
  assert(Math.max(...lags.slice(100)) < 6000, `the lag grew to ${Math.max(...lags.slice(100))} ms`);
});
