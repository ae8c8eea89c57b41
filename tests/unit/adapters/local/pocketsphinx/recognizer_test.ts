import { assertEquals, assertRejects } from "@std/assert";
import {
  type PocketsphinxOptions,
  pocketsphinxRecognizer,
} from "../../../../../adapters/local/pocketsphinx/recognizer.ts";
import { PipelineError } from "../../../../../pipeline/error.ts";
import type { HearingEvent, Input, RecognizerOptions } from "../../../../../pipeline/ports.ts";
import { finals, transcript } from "../../../../conformance/hearing_events.ts";
import { conformSpeechRecognizer } from "../../../../conformance/speech_recognizer.ts";
import { LevelDecoder } from "./level_decoder.ts";

const rate = 16_000;
const { signal } = new AbortController();
const options: RecognizerOptions & { signal: AbortSignal } = {
  languages: ["en"],
  format: { codec: "pcm_s16le", rate },
  glossary: {},
  signal,
};

/** Words of 300 ms named by their levels, with half a second of silence around them. */
function utterance(...levels: number[]): Int16Array<ArrayBuffer> {
  const samples = new Int16Array(rate + levels.length * 4800);
  for (const [index, level] of levels.entries()) {
    samples.fill(level, 8000 + index * 4800, 12800 + index * 4800);
  }
  return samples;
}

function recognizer(more: PocketsphinxOptions = {}) {
  const decoders: LevelDecoder[] = [];
  const engine = pocketsphinxRecognizer({
    start: () => {
      const decoder = new LevelDecoder();
      decoders.push(decoder);
      return Promise.resolve(decoder);
    },
    warm: 1,
    max: 2,
    ...more,
  });
  return { engine, decoders };
}

async function* source(...items: Input[]): AsyncGenerator<Input> {
  for (const item of items) {
    await Promise.resolve();
    yield item;
  }
}

function frame(samples: Int16Array, position = 0): Input {
  return { type: "frame", rate, position, samples };
}

async function collect(events: AsyncIterable<HearingEvent>): Promise<HearingEvent[]> {
  return await Array.fromAsync(events);
}

conformSpeechRecognizer("pocketsphinxRecognizer() with a decoder of levels", () => ({
  create: () => recognizer().engine,
  options: { languages: ["en"], format: { codec: "pcm_s16le", rate }, glossary: {} },
  utterances: [utterance(2001, 2002, 2003), utterance(2004, 2005)],
  silence: new Int16Array(2 * rate),
  patienceMs: 5000,
}));

Deno.test("pocketsphinxRecognizer() reports in the variety of the language that was asked for", async () => {
  const { engine } = recognizer();
  await using _engine = engine;
  await using hearing = await engine.open({ ...options, languages: ["de", "en-GB"] });
  const events = await collect(hearing.hear(source(frame(utterance(1, 2))), signal));
  assertEquals(finals(events).map(({ language }) => language), ["en-GB"]);
  assertEquals(events.at(-1), { type: "usage", audioMs: 1600 });
});

Deno.test("pocketsphinxRecognizer().open() refuses other formats", async () => {
  const { engine } = recognizer();
  await using _engine = engine;
  for (const format of [{ codec: "opus", rate: 48000 }, { codec: "pcm_s16le", rate: 8000 }] as const) {
    const error = await assertRejects(() => engine.open({ ...options, format }), PipelineError, "16000 Hz");
    assertEquals(error.kind, "invalid_request");
  }
});

Deno.test("pocketsphinxRecognizer() refuses frames at another rate in the middle of a session", async () => {
  const { engine } = recognizer();
  await using _engine = engine;
  await using hearing = await engine.open(options);
  const input = source(frame(utterance(1)), {
    type: "frame",
    rate: 8000,
    position: 0,
    samples: new Int16Array(8),
  });
  const error = await assertRejects(() => collect(hearing.hear(input, signal)), PipelineError, "at 8000 Hz");
  assertEquals(error.kind, "invalid_request");
});

Deno.test("pocketsphinxRecognizer() hears once in a session", async () => {
  const { engine } = recognizer();
  await using _engine = engine;
  await using hearing = await engine.open(options);
  await collect(hearing.hear(source(), signal));
  await assertRejects(() => collect(hearing.hear(source(), signal)), TypeError, "Cannot hear twice");
});

Deno.test("pocketsphinxRecognizer() takes no audio ahead of what its decoder has heard", async () => {
  let open = () => {};
  const gate = new Promise<void>((resolve) => open = resolve);
  const { engine } = recognizer({
    start: () => Promise.resolve(new LevelDecoder({ onAsk: () => gate })),
  });
  await using _engine = engine;
  await using hearing = await engine.open(options);
  let taken = 0;
  const input = (async function* () {
    for (let position = 0; position < 10 * rate; position += 320) {
      taken += 320;
      yield frame(new Int16Array(320), position);
    }
  })();
  const events = collect(hearing.hear(input, signal));
  await new Promise((resolve) => setImmediate(resolve));
  assertEquals(taken, 960);
  open();
  await events;
  assertEquals(taken, 10 * rate);
});

Deno.test("pocketsphinxRecognizer() ends hearings and decoders when it is disposed", async () => {
  const { engine, decoders } = recognizer();
  await using hearing = await engine.open(options);
  const events = hearing.hear(source(frame(utterance(1, 2).subarray(0, rate))), signal)
    [Symbol.asyncIterator]();
  await events.next();
  await engine[Symbol.asyncDispose]();
  const error = await assertRejects(async () => {
    while (!(await events.next()).done);
  }, PipelineError);
  assertEquals(error.kind, "unavailable");
  assertEquals(decoders.filter((decoder) => decoder.alive), []);
  await assertRejects(() => engine.open(options), TypeError, "disposed");
});

Deno.test("pocketsphinxRecognizer() keeps the transcript when the source goes on after a flush", async () => {
  const { engine } = recognizer();
  await using _engine = engine;
  await using hearing = await engine.open(options);
  const samples = utterance(1, 2, 3, 4);
  const at = 8000 + 2 * 4800;
  const events = await collect(hearing.hear(
    source(frame(samples.subarray(0, at)), { type: "flush", id: 4 }, frame(samples.subarray(at), at)),
    signal,
  ));
  assertEquals(transcript(events), "w1 w2 w3 w4");
  assertEquals(finals(events).map(({ words }) => words.length), [2, 2]);
});
