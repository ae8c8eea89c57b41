import { assert, assertEquals, assertGreaterOrEqual, assertInstanceOf, assertLess } from "@std/assert";
import * as v from "valibot";
import { fakeSynthesizer } from "../../adapters/fake/synthesizer.ts";
import { fakeTranslator } from "../../adapters/fake/translator.ts";
import { socketConnector } from "../../adapters/net/socket.ts";
import { speechmatics, speechmaticsRecognizer } from "../../adapters/speechmatics/mod.ts";
import type { SpeechmaticsOptions } from "../../adapters/speechmatics/recognizer.ts";
import type { RecognizerOutside } from "../../adapters/net/recognizer_over_socket.ts";
import { systemClock } from "../../flow/clock.ts";
import { plan } from "../../pipeline/capabilities.ts";
import { PipelineError } from "../../pipeline/error.ts";
import { interpret } from "../../pipeline/interpret.ts";
import type { HearingEvent, Input, LanguagePair, RecognizerOptions } from "../../pipeline/ports.ts";
import { assertConsistent, finals } from "../conformance/hearing_events.ts";
import { conformSpeechRecognizer } from "../conformance/speech_recognizer.ts";
import { failRecognizer } from "../support/contract/recognizer_failures.ts";
import { scenarioKey, withScenario } from "../support/contract/scenario.ts";
import { SocketScript } from "../support/contract/socket_script.ts";
import { speechmaticsServer, type TranslationManner } from "../support/contract/speechmatics.ts";
import { framesOf, noTone, tones, tonesOptions } from "../support/contract/spoken_tones.ts";
import { PacedClock } from "../support/contract/paced.ts";
import { talkTo } from "../support/contract/talk.ts";
import { FakeClock, settle } from "../support/fake_clock.ts";

function create(
  address: string,
  outside: RecognizerOutside = {},
  options: Partial<SpeechmaticsOptions> = {},
) {
  return speechmaticsRecognizer({
    key: scenarioKey,
    address,
    model: "enhanced",
    languages: ["en", "es"],
    translating: true,
    delayMs: 1000,
    silenceMs: 500,
    concurrency: 2,
    ...options,
  }, outside);
}

conformSpeechRecognizer("speechmatics", () => ({
  create() {
    const clock = new PacedClock();
    const server = clock.watch(speechmaticsServer(undefined, { clock }));
    return withScenario(create(server.address, clock.outside()), server);
  },
  options: tonesOptions,
  utterances: tones,
  silence: noTone,
  patienceMs: 10_000,
}));

conformSpeechRecognizer("speechmatics with two translations", () => ({
  create() {
    const clock = new PacedClock();
    const server = clock.watch(speechmaticsServer(undefined, { clock, translation: "after_end" }));
    return withScenario(create(server.address, clock.outside()), server);
  },
  options: { ...tonesOptions, targets: [{ target: "es" }, { target: "zh" }] },
  utterances: tones,
  silence: noTone,
  patienceMs: 10_000,
}));

const error = { message: "Error", reason: "x" };

const clock = new PacedClock();

failRecognizer({
  name: "speechmatics",
  server: (script, time) => clock.watch(speechmaticsServer(script, { clock: time })),
  create: (address, { key = scenarioKey, ...outside }) => create(address, clock.outside(outside), { key }),
  route: "/v2",
  errors: [
    [{ ...error, type: "not_authorised" }, "unauthenticated"],
    [{ ...error, type: "invalid_config" }, "invalid_request"],
    [{ ...error, type: "timelimit_exceeded" }, "quota_exhausted"],
    [{ ...error, type: "session_timeout" }, "session_limit"],
    [{ ...error, type: "job_error" }, "unavailable"],
  ],
  closes: [
    [1003, "", "invalid_request"],
    [1008, "", "session_limit"],
    [4005, "quota_exceeded", "concurrency"],
    [4013, "job_error", "unavailable"],
  ],
  idleMs: 3_600_000,
  sessionLimitMs: 48 * 3_600_000,
  stalls: ["phrase", "end"],
  clock,
});

