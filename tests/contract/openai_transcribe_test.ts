import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertGreater,
  assertLess,
  assertLessOrEqual,
  assertRejects,
  assertStrictEquals,
} from "@std/assert";
import { fallbackRecognizer } from "../../adapters/compose/fallback_recognizer.ts";
import { Tone } from "../../adapters/fake/tone.ts";
import {
  transcribeRecognizer,
  type TranscribeRecognizerOptions,
} from "../../adapters/openai_transcribe/recognizer.ts";
import { systemClock } from "../../flow/clock.ts";
import { type ErrorKind, PipelineError } from "../../pipeline/error.ts";
import type {
  Glossary,
  Hearing,
  HearingEvent,
  Hypothesis,
  Input,
  SpeechRecognizer,
} from "../../pipeline/ports.ts";
import { assertConsistent, finals, texts, transcript } from "../conformance/hearing_events.ts";
import { conformSpeechRecognizer } from "../conformance/speech_recognizer.ts";
import {
  type HttpFault,
  scenarioKey,
  type ScenarioServer,
  withScenario,
} from "../support/contract/scenario.ts";
import { toneWords, transcriptionServer } from "../support/contract/transcription.ts";
import { assertSilent } from "../support/contract/translator_failures.ts";
import { readUpload } from "../support/contract/upload.ts";
import { FakeClock, settle } from "../support/fake_clock.ts";

const rate = 16_000;
const options = { languages: ["en"], format: { codec: "pcm_s16le", rate }, glossary: {} } as const;
const { signal } = new AbortController();
const route = "/audio/transcriptions";

const create = (address: string, more: Partial<TranscribeRecognizerOptions> = {}) =>
  transcribeRecognizer({
    key: scenarioKey,
    address,
    model: "scenario",
    answer: "text",
    languages: ["en", "es", "pt-BR"],
    ...more,
  });

