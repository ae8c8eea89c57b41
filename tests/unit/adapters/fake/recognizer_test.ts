import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import fc from "fast-check";
import { fakeRecognizer, type FakeRecognizerOptions } from "../../../../adapters/fake/recognizer.ts";
import { type ScriptedUtterance, utterance } from "../../../../adapters/fake/script.ts";
import type { Frame } from "../../../../pipeline/audio.ts";
import { PipelineError } from "../../../../pipeline/error.ts";
import type { HearingEvent, Input } from "../../../../pipeline/ports.ts";
import { assertConsistent, finals, texts, transcript } from "../../../conformance/hearing_events.ts";

const rate = 16000;
const signal = new AbortController().signal;
const options = { languages: ["en"], format: { codec: "pcm_s16le" as const, rate }, glossary: {}, signal };

const script: readonly ScriptedUtterance[] = [
  utterance("hello wide world", 500),
  {
    words: [
      { text: "ice", startMs: 2000, endMs: 2300, misheard: { text: "i", forMs: 350 } },
      { text: "cream", startMs: 2300, endMs: 2700, misheard: { text: "scream", forMs: 100 } },
      { text: "now", startMs: 2700, endMs: 3000 },
    ],
  },
];

/** Silence from one place to another, in frames of the given sizes in turn. */
function audio(fromMs: number, toMs: number, sizes: readonly number[] = [320]): Frame[] {
  const frames: Frame[] = [];
  const end = toMs * rate / 1000;
  for (let position = fromMs * rate / 1000, index = 0; position < end; index += 1) {
    const length = Math.min(sizes[index % sizes.length]!, end - position);
    frames.push({ type: "frame", rate, position, samples: new Int16Array(length) });
    position += length;
  }
  return frames;
}

async function hear(recognizer: FakeRecognizerOptions, ...input: Input[]): Promise<HearingEvent[]> {
  await using engine = fakeRecognizer(recognizer);
  await using hearing = await engine.open(options);
  return await listen(hearing.hear(source(input), signal));
}

async function* source(input: readonly Input[]): AsyncGenerator<Input> {
  yield* input;
}

async function listen(events: AsyncIterable<HearingEvent>): Promise<HearingEvent[]> {
  const heard: HearingEvent[] = [];
  for await (const event of events) heard.push(event);
  return heard;
}

function interims(events: readonly HearingEvent[]): string[] {
  return events.filter((event) => event.type === "hypothesis" && !event.final)
    .map((event) => event.type === "hypothesis" ? texts(event).join(" ") : "");
}

Deno.test("fakeRecognizer() hears the script at its places", async () => {
  const events = await hear({ script }, ...audio(0, 4000));
  assertConsistent(events, { rate, from: 0, to: 4 * rate, languages: ["en"] });
  assertEquals(finals(events).map((final) => texts(final).join(" ")), ["hello wide world", "ice cream now"]);
  assertEquals(finals(events).map((final) => final.heardTo), [22400, 48000]);
  const marks = events.filter((event) => event.type === "speech_started" || event.type === "endpoint");
  assertEquals(marks.map((event) => event.position), [8000, 22400, 32000, 48000]);
  assertEquals(events.at(-1), { type: "usage", audioMs: 4000 });
});

Deno.test("fakeRecognizer() reports after the scripted delays", async () => {
  const delays = { interimDelayMs: 100, finalDelayMs: 200, endpointDelayMs: 300 };
  const cut = [...audio(0, 1600), { type: "flush" as const, id: 1 }];
  assertEquals(finals(await hear({ script, ...delays }, ...audio(0, 1599))).map((final) => final.heardTo), [
    25584,
  ]);
  const events = await hear({ script, ...delays }, ...cut);
  assertEquals(finals(events).map((final) => final.heardTo), [25600]);
  const first = events.find((event) => event.type === "hypothesis");
  assertEquals(first?.heardTo, 900 * 16);
});

Deno.test("fakeRecognizer() mishears and corrects itself as scripted", async () => {
  const events = await hear({ script, finalDelayMs: 400, interimEveryMs: 1000 }, ...audio(1900, 4000));
  // "ice" is right 350 ms after it was heard, 50 ms before "cream" is heard and misheard.
  assertEquals(interims(events), ["i", "ice", "ice scream", "ice cream", "ice cream now"]);
  assertEquals(transcript(events), "ice cream now");
});

Deno.test("fakeRecognizer() counts a word as stable when it was right for long enough", async () => {
  const events = await hear({ script, stableDelayMs: 200, finalDelayMs: 400 }, ...audio(0, 4000));
  assertConsistent(events, { rate, from: 0, to: 4 * rate, languages: ["en"] });
  const stable = events.filter((event) => event.type === "hypothesis" && !event.final)
    .map((event) => event.type === "hypothesis" ? event.stable : 0);
  assert(stable.includes(1) && stable.includes(2), "No interim word became stable");
  const without = await hear({ script, finalDelayMs: 400 }, ...audio(0, 4000));
  assert(without.every((event) => event.type !== "hypothesis" || event.final || event.stable === 0));
});

Deno.test("fakeRecognizer().traits say how long a word has to stay the same", () => {
  assertEquals(fakeRecognizer({ script }).traits.stableAfterMs, 350);
  assertEquals(fakeRecognizer().traits.stableAfterMs, 0);
  assertEquals(fakeRecognizer({ script, stableAfterMs: 50 }).traits.stableAfterMs, 50);
});

