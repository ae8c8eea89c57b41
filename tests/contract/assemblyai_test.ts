import {
  assert,
  assertEquals,
  assertGreaterOrEqual,
  assertInstanceOf,
  assertStrictEquals,
} from "@std/assert";
import * as v from "valibot";
import { type AssemblyAiOptions } from "../../adapters/assemblyai/recognizer.ts";
import { assemblyai, assemblyAiRecognizer } from "../../adapters/assemblyai/mod.ts";
import type { RecognizerOutside } from "../../adapters/net/recognizer_over_socket.ts";
import { PipelineError } from "../../pipeline/error.ts";
import { finals, transcript } from "../conformance/hearing_events.ts";
import { conformSpeechRecognizer } from "../conformance/speech_recognizer.ts";
import schema from "../fixtures/schemas/assemblyai.json" with { type: "json" };
import { assemblyAiServer } from "../support/contract/assemblyai.ts";
import { failRecognizer } from "../support/contract/recognizer_failures.ts";
import { publishedDocument } from "../support/contract/published.ts";
import { scenarioKey, withScenario } from "../support/contract/scenario.ts";
import { framesOf, noTone, tones, tonesOptions } from "../support/contract/spoken_tones.ts";
import { PacedClock } from "../support/contract/paced.ts";

function create(
  address: string,
  outside: RecognizerOutside,
  options: Partial<AssemblyAiOptions> = {},
) {
  return assemblyAiRecognizer({
    key: scenarioKey,
    address,
    model: "universal-streaming-multilingual",
    languages: ["en", "es"],
    formatted: false,
    silenceMs: 400,
    longestSilenceMs: 1280,
    concurrency: 2,
    ...options,
  }, outside);
}

for (const formatted of [false, true]) {
  conformSpeechRecognizer(`assemblyai${formatted ? " with formatted turns" : ""}`, () => ({
    create() {
      const clock = new PacedClock();
      const server = clock.watch(assemblyAiServer(undefined, { clock }));
      return withScenario(create(server.address, clock.outside(), { formatted }), server);
    },
    options: tonesOptions,
    utterances: tones,
    silence: noTone,
    patienceMs: 10_000,
  }));
}

const clock = new PacedClock();

failRecognizer({
  name: "assemblyai",
  server: (script, time) => clock.watch(assemblyAiServer(script, { clock: time, lenient: true })),
  create: (address, { key = scenarioKey, ...outside }) => create(address, clock.outside(outside), { key }),
  route: "/v3/ws",
  errors: [
    [{ type: "Error", error_code: 1008, error: "insufficient account balance" }, "quota_exhausted"],
    [{ type: "Error", error_code: 3005, error: "Session Cancelled: An error occurred" }, "unavailable"],
    [{ type: "Error", error_code: 3007, error: "Audio Transmission Rate Exceeded" }, "invalid_request"],
    [{ type: "Error", error_code: 3009, error: "Too many concurrent sessions" }, "concurrency"],
  ],
  closes: [
    [1008, "Unauthorized Connection", "unauthenticated"],
    [3005, "Session Cancelled", "unavailable"],
    [3006, "Invalid Message", "invalid_request"],
    [3008, "Session Expired", "session_limit"],
  ],
  sessionLimitMs: 3 * 3_600_000,
  stalls: ["phrase", "end"],
  clock,
});

const opening = { ...tonesOptions, signal: new AbortController().signal };

async function* both() {
  yield* framesOf(tones[0]);
  yield* framesOf(tones[1], tones[0].length);
}

Deno.test("assemblyai finds its key refused when it opens, however it is told", async () => {
  await using server = assemblyAiServer();
  await using engine = create(server.address, {}, { key: "sk-wrong" });
  const error = await engine.open(opening).catch((error) => error);
  assertInstanceOf(error, PipelineError);
  assertEquals(error.kind, "unauthenticated");
  assertEquals(server.sockets, 0, "The connection was left open");
});