/** Stretches of sound, each with silence after it, half a second of it before the first. */
function sounds(...stretches: readonly (readonly [soundMs: number, silenceMs: number])[]): Int16Array {
  const parts = stretches.map(([soundMs, silenceMs]) => {
    const samples = new Int16Array(rate * (soundMs + silenceMs) / 1000);
    samples.set(new Tone(440, rate).samples(0, rate * soundMs / 1000));
    return samples;
  });
  const lead = rate / 2;
  const whole = new Int16Array(lead + parts.reduce((sum, { length }) => sum + length, 0));
  let at = lead;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function* frames(samples: Int16Array, from = 0): Generator<Input> {
  for (let at = from; at < samples.length; at += 320) {
    yield { type: "frame", rate, position: at, samples: samples.slice(at, at + 320) };
  }
}

async function* input(samples: Int16Array, from = 0): AsyncGenerator<Input> {
  yield* frames(samples, from);
}

function open(engine: SpeechRecognizer, glossary: Glossary = {}, languages: readonly string[] = ["en"]) {
  return engine.open({ ...options, languages, glossary, signal });
}

/** What was reported, and how it ended. */
async function report(hearing: Hearing, source: AsyncIterable<Input>, until: AbortSignal = signal) {
  const events: HearingEvent[] = [];
  let error: unknown;
  try {
    for await (const event of hearing.hear(source, until)) events.push(event);
  } catch (reason) {
    error = reason;
  }
  return { events, error };
}

async function hearAll(engine: SpeechRecognizer, samples: Int16Array): Promise<HearingEvent[]> {
  await using hearing = await open(engine);
  const { events, error } = await report(hearing, input(samples));
  if (error) throw error;
  assertConsistent(events, { rate, from: 0, to: samples.length, languages: ["en"] });
  return events;
}

function hypotheses(events: readonly HearingEvent[]): Hypothesis[] {
  return events.filter((event) => event.type === "hypothesis");
}

function uploads(server: ScenarioServer) {
  return Promise.all(server.requests.filter(({ method }) => method === "POST").map(readUpload));
}

const two = sounds([1000, 900], [1500, 900]);

for (
  const [dialect, answer] of [
    ["gpt", "stream"],
    ["speaches", "stream"],
    ["whisper", "words"],
    ["speaches", "words"],
    ["whisper.cpp", "words"],
    ["gpt", "text"],
  ] as const
) {
  conformSpeechRecognizer(`openai_transcribe with ${answer} of ${dialect}, transcribing again`, () => ({
    create() {
      const server = transcriptionServer({ dialect });
      return withScenario(create(server.address, { answer, interimMs: 300 }), server);
    },
    options,
    utterances: [sounds([1000, 900]), sounds([1500, 900])],
    silence: new Int16Array(2 * rate),
    patienceMs: 10_000,
  }));
}

conformSpeechRecognizer("openai_transcribe, an utterance at a time,", () => ({
  create() {
    const server = transcriptionServer();
    return withScenario(create(server.address, { answer: "stream" }), server);
  },
  options,
  utterances: [sounds([1000, 900]), sounds([1500, 900])],
  silence: new Int16Array(2 * rate),
  patienceMs: 10_000,
}));

const faults: readonly (readonly [fault: HttpFault, kind: ErrorKind])[] = [
  [{ type: "status", status: 400 }, "invalid_request"],
  [{ type: "status", status: 400, body: `{"error":"failed to read WAV file"}` }, "invalid_request"],
  [{ type: "status", status: 401 }, "unauthenticated"],
  [{ type: "status", status: 403 }, "unauthenticated"],
  [
    {
      type: "status",
      status: 404,
      body: `{"error":{"type":"invalid_request_error","code":"model_not_found"}}`,
    },
    "invalid_request",
  ],
  [{ type: "status", status: 413 }, "invalid_request"],
  [
    { type: "status", status: 422, body: `{"detail":[{"loc":["body"],"msg":"a secret"}]}` },
    "invalid_request",
  ],
  [{ type: "status", status: 429, headers: { "retry-after": "1" } }, "rate_limited"],
  [{ type: "status", status: 429, body: `{"error":{"code":"insufficient_quota"}}` }, "quota_exhausted"],
  [{ type: "status", status: 500, body: `{"error":"failed to process audio"}` }, "unavailable"],
  [{ type: "status", status: 502, body: "<html>" }, "unavailable"],
  [{ type: "status", status: 503 }, "overloaded"],
  [{ type: "status", status: 504 }, "timeout"],
  [{ type: "status", status: 302, headers: { location: "http://127.0.0.1:9/" } }, "invalid_request"],
  [{ type: "cut", after: 0 }, "unavailable"],
  [{ type: "cut", after: 7 }, "unavailable"],
  [{ type: "body", body: "" }, "unavailable"],
  [{ type: "body", body: "<html>" }, "unavailable"],
  [{ type: "body", body: `{"tex` }, "internal"],
  [{ type: "body", body: `{"error":"a secret"}` }, "internal"],
  [{ type: "body", body: `{"text":["a secret"]}` }, "internal"],
  [{ type: "body", body: `{"text":"${"a secret ".repeat(2000)}"}` }, "internal"],
  [{ type: "body", body: `data: {"type":"transcript.text.delta","delta":"a secret"}\n\n` }, "unavailable"],
  [{ type: "body", body: `data: [DONE]\n\n` }, "unavailable"],
  [{ type: "body", body: `data: a secret\n\n` }, "internal"],
  [
    { type: "body", body: `data: {"error":{"type":"rate_limit_error","message":"a secret"}}\n\n` },
    "rate_limited",
  ],
  [{ type: "body", body: `data: {"error":{"message":"a secret"}}\n\n` }, "unavailable"],
  [
    {
      type: "body",
      body: `data: {"type":"transcript.text.delta","delta":"${"a secret ".repeat(2000)}"}\n\n`,
    },
    "internal",
  ],
];

for (const [fault, kind] of faults) {
  for (const answer of ["stream", "words"] as const) {
    const what = fault.type === "status"
      ? `status ${fault.status} ${fault.body ?? ""}`
      : JSON.stringify(fault).slice(0, 90);
    Deno.test(`openai_transcribe with ${answer} turns ${what} into ${kind}; others can go on where it stopped`, async () => {
      const dialect = answer === "words" ? "whisper" : "gpt";
      // The second utterance is sent when the fault is there, and not before.
      let planned = false;
      await using server = transcriptionServer({ dialect });
      await using engine = create(server.address, { answer });
      await using hearing = await open(engine);
      const source = (async function* () {
        for (const item of frames(two)) {
          yield item;
          while (item.type === "frame" && item.position >= 2.2 * rate && !planned) await settle();
        }
      })();
      const events: HearingEvent[] = [];
      const error = await (async () => {
        for await (const event of hearing.hear(source, signal)) {
          events.push(event);
          if (event.type !== "endpoint") continue;
          server.faults.push({ route, fault });
          planned = true;
        }
      })().catch((error) => error);
      assertSilent(error, kind);
      assertEquals(
        error.retryAfterMs,
        fault.type === "status" && fault.headers?.["retry-after"] ? 1000 : undefined,
      );
      assertEquals(finals(events).length, 1, "The first utterance is final before the failure of the second");
      const settledTo = events.findLast((event) => event.type === "hypothesis" || event.type === "progress")!
        .settledTo;
      assertLessOrEqual(settledTo, 2.4 * rate, "Sound that is not final was settled");
      assertGreater(settledTo, 1.4 * rate);
      await using other = await open(engine);
      const rest = await report(other, input(two, settledTo));
      assertEquals(transcript(rest.events), "One two three four five.");
    });
  }
}

Deno.test("openai_transcribe loses and repeats no word when every third request fails and is tried again", async () => {
  const calm = transcriptionServer({ dialect: "whisper" });
  const samples = sounds([1000, 700], [700, 700], [1300, 900], [600, 1200]);
  await using undisturbed = withScenario(create(calm.address, { answer: "words" }), calm);
  const expected = transcript(await hearAll(undisturbed, samples));
  await using server = transcriptionServer({
    dialect: "whisper",
    answers: (() => {
      let count = 0;
      return () => ++count % 3 === 1 ? new Response("", { status: 500 }) : undefined;
    })(),
  });
  await using engine = fallbackRecognizer([create(server.address, { answer: "words" })], {
    clock: { ...systemClock, sleep: () => Promise.resolve() },
    random: () => 0,
    observe: () => {},
  });
  assertEquals(transcript(await hearAll(engine, samples)), expected);
});

Deno.test("openai_transcribe tells the words in order when a later answer comes first", async () => {
  const first = Promise.withResolvers<void>();
  const second = Promise.withResolvers<void>();
  await using server = transcriptionServer({
    wait(request) {
      if (request === 2) second.resolve();
      return request === 1 ? first.promise : undefined;
    },
  });
  await using engine = create(server.address);
  second.promise.then(async () => {
    while (server.requests.length < 3) await settle();
    first.resolve();
  });
  const events = await hearAll(engine, two);
  assertEquals(finals(events).map((final) => final.words.length), [4, 5]);
  assertEquals(
    events.filter(({ type }) => type === "speech_started" || type === "endpoint").map(({ type }) => type),
    ["speech_started", "endpoint", "speech_started", "endpoint"],
  );
});

for (const [soundMs, count] of [[400, 60], [5000, 10]] as const) {
  Deno.test(`openai_transcribe waits with utterances of ${soundMs} ms when answers are late`, async () => {
    const answered = Promise.withResolvers<void>();
    let waiting = 0;
    let most = 0;
    await using server = transcriptionServer({
      async wait() {
        waiting += 1;
        most = Math.max(most, waiting);
        await answered.promise;
        waiting -= 1;
      },
    });
    await using engine = create(server.address);
    await using hearing = await open(engine);
    const samples = sounds(...Array.from({ length: count }, () => [soundMs, 600] as const));
    let takenTo = 0;
    const source = (async function* () {
      for (const item of frames(samples)) {
        yield item;
        takenTo = item.type === "frame" ? item.position : takenTo;
      }
    })();
    const done = report(hearing, source);
    let before = -1;
    // Until nothing moves any more.
    for (let still = 0; still < 50; still += 1) {
      if (takenTo !== before) still = 0;
      before = takenTo;
      await settle();
    }
    // Others who take over have 15 seconds of the source.
    assertLessOrEqual(takenTo / rate, 14.6);
    assertGreater(takenTo / rate, 3);
    assertLessOrEqual(most, 5, "Requests on their way");
    answered.resolve();
    const { events, error } = await done;
    assertEquals(error, undefined);
    assertEquals(finals(events).length, count);
  });
}

Deno.test("openai_transcribe says that it still works while a flush has to wait", async () => {
  const answered = Promise.withResolvers<void>();
  await using server = transcriptionServer({ wait: () => answered.promise });
  const clock = new FakeClock();
  await using engine = create(server.address, { clock, deadlineMs: 10_000 });
  await using hearing = await open(engine);
  const samples = two.subarray(0, rate);
  const source = (async function* (): AsyncGenerator<Input> {
    yield* frames(samples);
    yield { type: "flush", id: 3 };
  })();
  const events: HearingEvent[] = [];
  const done = (async () => {
    for await (const event of hearing.hear(source, signal)) events.push(event);
  })();
  while (server.requests.length < 2) await settle();
  const before = events.length;
  await clock.advance(2000);
  assertEquals(events.slice(before).map(({ type }) => type), Array(4).fill("progress"));
  answered.resolve();
  await done;
  assertConsistent(events, { rate, from: 0, to: samples.length, languages: ["en"], flushes: [3] });
  assertEquals(clock.pending, 0, "A timer is left");
});

Deno.test("openai_transcribe gives up when nothing comes", async () => {
  await using server = transcriptionServer();
  const clock = new FakeClock();
  await using engine = create(server.address, { clock, deadlineMs: 3000 });
  await using hearing = await open(engine);
  server.faults.push({ route, fault: { type: "hang" } });
  const outcome = report(hearing, input(two.subarray(0, 2.3 * rate)));
  while (server.requests.length < 2) await settle();
  await clock.advance(3000);
  assertSilent((await outcome).error, "timeout");
  assertEquals(clock.pending, 0, "A deadline is left");
});

Deno.test("openai_transcribe stops when the session or the engine is disposed, or the signal aborts", async () => {
  for (const how of ["session", "engine", "signal"] as const) {
    await using server = transcriptionServer();
    await using engine = create(server.address);
    await using hearing = await open(engine);
    server.faults.push({ route, fault: { type: "hang" } });
    const abort = new AbortController();
    const reason = new Error("no longer wanted");
    const outcome = report(hearing, input(two.subarray(0, 2.3 * rate)), abort.signal);
    while (server.requests.length < 2) await settle();
    if (how === "session") await hearing[Symbol.asyncDispose]();
    else if (how === "engine") await engine[Symbol.asyncDispose]();
    else abort.abort(reason);
    const { error } = await outcome;
    if (how === "signal") assertStrictEquals(error, reason);
    else assertSilent(error, "unavailable");
    await assertRejects(async () => await Array.fromAsync(hearing.hear(input(two), signal)), TypeError);
  }
});

Deno.test("openai_transcribe finds out at its opening that the key is refused, or the server busy", async () => {
  for (
    const [status, kind] of [[401, "unauthenticated"], [429, "rate_limited"], [503, "overloaded"]] as const
  ) {
    await using server = transcriptionServer();
    await using engine = create(server.address);
    server.faults.push({ route: "/models", fault: { type: "status", status } });
    assertSilent(await open(engine).catch((error) => error), kind);
  }
  await using server = transcriptionServer();
  await using engine = create(server.address, { key: "sk-wrong" });
  assertSilent(await open(engine).catch((error) => error), "unauthenticated");
});

Deno.test("openai_transcribe does without a list of models", async () => {
  for (const fault of [{ type: "status", status: 404 }, { type: "body", body: "<html>" }] as const) {
    await using server = transcriptionServer();
    await using engine = create(server.address);
    server.faults.push({ route: "/models", fault });
    assertEquals(finals(await hearAll(engine, two)).length, 2);
  }
});

Deno.test("openai_transcribe says that it cannot be reached, and stops opening when it is told to", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  await using lost = create(`http://127.0.0.1:${port}`);
  assertSilent(await open(lost).catch((error) => error), "unavailable");
  await using server = transcriptionServer();
  await using engine = create(server.address);
  server.faults.push({ route: "/models", fault: { type: "hang" } });
  const abort = new AbortController();
  const reason = new Error("no longer wanted");
  const opening = engine.open({ ...options, signal: abort.signal }).catch((error) => error);
  while (server.requests.length === 0) await settle();
  abort.abort(reason);
  assertStrictEquals(await opening, reason);
});

