import { assert, assertEquals, assertGreater, assertGreaterOrEqual } from "@std/assert";
import * as v from "valibot";
import type { RecognizerOutside } from "../../adapters/net/recognizer_over_socket.ts";
import { socketConnector } from "../../adapters/net/socket.ts";
import { soniox, sonioxRecognizer } from "../../adapters/soniox/mod.ts";
import type { SonioxOptions } from "../../adapters/soniox/recognizer.ts";
import { connection } from "../../adapters/soniox/wire.ts";
import { systemClock } from "../../flow/clock.ts";
import type { Frame } from "../../pipeline/audio.ts";
import type { HearingEvent, Input, RecognizerOptions } from "../../pipeline/ports.ts";
import { assertConsistent, finals, transcript } from "../conformance/hearing_events.ts";
import { conformSpeechRecognizer } from "../conformance/speech_recognizer.ts";
import schema from "../fixtures/schemas/soniox.json" with { type: "json" };
import { publishedDocument } from "../support/contract/published.ts";
import { failRecognizer } from "../support/contract/recognizer_failures.ts";
import { scenarioKey, withScenario } from "../support/contract/scenario.ts";
import { sonioxServer } from "../support/contract/soniox.ts";
import { framesOf, noTone, spokenTone, tones, tonesOptions } from "../support/contract/spoken_tones.ts";
import { FakeClock, settle } from "../support/fake_clock.ts";

function create(address: string, more: RecognizerOutside & Partial<SonioxOptions> = {}) {
  return sonioxRecognizer({
    key: scenarioKey,
    address,
    model: "stt-rt-v5",
    languages: ["en", "es", "zh"],
    sensitivity: 0.25,
    endpointMs: 1000,
    concurrency: 10,
    ...more,
  }, more);
}

