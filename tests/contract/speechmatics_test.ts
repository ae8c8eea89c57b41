import { assert, assertEquals, assertInstanceOf } from "@std/assert";
import * as v from "valibot";
import { speechmatics, speechmaticsRecognizer } from "../../adapters/speechmatics/mod.ts";
import type { SpeechmaticsOptions } from "../../adapters/speechmatics/recognizer.ts";
import type { RecognizerOutside } from "../../adapters/net/recognizer_over_socket.ts";
import { PipelineError } from "../../pipeline/error.ts";
import { finals } from "../conformance/hearing_events.ts";
import { conformSpeechRecognizer } from "../conformance/speech_recognizer.ts";
import { failRecognizer } from "../support/contract/recognizer_failures.ts";
import { scenarioKey, withScenario } from "../support/contract/scenario.ts";
import { SocketScript } from "../support/contract/socket_script.ts";
import { speechmaticsServer } from "../support/contract/speechmatics.ts";
import { framesOf, noTone, tones, tonesOptions } from "../support/contract/spoken_tones.ts";
import { PacedClock } from "../support/contract/paced.ts";

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
  assert(!v.is(settings, {}), "It is made without a key");
});