Deno.test("openai_transcribe refuses what it cannot hear", async () => {
  await using server = transcriptionServer();
  await using engine = create(server.address);
  const format = { codec: "pcm_s16le", rate: 8000 } as const;
  const error = await assertRejects(
    () => engine.open({ ...options, format, signal }),
    PipelineError,
    "8000 Hz",
  );
  assertEquals(error.kind, "invalid_request");
  await using hearing = await open(engine);
  const odd = (async function* (): AsyncGenerator<Input> {
    yield { type: "frame", rate: 8000, position: 0, samples: new Int16Array(160) };
  })();
  assertEquals((await report(hearing, odd)).error instanceof PipelineError, true);
});

Deno.test("openai_transcribe sends an utterance with a little silence around it, and the times of its words", async () => {
  for (const dialect of ["whisper", "speaches", "whisper.cpp"] as const) {
    await using server = transcriptionServer({ dialect });
    await using engine = create(server.address, { answer: "words" });
    const [first, second] = finals(await hearAll(engine, two));
    assertEquals([first, second].map((final) => texts(final!).join(" ")), [
      "One two three four.",
      "One two three four five.",
    ]);
    const expected = toneWords(two, rate);
    for (const [index, word] of [...first!.words, ...second!.words].entries()) {
      assertEquals(word.timing, "measured");
      if (index < 4) assertAlmostEquals(word.startMs, 1000 * expected[index]!.start, 25);
    }
    const [one, other] = await uploads(server);
    for (const [{ samples }, soundMs] of [[one!, 1000], [other!, 1500]] as const) {
      const loud = samples.findIndex((sample) => Math.abs(sample) > 400) / 16;
      assert(loud >= 200 && loud <= 300, `${loud} ms of silence lie before the sound`);
      assertLess(samples.length / 16 - soundMs, 700);
    }
  }
});