const opening = { ...tonesOptions, signal: new AbortController().signal };

async function* both() {
  yield* framesOf(tones[0]);
  yield* framesOf(tones[1], tones[0].length);
}

Deno.test("speechmatics joins the marks that come in transcripts of their own", async () => {
  const clock = new PacedClock();
  await using server = clock.watch(speechmaticsServer(undefined, { clock }));
  await using engine = create(server.address, clock.outside());
  await using hearing = await engine.open(opening);
  const events = await Array.fromAsync(hearing.hear(both(), opening.signal));
  assertEquals(finals(events).map(({ words }) => words.map(({ text }) => text).join(" ")), [
    "word1 word2 word3.",
    "word4 word5 word6 word7 word8.",
  ]);
});

Deno.test("speechmatics says how long to wait when there are too many sessions or a job has failed", async () => {
  for (const [type, kind] of [["quota_exceeded", "concurrency"], ["job_error", "unavailable"]] as const) {
    const script = new SocketScript();
    await using server = speechmaticsServer(script);
    await using engine = create(server.address);
    script.plan("begin", {
      type: "message",
      message: JSON.stringify({ message: "Error", type, reason: "a secret" }),
    });
    const error = await engine.open(opening).catch((error) => error);
    assertInstanceOf(error, PipelineError);
    assertEquals([error.kind, error.retryAfterMs], [kind, 5000]);
    assert(!error.message.includes("secret"), "The message tells what Speechmatics said");
  }
});

Deno.test("speechmatics finds its key refused, by the handshake or by the close", async () => {
  const script = new SocketScript();
  await using server = speechmaticsServer(script);
  await using stranger = create(server.address, {}, { key: "sk-wrong" });
  await using engine = create(server.address);
  script.plan("open", { type: "close", code: 4001, reason: "not_authorised" });
  for (const refused of [engine, stranger]) {
    const error = await refused.open(opening).catch((error) => error);
    assertInstanceOf(error, PipelineError);
    assertEquals(error.kind, "unauthenticated");
  }
});

/** What two utterances are translated into, in a session at the pace of the stand-in. */
async function translated(
  translation: TranslationManner,
  wanted: Partial<RecognizerOptions>,
  input: () => AsyncIterable<Input> = both,
) {
  const clock = new PacedClock();
  await using server = clock.watch(speechmaticsServer(undefined, { clock, translation }));
  await using engine = create(server.address, clock.outside());
  await using hearing = await engine.open({ ...opening, ...wanted });
  const events = await Array.fromAsync(hearing.hear(input(), opening.signal));
  assertConsistent(events, {
    rate: 16_000,
    from: 0,
    to: tones[0].length + tones[1].length,
    languages: ["en"],
    flushes: events.flatMap((event) => event.type === "flushed" ? [event.id] : []),
  });
  return { events, started: JSON.parse(server.messages[0]!) };
}

function textOf(events: readonly HearingEvent[], target: string): string {
  return events.map((event) => event.type === "translation" && event.target === target ? event.append : "")
    .join("");
}

const [firstText, secondText] = [" WORD1 WORD2 WORD3.", " WORD4 WORD5 WORD6 WORD7 WORD8."];
const spanish = { targets: [{ target: "es" }] };

Deno.test("speechmatics translates what it hears, and tells where in the source each sentence begins and ends", async () => {
  const targets = [{ target: "es-MX" }, { target: "zh" }, { target: "es" }];
  const { events, started } = await translated("prompt", { targets });
  assertEquals(started.translation_config, { target_languages: ["es", "cmn"], enable_partials: true });
  for (const { target } of targets) {
    assertEquals(
      textOf(events, target),
      target === "zh" ? firstText.trim() + secondText.trim() : firstText + secondText,
    );
    const own = events.filter((event) => event.type === "translation" && event.target === target);
    const places = own.flatMap((event) =>
      event.type === "translation" && event.sourceTo !== undefined ? [Math.round(event.sourceTo / 16)] : []
    );
    const after = tones[0].length / 16;
    assertEquals(places, [500, 1400, after + 500, after + 2000]);
    assert(
      own.some((event) => event.type === "translation" && event.tentative.includes("mumble")),
      "Nothing is shown of a sentence that is not over",
    );
  }
});

