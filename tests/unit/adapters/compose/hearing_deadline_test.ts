import { assert, assertEquals, assertInstanceOf, assertStrictEquals } from "@std/assert";
import { hearingDeadline } from "../../../../adapters/compose/hearing_deadline.ts";
import { LatencyWindow } from "../../../../adapters/compose/latency_window.ts";
import { fakeRecognizer, type FakeRecognizerOptions } from "../../../../adapters/fake/recognizer.ts";
import { utterance } from "../../../../adapters/fake/script.ts";
import type { Owned } from "../../../../adapters/provider.ts";
import { PipelineError } from "../../../../pipeline/error.ts";
import type { HearingEvent, Input, SpeechRecognizer } from "../../../../pipeline/ports.ts";
import { outcome } from "../../../support/answers.ts";
import { FakeClock } from "../../../support/fake_clock.ts";
import { silentSource } from "../../../support/source.ts";

const rate = 16_000;
const rule = { coldMs: 3000, floorMs: 1000, ceilingMs: 5000, factor: 2, marginMs: 50 };

function setUp() {
  const clock = new FakeClock();
  const options = {
    clock,
    opening: new LatencyWindow(),
    reports: new LatencyWindow(),
    openingRule: rule,
    reportRule: rule,
  };
  const guard = (engine: Owned<SpeechRecognizer>) => hearingDeadline(engine, options);
  return { clock, guard };
}

function recognizer(options: FakeRecognizerOptions = {}): Owned<SpeechRecognizer> {
  return fakeRecognizer({ script: [utterance("the old house is near the sea", 500)], ...options });
}

async function hear(
  engine: SpeechRecognizer,
  input: AsyncIterable<Input>,
  signal = new AbortController().signal,
): Promise<HearingEvent[]> {
  await using hearing = await engine.open({
    languages: ["en"],
    format: { codec: "pcm_s16le", rate },
    glossary: {},
    signal,
  });
  const events: HearingEvent[] = [];
  for await (const event of hearing.hear(input, signal)) events.push(event);
  return events;
}

/** Frames of 100 ms, as fast as they are taken. */
function* frames(ms: number): Generator<Input, void> {
  for (let at = 0; at < ms; at += 100) {
    yield { type: "frame", rate, position: at * rate / 1000, samples: new Int16Array(rate / 10) };
  }
}

/** As a recording gives it. */
async function* recording(ms: number): AsyncGenerator<Input, void> {
  yield* frames(ms);
}

/** As a microphone gives it: a frame every 100 ms of the clock. */
async function* microphone(clock: FakeClock, ms: number): AsyncGenerator<Input, void> {
  for (const frame of frames(ms)) {
    await clock.sleep(100, new AbortController().signal);
    yield frame;
  }
}

function kindOf(error: unknown): string {
  assertInstanceOf(error, PipelineError);
  return error.kind;
}

Deno.test("hearingDeadline() changes nothing of a hearing that goes well", async () => {
  const { clock, guard } = setUp();
  const plain = await hear(recognizer(), recording(5000));
  const { value } = await outcome(clock, hear(guard(recognizer()), recording(5000)));
  assertEquals(value, plain);
  assertEquals(clock.pending, 0);
});

Deno.test("hearingDeadline() takes a recognizer that falls silent in speech for one that failed", async () => {
  const { clock, guard } = setUp();
  const stalling = guard(recognizer({ faults: [{ fault: "stall", atMs: 1500 }] }));
  const { error, atMs } = await outcome(clock, hear(stalling, microphone(clock, 60_000)));
  assertEquals(kindOf(error), "timeout");
  // 300 ms of speech that it owes a report on, and the deadline while little is known.
  assert(atMs >= 1500 + 3000 && atMs <= 1500 + 3000 + 500, `it was noticed at ${atMs} ms`);
  await clock.advance(100);
});

Deno.test("hearingDeadline() notices a flush that is not answered and an end that does not come", async () => {
  const flushed = async function* (clock: FakeClock): AsyncGenerator<Input> {
    yield* microphone(clock, 400);
    yield { type: "flush", id: 1 };
    await clock.sleep(100_000, new AbortController().signal);
  };
  const deaf: Owned<SpeechRecognizer> = {
    ...recognizer(),
    open: () =>
      Promise.resolve({
        // deno-lint-ignore require-yield -- one that never reports
        async *hear(input: AsyncIterable<Input>, signal: AbortSignal) {
          for await (const _ of input);
          await new Promise((_, reject) => {
            signal.addEventListener("abort", () => reject(signal.reason), { once: true });
          });
        },
        [Symbol.asyncDispose]: () => Promise.resolve(),
      }),
  };
  for (const input of [flushed, (clock: FakeClock) => microphone(clock, 400)]) {
    const { clock, guard } = setUp();
    const { error, atMs } = await outcome(clock, hear(guard(deaf), input(clock)));
    assertEquals([kindOf(error), atMs], ["timeout", 3400]);
  }
});

Deno.test("hearingDeadline() takes a recognizer that does not even report silence for one that failed", async () => {
  for (const atMs of [0, 5000]) {
    const { clock, guard } = setUp();
    const stalling = guard(recognizer({ script: [], faults: [{ fault: "stall", atMs }] }));
    const { error, atMs: noticedMs } = await outcome(clock, hear(stalling, microphone(clock, 60_000)));
    assertEquals(kindOf(error), "timeout");
    assert(noticedMs <= atMs + 2000 + 3000 + 100, `it was noticed at ${noticedMs} ms`);
    await clock.advance(100);
  }
});

Deno.test("hearingDeadline() lets a recognizer hear silence for as long as there is some", async () => {
  const { clock, guard } = setUp();
  const { value } = await outcome(clock, hear(guard(recognizer({ script: [] })), microphone(clock, 50_000)));
  assertEquals(value!.filter(({ type }) => type === "progress").length >= 49, true);
  assertEquals(clock.pending, 0);
});

Deno.test("hearingDeadline() does not take a reader that is slow for a recognizer that is", async () => {
  const { clock, guard } = setUp();
  const { signal } = new AbortController();
  const hearing = await guard(recognizer()).open({
    languages: ["en"],
    format: { codec: "pcm_s16le", rate },
    glossary: {},
    signal,
  });
  let events = 0;
  const reading = (async () => {
    for await (const _ of hearing.hear(recording(4000), signal)) {
      events += 1;
      await clock.sleep(10_000, signal);
    }
  })();
  const { error } = await outcome(clock, reading, 1_000_000);
  assertEquals(error, undefined);
  assert(events > 10);
});

Deno.test("hearingDeadline() takes no more than three seconds of input ahead", async () => {
  const { clock, guard } = setUp();
  const stop = new AbortController();
  let takenMs = 0;
  const stalling = recognizer({ faults: [{ fault: "stall", atMs: 0 }] });
  const source = silentSource(60_000, { onFrame: (ms) => void (takenMs = ms) });
  const work = hear(guard(stalling), source, stop.signal);
  work.catch(() => {});
  for (let step = 0; step < 500; step += 1) await clock.advance(0);
  assert(takenMs <= 3200, `${takenMs} ms were taken in`);
  const reason = new Error("enough");
  stop.abort(reason);
  assertStrictEquals((await outcome(clock, work, 0)).error, reason);
  assertEquals(clock.pending, 0);
});