Deno.test("openai_transcribe estimates times within the speech where there are none", async () => {
  await using server = transcriptionServer();
  await using engine = create(server.address);
  const [first] = finals(await hearAll(engine, two));
  assert(first!.words.every(({ timing }) => timing === "estimated"));
  assertAlmostEquals(first!.words[0]!.startMs, 500, 60);
  assertAlmostEquals(first!.words.at(-1)!.endMs, 1500, 150);
});

Deno.test("openai_transcribe shows the words of a stream as they come, and takes none of them back", async () => {
  await using server = transcriptionServer();
  await using engine = create(server.address, { answer: "stream" });
  const events = await hearAll(engine, two);
  const first = hypotheses(events).filter(({ utterance }) => utterance === 1);
  assertGreater(first.length, 1, "Nothing was shown before the whole");
  assert(
    first.slice(0, -1).every(({ stable, words }) => stable < words.length),
    "An unfinished word is stable",
  );
  assertEquals(texts(first.at(-1)!), ["One", "two", "three", "four."]);
});

const streams: readonly (readonly [what: string, events: readonly object[], heard: string])[] = [
  ["nothing", [{ type: "transcript.text.done", text: "" }], ""],
  ["a whole without parts", [{ type: "transcript.text.done", text: " One  two \n" }], "One two"],
  ["a contradicting end", [
    { type: "transcript.text.delta", delta: "One two three" },
    { type: "transcript.text.done", text: "Four five" },
  ], "One two three"],
  ["an empty end", [{ type: "transcript.text.delta", delta: " One" }, {
    type: "transcript.text.done",
    text: "",
  }], "One"],
  ["an end that says more", [
    { type: "transcript.text.delta", delta: "One tw" },
    { type: "transcript.text.done", text: "One two three" },
  ], "One two three"],
  ["more after the end", [
    { type: "transcript.text.done", text: "One" },
    { type: "transcript.text.delta", delta: " two" },
    { type: "transcript.text.done", text: "Three" },
  ], "One"],
  [
    "segments without a type, as older servers send",
    [{ text: "One two." }, { text: "Three." }],
    "One two. Three.",
  ],
  ["segments with speakers", [
    { type: "transcript.text.segment", id: "1", start: 0, end: 1, text: "One", speaker: "A" },
    { type: "transcript.text.done", text: "One" },
  ], "One"],
];