Deno.test("speechmatics is asked for no translation where none is wanted", async () => {
  const { events, started } = await translated("prompt", {});
  assert(!("translation_config" in started));
  assertEquals(textOf(events, "es"), "");
});

Deno.test("speechmatics tells all of a translation before a flush is answered and before the end, however late it comes", async () => {
  for (const translation of ["prompt", "after_end"] as const) {
    const { events } = await translated(translation, spanish, async function* () {
      // In the middle of speech, and where it is over.
      yield* framesOf(tones[0].subarray(0, 16_000));
      yield { type: "flush", id: 1 };
      yield* framesOf(tones[0].subarray(16_000), 16_000);
      yield* framesOf(tones[1], tones[0].length);
      yield { type: "flush", id: 2 };
    });
    for (const id of [1, 2]) {
      const until = events.findIndex((event) => event.type === "flushed" && event.id === id);
      const before = events.slice(0, until);
      const spoken = finals(before).filter(({ words }) => words.length > 0);
      const text = spoken.map(({ words }) => words.map(({ text }) => text.toUpperCase()).join(" ")).join(" ");
      assertEquals(textOf(before, "es"), ` ${text}`, `${translation}, flush ${id}`);
    }
  }
  assertEquals(textOf((await translated("next", spanish)).events, "es"), firstText + secondText);
});

Deno.test("speechmatics answers a flush whose translation does not come after a while, and goes on", async () => {
  const clock = new FakeClock();
  const connect = socketConnector({ clock: systemClock });
  await using server = speechmaticsServer(undefined, { clock, translation: "never" });
  await using engine = create(server.address, { clock, connect });
  const advancing = async (work: Promise<unknown>) => {
    let over = false;
    work.finally(() => over = true).catch(() => {});
    for (; !over; await clock.advance(5)) await settle();
    await work;
  };
  await using talk = await talkTo(engine, spanish);
  talk.say(900, 1000);
  await advancing(talk.until(() => finals(talk.events).length === 1));
  const askedMs = clock.now();
  talk.flush(1);
  await advancing(talk.until(() => talk.events.some(({ type }) => type === "flushed")));
  assertGreaterOrEqual(clock.now() - askedMs, 5000);
  assertLess(clock.now() - askedMs, 8000);
  talk.say(900, 1000);
  talk.flush(2);
  await advancing(talk.end());
  assertEquals(finals(talk.events).map(({ words }) => words.length), [3, 3]);
  assertEquals(textOf(talk.events, "es"), "");
});

Deno.test("speechmatics says nothing twice that is translated again, in other words or too late", async () => {
  const { events: twice } = await translated("twice", spanish);
  assertEquals(textOf(twice, "es"), firstText + secondText);
  const { events: swapped } = await translated("swapped", spanish);
  assertEquals(textOf(swapped, "es"), secondText, "The first comes when its place is over");
});

Deno.test("speechmatics says so where a target is not translated into", async () => {
  await using server = speechmaticsServer();
  await using engine = create(server.address);
  const error = await (async () => {
    await using hearing = await engine.open({ ...opening, targets: [{ target: "th" }] });
    return await Array.fromAsync(hearing.hear(both(), opening.signal));
  })().catch((error) => error);
  assertInstanceOf(error, PipelineError);
  assertEquals(error.kind, "unsupported_language");
});

