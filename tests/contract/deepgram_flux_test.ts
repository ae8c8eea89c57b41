import { assert, assertEquals, assertGreater } from "@std/assert";
import * as v from "valibot";
import { deepgramFlux, fluxRecognizer } from "../../adapters/deepgram_flux/mod.ts";
import type { FluxOptions } from "../../adapters/deepgram_flux/recognizer.ts";
import type { RecognizerOutside } from "../../adapters/net/recognizer_over_socket.ts";
import { socketConnector } from "../../adapters/net/socket.ts";
import { systemClock } from "../../flow/clock.ts";
import type { HearingEvent, Input, RecognizerOptions } from "../../pipeline/ports.ts";
import { assertConsistent, finals, transcript } from "../conformance/hearing_events.ts";
import { conformSpeechRecognizer } from "../conformance/speech_recognizer.ts";
import { deepgramFluxServer } from "../support/contract/deepgram_flux.ts";
import { failRecognizer } from "../support/contract/recognizer_failures.ts";
import { scenarioKey, type ScenarioServer, withScenario } from "../support/contract/scenario.ts";
import { framesOf, noTone, spokenTone, tones, tonesOptions } from "../support/contract/spoken_tones.ts";
import { FakeClock, settle } from "../support/fake_clock.ts";

function create(address: string, more: RecognizerOutside & Partial<FluxOptions> = {}) {
  return fluxRecognizer({
    key: scenarioKey,
    address,
    models: { english: "flux-general-en", multilingual: "flux-general-multi" },
    languages: ["en", "es", "ja"],
    threshold: 0.7,
    timeoutMs: 5000,
    forcing: true,
    concurrency: 50,
    ...more,
  }, more);
}

async function hear(
  engine: ReturnType<typeof create>,
  input: Iterable<Input>,
  wanted: Partial<RecognizerOptions> = {},
): Promise<HearingEvent[]> {
  const { signal } = new AbortController();
  await using hearing = await engine.open({ ...tonesOptions, ...wanted, signal });
  const source = (async function* () {
    yield* input;
  })();
  const events: HearingEvent[] = [];
  for await (const event of hearing.hear(source, signal)) events.push(event);
  return events;
}

/** The beginning of an utterance that is cut while something is being said. */
const cut = spokenTone(900).subarray(0, 16_000);

/** Messages of ours that are no audio. */
function controls(server: ScenarioServer): string[] {
  return server.messages.filter((message) => message.startsWith("{")).map((message) =>
    JSON.parse(message).type
  );
}

conformSpeechRecognizer("deepgram_flux", () => ({
  create() {
    const server = deepgramFluxServer();
    return withScenario(create(server.address), server);
  },
  options: tonesOptions,
  utterances: tones,
  silence: noTone,
  patienceMs: 20_000,
}));

const error = { type: "Error", sequence_id: 1, description: "x" };

failRecognizer({
  name: "deepgram_flux",
  server: (script, clock) => deepgramFluxServer(script, { clock }),
  create: (address, outside) => create(address, { ...outside, concurrency: 2 }),
  route: "/v2/listen",
  errors: [
    [{ ...error, code: "UNPARSABLE_CLIENT_MESSAGE" }, "invalid_request"],
    [{ ...error, code: "INTERNAL_SERVER_ERROR" }, "unavailable"],
  ],
  idleMs: 10_000,
});

Deno.test("deepgram_flux ends the turn before the stream", async () => {
  await using server = deepgramFluxServer();
  await using engine = create(server.address);
  const events = await hear(engine, framesOf(cut));
  assertEquals(transcript(events), "word1 word2");
  assertEquals(controls(server), ["ForceEndTurn", "CloseStream"]);
});

Deno.test("deepgram_flux takes the last update for final where no turn can be ended", async () => {
  await using server = deepgramFluxServer(undefined, { forcing: false });
  await using engine = create(server.address, { forcing: false });
  const events = await hear(engine, framesOf(cut));
  assertEquals(transcript(events), "word1 word2");
  assertConsistent(events, { rate: 16_000, from: 0, to: cut.length, languages: ["en"] });
  assertEquals(controls(server), ["CloseStream"]);
});

Deno.test("deepgram_flux answers a flush where no turn can be ended, after a while", async () => {
  await using server = deepgramFluxServer(undefined, { forcing: false });
  await using engine = create(server.address, { forcing: false });
  const events = await hear(engine, [...framesOf(cut), { type: "flush", id: 5 }]);
  assertConsistent(events, { rate: 16_000, from: 0, to: cut.length, languages: ["en"], flushes: [5] });
  // The last update came before the second word, which is told after the answer.
  assertEquals(transcript(events), "wordx word2");
});