for (const [what, events, heard] of streams) {
  Deno.test(`openai_transcribe understands a stream with ${what}`, async () => {
    await using server = transcriptionServer({
      answers: () => new Response(events.map((event) => `data: ${JSON.stringify(event)}\r\n\r\n`).join("")),
    });
    await using engine = create(server.address, { answer: "stream" });
    assertEquals(transcript(await hearAll(engine, sounds([1000, 900]))), heard);
  });
}

const wholes: readonly (readonly [what: string, reply: object, heard: string, timing?: string])[] = [
  ["no words", { text: " \n" }, ""],
  [
    "nothing but the text",
    { text: "One two.", words: null, segments: null, usage: null },
    "One two.",
    "estimated",
  ],
  [
    "words of another text",
    { text: "One two.", words: [{ word: "Six", start: 0, end: 9 }] },
    "One two.",
    "estimated",
  ],
  [
    "times outside of the file, and backwards",
    { text: "One two.", words: [{ word: "one", start: 90, end: -5 }, { word: "two", start: -3, end: 80 }] },
    "One two.",
    "measured",
  ],
  [
    "segments alone",
    { text: "One two.", segments: [{ text: "One two.", start: 0.2, end: 0.9 }] },
    "One two.",
    "estimated",
  ],
  ["what nobody knows", { text: "One.", brand: { new: [1] } }, "One.", "estimated"],
];