/** The utterances one after the other. */
function speech(...utterances: readonly Int16Array[]): Frame[] {
  let position = 0;
  return utterances.flatMap((samples) => {
    const frames = framesOf(samples, position);
    position += samples.length;
    return frames;
  });
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

conformSpeechRecognizer("soniox", () => ({
  create() {
    const server = sonioxServer();
    return withScenario(create(server.address), server);
  },
  options: tonesOptions,
  utterances: tones,
  silence: noTone,
  patienceMs: 20_000,
}));

failRecognizer({
  name: "soniox",
  server: (script, clock) => sonioxServer(script, { clock }),
  create: (address, outside) => create(address, { ...outside, concurrency: 2 }),
  route: "/transcribe-websocket",
  errors: [
    [{ error_code: 400, error_message: "x" }, "invalid_request"],
    [{ error_code: 401, error_message: "x" }, "unauthenticated"],
    [{ error_code: 402, error_message: "x" }, "quota_exhausted"],
    [{ error_code: 408, error_message: "x" }, "timeout"],
    [{ error_code: 429, error_message: "x" }, "rate_limited"],
    [{ error_code: 503, error_message: "Cannot continue request (code 7)" }, "unavailable"],
  ],
  idleMs: 20_000,
  sessionLimitMs: 300 * 60_000,
});

Deno.test("soniox translates what it hears into one language, and tells it before a flush is answered", async () => {
  await using server = sonioxServer();
  await using engine = create(server.address);
  const input = [
    ...speech(spokenTone(900), spokenTone(600).subarray(0, 16_000)),
    { type: "flush", id: 3 } as const,
  ];
  const events = await hear(engine, input, { targets: [{ target: "es-MX" }], glossary: { lane: "carril" } });
  const flushed = events.findIndex((event) => event.type === "flushed");
  const own = events.slice(0, flushed).filter((event) => event.type === "translation");
  assertEquals(own.map(({ append }) => append).join(""), transcript(events).toUpperCase());
  assertEquals(own.at(-1)?.tentative, "");
  assert(own.every(({ target, sourceTo }) => target === "es-MX" && sourceTo === undefined));
  const { translation, context } = JSON.parse(server.messages[0]!);
  assertEquals([translation.target_language, context.translation_terms], [
    "es",
    [{ source: "lane", target: "carril" }],
  ]);
});

Deno.test("soniox is asked for no translation where none is wanted", async () => {
  await using server = sonioxServer();
  await using engine = create(server.address);
  const events = await hear(engine, framesOf(spokenTone(600)));
  assertEquals(events.filter((event) => event.type === "translation"), []);
  assert(!("translation" in JSON.parse(server.messages[0]!)));
});

Deno.test("soniox can translate each language into each other one", async () => {
  await using engine = create("http://127.0.0.1:1");
  const { pairs, atOnce } = engine.traits.translates!;
  assertEquals([pairs.length, atOnce], [6, 1]);
  assert(pairs.some(({ source, target }) => source === "zh" && target === "en"));
});

Deno.test("soniox joins tokens into words whose times are those of their parts", async () => {
  await using server = sonioxServer();
  await using engine = create(server.address);
  const [final] = finals(await hear(engine, framesOf(spokenTone(600))));
  const times = final!.words.map(({ text, startMs, endMs, timing }) => [text, startMs, endMs, timing]);
  assertEquals(times, [["word1", 500, 800, "measured"], ["word2.", 800, 1100, "measured"]]);
});

Deno.test("soniox says in which of several languages was spoken", async () => {
  await using server = sonioxServer();
  await using engine = create(server.address);
  const events = await hear(engine, framesOf(spokenTone(600)), { languages: ["es-MX", "en"] });
  assertEquals(finals(events).map(({ language }) => language), ["es-MX"]);
  assert(JSON.parse(server.messages[0]!).enable_language_identification);
});

Deno.test("soniox goes on over another connection when a stream has to be begun again", async () => {
  await using server = sonioxServer(undefined, { limitMs: 3000 });
  await using engine = create(server.address);
  const input = speech(spokenTone(900), spokenTone(900), spokenTone(900));
  const events = await hear(engine, input);
  assertConsistent(events, { rate: 16_000, from: 0, to: input.length * 320, languages: ["en"] });
  // Three words each, and the stand-in counts from one on each connection.
  assertEquals(finals(events).flatMap(({ words }) => words).length, 9);
  assertGreater(server.requests.length, 2);
});

Deno.test("soniox is sent audio at a pace that is near to real time", async () => {
  const clock = new FakeClock();
  const connect = socketConnector({ clock: systemClock });
  await using server = sonioxServer(undefined, { clock });
  await using engine = create(server.address, { clock, connect });
  let over = false;
  const hearing = hear(engine, framesOf(new Int16Array(30 * 16_000))).finally(() => over = true);
  while (!over) {
    await settle();
    await clock.advance(50);
  }
  await hearing;
  assertGreaterOrEqual(clock.now(), 10_000);
});

Deno.test("The stand-in for Soniox closes a stream that is not kept open", async () => {
  const clock = new FakeClock();
  await using server = sonioxServer(undefined, { clock });
  const { promise: ended, resolve } = Promise.withResolvers<unknown>();
  const messages: (string | Uint8Array)[] = [];
  const socket = await socketConnector({ clock: systemClock })({
    provider: "Soniox",
    ...connection({ key: scenarioKey, address: server.address }),
    message: (data) => void messages.push(data),
    ended: resolve,
  }, new AbortController().signal);
  await clock.advance(20_000);
  await ended;
  assertEquals(JSON.parse(String(messages[0])).error_code, 408);
  await socket[Symbol.asyncDispose]();
});

Deno.test("soniox's settings have defaults that Soniox takes", () => {
  const settings = v.parse(v.object(soniox.settings), { SONIOX_API_KEY: "key" });
  assertEquals(settings.PARLEY_SONIOX_ENDPOINT_SENSITIVITY, 0);
  assertEquals(settings.PARLEY_SONIOX_LANGUAGES.length, 60);
  assertEquals(v.safeParse(v.object(soniox.settings), {}).issues?.[0].message, "expected the key of Soniox");
});

Deno.test("Soniox's schema in the project is the one in the folder of contracts", () => {
  const published = publishedDocument("soniox/realtime.from-dts.schema.json");
  if (published === undefined) return;
  const { definitions } = published as { definitions: Record<string, unknown> };
  const { SonioxConfig, SonioxResult } = schema.definitions;
  assertEquals<unknown>([SonioxConfig, SonioxResult], [
    definitions["SonioxConfig"],
    definitions["SonioxResult"],
  ]);
});