Deno.test("assemblyai finds that there are too many sessions when it opens", async () => {
  await using server = assemblyAiServer(undefined, { concurrency: 0 });
  await using engine = create(server.address, {});
  const error = await engine.open(opening).catch((error) => error);
  assertInstanceOf(error, PipelineError);
  assertEquals([error.kind, error.retryable], ["concurrency", true]);
});

Deno.test("assemblyai says farewell to a session that is given up, since it is charged for until then", async () => {
  const clock = new PacedClock();
  await using server = clock.watch(assemblyAiServer(undefined, { clock }));
  await using engine = create(server.address, clock.outside());
  const abort = new AbortController();
  const reason = new Error("enough");
  {
    await using hearing = await engine.open(opening);
    const outcome = await (async () => {
      for await (const event of hearing.hear(both(), abort.signal)) {
        if (event.type === "hypothesis") abort.abort(reason);
      }
    })().catch((error) => error);
    assertStrictEquals(outcome, reason);
  }
  {
    await using _unused = await engine.open(opening);
  }
  await server[Symbol.asyncDispose]();
  const farewells = server.messages.filter((message) => message === '{"type":"Terminate"}');
  assertEquals(farewells.length, 2);
});

Deno.test("assemblyai goes on in another session when one has lasted too long, and loses nothing", async () => {
  const clock = new PacedClock();
  await using server = clock.watch(assemblyAiServer(undefined, { clock, sessionMs: 2900 }));
  await using engine = create(server.address, clock.outside());
  await using hearing = await engine.open(opening);
  const events = await Array.fromAsync(hearing.hear(both(), opening.signal));
  assertEquals(finals(events).map(({ words }) => words.length), [3, 5]);
  assertGreaterOrEqual(server.requests.length, 2);
});

Deno.test("assemblyai charges for the time of the session", async () => {
  const clock = new PacedClock();
  await using server = clock.watch(assemblyAiServer(undefined, { clock }));
  await using engine = create(server.address, clock.outside());
  await using hearing = await engine.open(opening);
  const before = clock.now();
  const events = await Array.fromAsync(hearing.hear(both(), opening.signal));
  const charged = events.flatMap((event) => event.type === "usage" ? [event.audioMs ?? 0] : []);
  assertEquals(charged.reduce((sum, ms) => sum + ms, 0), clock.now() - before);
  assertEquals(transcript(events), "word1 word2 word3 word4 word5 word6 word7 word8");
});

Deno.test("assemblyai fills up what is left where it is too short for a message", async () => {
  const clock = new PacedClock();
  await using server = clock.watch(assemblyAiServer(undefined, { clock }));
  await using engine = create(server.address, clock.outside());
  await using hearing = await engine.open(opening);
  const input = (async function* () {
    yield* framesOf(tones[0].subarray(0, 16 * 1210));
    yield { type: "flush", id: 1 } as const;
    yield* framesOf(tones[0].subarray(16 * 1210, 16 * 1220), 16 * 1210);
  })();
  const events = await Array.fromAsync(hearing.hear(input, opening.signal));
  assertEquals(finals(events).map(({ words }) => words.length).filter((count) => count > 0), [3, 1]);
});

Deno.test("assemblyai needs no setting but its key", async () => {
  const settings = v.object(assemblyai.settings);
  await using engine = assemblyai.create(v.parse(settings, { ASSEMBLYAI_API_KEY: "KEY" }));
  assertEquals(engine.name, assemblyai.name);
  assert(engine.traits.languages.includes("es"));
  assert(!v.is(settings, {}), "It is made without a key");
});

Deno.test("AssemblyAI's schema in the project is the one in the folder of contracts", () => {
  const published = publishedDocument("assemblyai/streaming.from-dts.schema.json");
  if (published === undefined) return;
  // The reason why something is deprecated is no part of a schema.
  const { definitions } = JSON.parse(
    JSON.stringify(published, (key, value) => key === "deprecated" ? true : value),
  );
  assertEquals(definitions, schema.definitions);
});