for (const [what, reply, heard, timing] of wholes) {
  Deno.test(`openai_transcribe understands an answer with ${what}`, async () => {
    await using server = transcriptionServer({ dialect: "whisper", answers: () => Response.json(reply) });
    await using engine = create(server.address, { answer: "words" });
    const events = await hearAll(engine, sounds([1000, 900]));
    assertEquals(transcript(events), heard);
    assertEquals(finals(events).length, 1);
    for (const word of finals(events)[0]!.words) assertEquals(word.timing, timing);
  });
}

Deno.test("openai_transcribe shows what was said so far, and the whole then", async () => {
  await using server = transcriptionServer({ dialect: "whisper" });
  await using engine = create(server.address, { answer: "words", interimMs: 500 });
  await using hearing = await open(engine);
  const shown: string[] = [];
  const wait: { forWords?: PromiseWithResolvers<void> } = {};
  // As slow as speech: what is transcribed has to be heard of before more is said.
  const source = (async function* () {
    for (const item of frames(sounds([2000, 900]))) {
      yield item;
      if (item.type !== "frame" || item.position % 8000 !== 0 || item.position < 2 * 8000) continue;
      if (item.position > 2 * rate) continue;
      wait.forWords = Promise.withResolvers();
      await wait.forWords.promise;
    }
  })();
  for await (const event of hearing.hear(source, signal)) {
    if (event.type !== "hypothesis") continue;
    shown.push(texts(event).join(" "));
    if (!event.final) assertEquals(event.stable, 0);
    wait.forWords?.resolve();
  }
  assertGreater(shown.length, 2);
  assertEquals(shown.at(-1), "One two three four five six seven.");
});

