import { assert, assertEquals, assertGreater, assertInstanceOf } from "@std/assert";
import * as v from "valibot";
import { elevenlabsScribe, scribeRecognizer } from "../../adapters/elevenlabs_scribe/mod.ts";
import type { ScribeOptions } from "../../adapters/elevenlabs_scribe/recognizer.ts";
import type { RecognizerOutside } from "../../adapters/net/recognizer_over_socket.ts";
import { PipelineError } from "../../pipeline/error.ts";
import { finals } from "../conformance/hearing_events.ts";
import { conformSpeechRecognizer } from "../conformance/speech_recognizer.ts";
import { scribeServer } from "../support/contract/elevenlabs_scribe.ts";
import { failRecognizer } from "../support/contract/recognizer_failures.ts";
import { scenarioKey, withScenario } from "../support/contract/scenario.ts";
import { framesOf, noTone, tones, tonesOptions } from "../support/contract/spoken_tones.ts";
import { PacedClock } from "../support/contract/paced.ts";

function create(address: string, outside: RecognizerOutside = {}, options: Partial<ScribeOptions> = {}) {
  return scribeRecognizer({
    key: scenarioKey,
    address,
    model: "scribe_v2_realtime",
    languages: ["en", "es"],
    silenceMs: 500,
    concurrency: 2,
    ...options,
  }, outside);
}

conformSpeechRecognizer("elevenlabs_scribe", () => ({
  create() {
    const clock = new PacedClock();
    const server = clock.watch(scribeServer(undefined, { clock }));
    return withScenario(create(server.address, clock.outside()), server);
  },
  options: tonesOptions,
  utterances: tones,
  silence: noTone,
  patienceMs: 10_000,
}));

const clock = new PacedClock();

failRecognizer({
  name: "elevenlabs_scribe",
  server: (script, time) => clock.watch(scribeServer(script, { clock: time })),
  create: (address, { key = scenarioKey, ...outside }) => create(address, clock.outside(outside), { key }),
  route: "/v1/speech-to-text/realtime",
  errors: [
    [{ message_type: "quota_exceeded", error: "x" }, "quota_exhausted"],
    [{ message_type: "rate_limited", error: "x" }, "rate_limited"],
    [{ message_type: "queue_overflow", error: "x" }, "overloaded"],
    [{ message_type: "transcriber_error", error: "x" }, "unavailable"],
    [{ message_type: "session_time_limit_exceeded", error: "x" }, "session_limit"],
  ],
  closes: [[1008, "auth_error", "unauthenticated"], [1008, "session_time_limit_exceeded", "session_limit"]],
  clock,
});

const opening = { ...tonesOptions, signal: new AbortController().signal };

async function* both() {
  yield* framesOf(tones[0]);
  yield* framesOf(tones[1], tones[0].length);
}

Deno.test("elevenlabs_scribe finds its key refused when it opens", async () => {
  await using server = scribeServer();
  await using engine = create(server.address, {}, { key: "sk-wrong" });
  const error = await engine.open(opening).catch((error) => error);
  assertInstanceOf(error, PipelineError);
  assertEquals(error.kind, "unauthenticated");
});

Deno.test("elevenlabs_scribe counts each commit once, with the measured times of its words", async () => {
  const clock = new PacedClock();
  await using server = clock.watch(scribeServer(undefined, { clock }));
  await using engine = create(server.address, clock.outside());
  await using hearing = await engine.open(opening);
  const events = await Array.fromAsync(hearing.hear(both(), opening.signal));
  const heard = finals(events).filter(({ words }) => words.length > 0);
  assertEquals(heard.map(({ words }) => words.map(({ text }) => text).join(" ")), [
    "Word1 word2 word3.",
    "Word4 word5 word6 word7 word8.",
  ]);
  const words = heard.flatMap(({ words }) => words);
  assertEquals(words.every(({ timing }) => timing === "measured"), true);
  assertEquals([words[0]?.startMs, words[3]?.startMs], [500, 2900]);
});

Deno.test("elevenlabs_scribe goes on in another session when one has lasted too long, and loses nothing", async () => {
  const clock = new PacedClock();
  await using server = clock.watch(scribeServer(undefined, { clock, sessionMs: 1500 }));
  await using engine = create(server.address, clock.outside());
  await using hearing = await engine.open(opening);
  const events = await Array.fromAsync(hearing.hear(both(), opening.signal));
  const words = finals(events).map(({ words }) => words.length).filter((count) => count > 0);
  assertEquals(words, [3, 5]);
  assertGreater(server.requests.length, 1);
});

Deno.test("elevenlabs_scribe needs no setting but its key", async () => {
  const settings = v.object(elevenlabsScribe.settings);
  await using engine = elevenlabsScribe.create(v.parse(settings, { ELEVENLABS_API_KEY: "KEY" }));
  assertEquals(engine.name, elevenlabsScribe.name);
  assert(engine.traits.languages.includes("es"));
  assert(!v.is(settings, {}), "It is made without a key");
});