Deno.test("deepgram_flux shares the time out where words come without", async () => {
  await using server = deepgramFluxServer(undefined, { times: false });
  await using engine = create(server.address);
  const samples = spokenTone(900);
  const events = await hear(engine, framesOf(samples));
  assertConsistent(events, { rate: 16_000, from: 0, to: samples.length, languages: ["en"] });
  const [final] = finals(events);
  assertEquals(final?.words.map(({ text, timing }) => [text, timing]), [
    ["word1", "estimated"],
    ["word2", "estimated"],
    ["word3", "estimated"],
  ]);
});

Deno.test("deepgram_flux keeps words open that change until the turn ends", async () => {
  await using server = deepgramFluxServer();
  await using engine = create(server.address);
  const events = await hear(engine, framesOf(spokenTone(900)));
  const hypotheses = events.filter((event) => event.type === "hypothesis");
  // The last two say what the end of the turn said.
  const interim = hypotheses.slice(0, -2);
  assertGreater(interim.length, 2);
  assert(interim.every(({ stable }) => stable === 0), "A word is stable before its turn has ended");
  assert(interim.some(({ words }) => words.at(-1)?.text === "wordx"), "No update was taken back");
  assertEquals(transcript(events), "word1 word2 word3");
});

Deno.test("deepgram_flux hears several languages with another model, and says which one was spoken", async () => {
  await using server = deepgramFluxServer();
  await using engine = create(server.address);
  const languages = ["es-MX", "en"];
  const events = await hear(engine, framesOf(spokenTone(600)), {
    languages,
    glossary: { "lane change": "x" },
  });
  assertEquals(finals(events).map(({ language }) => language), ["es-MX"]);
  const query = new URL(server.requests[0]!.path, "http://x").searchParams;
  assertEquals([query.get("model"), query.getAll("language_hint"), query.getAll("keyterm")], [
    "flux-general-multi",
    ["es", "en"],
    ["lane change"],
  ]);
});

Deno.test("deepgram_flux keeps a stream open by silence, which moves no time", async () => {
  const clock = new FakeClock();
  const connect = socketConnector({ clock: systemClock });
  await using server = deepgramFluxServer(undefined, { clock });
  await using engine = create(server.address, { clock, connect });
  const more = Promise.withResolvers<void>();
  const heard = Promise.withResolvers<void>();
  const one = spokenTone(600);
  const source = (async function* () {
    yield* framesOf(one);
    await more.promise;
    yield* framesOf(spokenTone(600), one.length);
  })();
  const { signal } = new AbortController();
  await using hearing = await engine.open({ ...tonesOptions, signal });
  const events: HearingEvent[] = [];
  const listening = (async () => {
    for await (const event of hearing.hear(source, signal)) {
      events.push(event);
      if (event.type === "endpoint") heard.resolve();
    }
  })();
  await heard.promise;
  const sent = server.messages.length;
  for (let times = 1; times <= 10; times += 1) {
    await clock.advance(4000);
    while (server.messages.length < sent + times) await settle();
  }
  more.resolve();
  await listening;
  assertEquals(server.requests.length, 1);
  const starts = finals(events).map(({ words }) => Math.round(words[0]!.startMs));
  assertEquals(starts, [500, one.length / 16 + 500]);
});

Deno.test("The stand-in for Flux closes a stream that is not kept open, or is sent what it does not know", async () => {
  for (const message of [undefined, `{"type":"KeepAlive"}`]) {
    const clock = new FakeClock();
    const server = deepgramFluxServer(undefined, { clock });
    const { promise: ended, resolve } = Promise.withResolvers<unknown>();
    const messages: string[] = [];
    const socket = await socketConnector({ clock: systemClock })({
      provider: "Deepgram Flux",
      url: `${
        server.address.replace("http", "ws")
      }/v2/listen?model=flux-general-en&encoding=linear16&sample_rate=16000`,
      headers: { authorization: `Token ${scenarioKey}` },
      message: (data) => void messages.push(String(data)),
      ended: resolve,
    }, new AbortController().signal);
    if (message) socket.send(message);
    else await clock.advance(10_000);
    await ended;
    assertEquals(JSON.parse(messages.at(-1)!).type, "Error");
    await socket[Symbol.asyncDispose]();
    const objection = await server[Symbol.asyncDispose]().catch((error) => error);
    assertEquals(objection !== undefined, message !== undefined);
  }
});

Deno.test("deepgram_flux's settings have defaults that Flux takes", () => {
  const settings = v.parse(v.object(deepgramFlux.settings), { DEEPGRAM_API_KEY: "key" });
  assertEquals([settings.PARLEY_DEEPGRAM_FLUX_THRESHOLD, settings.PARLEY_DEEPGRAM_FLUX_FORCE], [0.7, "yes"]);
  assertEquals(settings.PARLEY_DEEPGRAM_FLUX_LANGUAGES.length, 10);
});