Deno.test("openai_transcribe goes on when it cannot transcribe again, and asks no more", async () => {
  let asked = 0;
  await using server = transcriptionServer({
    answers: ({ samples }) => {
      asked += 1;
      return samples.length < 3 * rate ? new Response("", { status: 429 }) : undefined;
    },
  });
  await using engine = create(server.address, { interimMs: 300 });
  await using hearing = await open(engine);
  const source = (async function* () {
    for (const item of frames(sounds([3500, 900]))) {
      yield item;
      await settle();
    }
  })();
  const { events, error } = await report(hearing, source);
  assertEquals(error, undefined);
  assertEquals(finals(events)[0]!.words.length, 12);
  assertEquals(asked, 2);
});

Deno.test("openai_transcribe cuts speech that has no end", async () => {
  await using server = transcriptionServer({ dialect: "whisper" });
  await using engine = create(server.address, { answer: "words", longestMs: 5000 });
  const events = await hearAll(engine, sounds([17_000, 900]));
  assertGreater(finals(events).length, 3);
  for (const { samples } of await uploads(server)) assertLessOrEqual(samples.length, 5 * rate);
  const words = finals(events).flatMap(({ words }) => words);
  assertLess(Math.abs(words.length - 57), 5);
});

Deno.test("openai_transcribe says which language it wants, or hears which it was", async () => {
  await using server = transcriptionServer({ dialect: "whisper", detects: "spanish" });
  await using engine = create(server.address, { answer: "words" });
  for (
    const [languages, asked, heard] of [
      [["en"], "en", "en"],
      [["pt-PT"], "pt", "pt-PT"],
      [["en", "es"], undefined, "es"],
      [["en", "pt-BR"], undefined, "en"],
    ] as const
  ) {
    await using hearing = await open(engine, {}, languages);
    const { events } = await report(hearing, input(sounds([1000, 900])));
    assertEquals((await uploads(server)).at(-1)!.fields["language"], asked);
    assertEquals(finals(events)[0]!.language, heard);
  }
});

Deno.test("openai_transcribe hints at the terms of the glossary", async () => {
  await using server = transcriptionServer();
  await using engine = create(server.address);
  const many = Object.fromEntries(Array.from({ length: 200 }, (_, index) => [`term${index}`, ""]));
  for (
    const [glossary, length] of [[{ Parley: "Parley", "Åse Ö.": "" }, 14], [many, 599], [{}, 0]] as const
  ) {
    await using hearing = await open(engine, glossary);
    await report(hearing, input(sounds([1000, 900])));
    const prompt = (await uploads(server)).at(-1)!.fields["prompt"];
    assertLessOrEqual(Math.abs(String(prompt ?? "").length - length), 8);
  }
});

Deno.test("openai_transcribe counts the audio that is charged for, and the tokens", async () => {
  await using server = transcriptionServer();
  for (const [leastBilledMs, audioMs] of [[0, 1440], [10_000, 10_000]] as const) {
    await using engine = create(server.address, { answer: "stream", leastBilledMs });
    const usage = (await hearAll(engine, sounds([1000, 900]))).filter((event) => event.type === "usage");
    assertEquals(usage.length, 1);
    assertAlmostEquals(usage[0]!.audioMs!, audioMs, 150);
    assertGreater(usage[0]!.tokens!, 14);
  }
});

Deno.test("openai_transcribe sends no key to a server that wants none", async () => {
  await using server = transcriptionServer({ dialect: "whisper.cpp" });
  await using engine = create(server.address, { key: "", answer: "words" });
  assertEquals(transcript(await hearAll(engine, sounds([1000, 900]))), "One two three four.");
  assert(server.requests.every(({ headers }) => headers.get("authorization") === null));
});