Deno.test("fakeRecognizer() reports the same however the audio is cut", async () => {
  const delays = { interimDelayMs: 70, finalDelayMs: 130, endpointDelayMs: 250, stableDelayMs: 200 };
  const reported = async (...sizes: number[][]) => {
    const events = await hear({ script, ...delays }, ...audio(0, 4000, ...sizes));
    return events.filter((event) => event.type !== "progress");
  };
  const usual = await reported();
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 1, max: 9000 }), { minLength: 1, maxLength: 8 }),
      async (sizes) => {
        assertEquals(await reported(sizes), usual);
      },
    ),
    { numRuns: 50 },
  );
});

Deno.test("fakeRecognizer() keeps to the port whatever is flushed, missing or cut off", async () => {
  const delays = { interimDelayMs: 70, finalDelayMs: 130, endpointDelayMs: 250, stableDelayMs: 200 };
  const moment = fc.integer({ min: 0, max: 200 }).map((index) => index * 20);
  await fc.assert(
    fc.asyncProperty(
      fc.array(moment, { maxLength: 4 }),
      moment,
      moment,
      moment,
      async (flushes, one, other, end) => {
        const [gapFrom, gapTo] = [Math.min(one, other), Math.max(one, other)];
        const input: Input[] = [];
        const frames = audio(0, end).filter(({ position }) =>
          position < gapFrom * 16 || position >= gapTo * 16
        );
        for (const frame of frames) {
          for (const [id, atMs] of flushes.entries()) {
            if (atMs * 16 === frame.position) input.push({ type: "flush", id });
          }
          input.push(frame);
        }
        const asked = input.flatMap((item) => item.type === "flush" ? [item.id] : []);
        const from = frames[0]?.position ?? 0;
        const to = (frames.at(-1)?.position ?? 0) + 320;
        const events = await hear({ script, ...delays }, ...input);
        assertConsistent(events, { rate, from, to, languages: ["en"], flushes: asked });
      },
    ),
    { numRuns: 300 },
  );
});

Deno.test("fakeRecognizer() goes on from a later place in the script", async () => {
  const events = await hear({ script }, ...audio(1000, 4000));
  assertEquals(transcript(events), "world ice cream now");
});

Deno.test("fakeRecognizer() makes what was heard final at a flush and goes on with the rest", async () => {
  const events = await hear({ script }, ...audio(0, 1200), { type: "flush", id: 7 }, ...audio(1200, 1900));
  assertEquals(finals(events).map((final) => texts(final).join(" ")), ["hello wide", "world"]);
  const answered = events.findIndex((event) => event.type === "flushed");
  assertEquals(transcript(events.slice(0, answered)), "hello wide");
});

Deno.test("fakeRecognizer() plays faults at their places, so many times", async () => {
  await using engine = fakeRecognizer({
    script,
    faults: [{ atMs: 1200, fault: "rate_limited", times: 2, retryAfterMs: 50 }],
    openFaults: [{ fault: "unavailable" }],
  });
  await assertRejects(() => engine.open(options), PipelineError);
  for (const round of [1, 2]) {
    await using hearing = await engine.open(options);
    const events: HearingEvent[] = [];
    const outcome = await (async () => {
      for await (const event of hearing.hear(source(audio(0, 4000)), signal)) events.push(event);
    })().catch((error) => error);
    assertInstanceOf(outcome, PipelineError, `Round ${round} does not fail`);
    assertEquals([outcome.kind, outcome.retryAfterMs], ["rate_limited", 50]);
    assert(interims(events).includes("hello wide") && finals(events).length === 0);
  }
  await using hearing = await engine.open(options);
  assertEquals(
    transcript(await listen(hearing.hear(source(audio(0, 4000)), signal))),
    "hello wide world ice cream now",
  );
});

Deno.test("fakeRecognizer() stalls until it is aborted", async () => {
  await using engine = fakeRecognizer({ script, faults: [{ atMs: 100, fault: "stall" }] });
  await using hearing = await engine.open(options);
  const abort = new AbortController();
  const outcome = listen(hearing.hear(source(audio(0, 4000)), abort.signal)).catch((error) => error);
  const reason = new Error("enough");
  setTimeout(() => abort.abort(reason));
  assertStrictEquals(await outcome, reason);
});

Deno.test("fakeRecognizer() refuses a script whose words overlap", () => {
  const overlapping = [utterance("one two", 0), utterance("three", 500)];
  assertThrows(
    () => fakeRecognizer({ script: overlapping }),
    RangeError,
    "expected a span that begins at 600",
  );
  const close = [utterance("one two", 0), utterance("three", 700)];
  assertThrows(() => fakeRecognizer({ script: close, endpointDelayMs: 200 }), RangeError, "at 800");
  assertThrows(() => fakeRecognizer({ script: [{ words: [] }] }), RangeError, "no words");
});

Deno.test("fakeRecognizer() refuses encoded audio, another rate and a second hearing", async () => {
  await using engine = fakeRecognizer({ script });
  await using hearing = await engine.open(options);
  const odd: Frame = { type: "frame", rate: 8000, position: 0, samples: new Int16Array(80) };
  await assertRejects(() => listen(hearing.hear(source([odd]), signal)), PipelineError, "its rate is 8000");
  await assertRejects(() => listen(hearing.hear(source([]), signal)), TypeError, "twice");
  await assertRejects(
    () => engine.open({ ...options, format: { codec: "opus", rate: 48000 } }),
    PipelineError,
    "opus",
  );
});