Deno.test("speechmatics goes on with a translation over another connection, and says nothing twice", async () => {
  const clock = new PacedClock();
  const script = new SocketScript();
  await using server = clock.watch(speechmaticsServer(script, { clock }));
  await using engine = create(server.address, clock.outside());
  await using talk = await talkTo(engine, spanish);
  talk.say(900, 1000);
  await talk.until(() => textOf(talk.events, "es") !== "");
  script.plan("audio", { type: "close", code: 4999 });
  talk.say(900, 1000);
  const events = await talk.end();
  assertEquals(server.requests.length, 2);
  // The stand-in counts from one on each connection.
  assertEquals(textOf(events, "es"), firstText + firstText);
  assertConsistent(events, { rate: 16_000, from: 0, to: talk.said, languages: ["en"] });
});

/** What a listener in Spanish gets of a talk, with a translator that marks the words or none for the pair. */
async function interpreted(translation: TranslationManner, pairs?: readonly LanguagePair[]) {
  const clock = new PacedClock();
  await using server = clock.watch(speechmaticsServer(undefined, { clock, translation }));
  await using recognizer = create(server.address, clock.outside());
  await using translator = fakeTranslator(pairs && { pairs });
  await using synthesizer = fakeSynthesizer();
  const engines = { recognizer, translator, synthesizer };
  const { signal } = opening;
  const options = plan({
    source: "en",
    targets: ["es"],
    input: tonesOptions.format,
    outputs: [],
    glossary: {},
    voices: {},
  }, engines);
  const told: string[] = [];
  for await (const event of interpret(both(), { ...engines, clock: systemClock }, options, signal).events) {
    if (event.type === "caption" && event.lane === 1 && event.final) told.push(event.stable);
    if (event.type === "failed") told.push(`${event.stage} ${event.error.kind}`);
    if (event.type === "skipped") told.push(event.reason);
  }
  return told;
}

Deno.test("speechmatics' translation is spoken, and where it does not come in time that of the translator, once", async () => {
  const own = [firstText.trim(), secondText.trim()];
  const others = ["es:word1 es:word2 es:word3.", "es:word4 es:word5 es:word6 es:word7 es:word8."];
  for (const manner of ["prompt", "after_end", "next", "twice"] as const) {
    assertEquals(await interpreted(manner), own, manner);
  }
  assertEquals(await interpreted("never"), others);
  assertEquals(await interpreted("swapped"), [others[0], own[1]]);
  const elsewhere = [{ source: "en", target: "de" }];
  assertEquals(await interpreted("prompt", elsewhere), own);
  assertEquals(await interpreted("never", elsewhere), ["mt timeout", "mt timeout"]);
});

Deno.test("speechmatics does not hear two languages in one session", async () => {
  await using server = speechmaticsServer();
  await using engine = create(server.address);
  const error = await engine.open({ ...opening, languages: ["en", "es"] }).catch((error) => error);
  assertInstanceOf(error, PipelineError);
  assertEquals(error.kind, "unsupported_language");
});

Deno.test("speechmatics needs no setting but its key", async () => {
  const settings = v.object(speechmatics.settings);
  await using engine = speechmatics.create(v.parse(settings, { SPEECHMATICS_API_KEY: "KEY" }));
  assertEquals(engine.name, speechmatics.name);
  assert(engine.traits.languages.includes("es"));
  assertEquals(engine.traits.translates, undefined);
  await using translating = speechmatics.create(
    v.parse(settings, { SPEECHMATICS_API_KEY: "KEY", PARLEY_SPEECHMATICS_TRANSLATION: "on" }),
  );
  const { pairs, atOnce, withinMs } = translating.traits.translates!;
  assertEquals([pairs.length, atOnce, withinMs], [68, 5, 6000]);
  assert(pairs.some(({ source, target }) => source === "zh" && target === "en"));
  assert(pairs.every(({ source, target }) => source === "en" || target === "en"));
  assert(!v.is(settings, {}), "It is made without a key");
});
