import { assert, assertEquals, assertGreater } from "@std/assert";
import * as v from "valibot";
import { sonioxSpeech } from "../../adapters/soniox/mod.ts";
import {
  connection,
  endMessage,
  keepaliveMessage,
  phraseMessage,
  readMessage,
  startMessage,
} from "../../adapters/soniox/speech_wire.ts";
import { type SonioxSpeechOptions, sonioxSynthesizer } from "../../adapters/soniox/synthesizer.ts";
import { socketConnector } from "../../adapters/net/socket.ts";
import { systemClock } from "../../flow/clock.ts";
import { conformSpeechSynthesizer } from "../conformance/speech_synthesizer.ts";
import golden from "../fixtures/golden/soniox.json" with { type: "json" };
import schema from "../fixtures/schemas/soniox.json" with { type: "json" };
import { publishedDocument } from "../support/contract/published.ts";
import { scenarioKey, type ScenarioServer, withScenario } from "../support/contract/scenario.ts";
import { failSocket } from "../support/contract/socket_failures.ts";
import { SocketScript } from "../support/contract/socket_script.ts";
import { type SonioxSpeechScenario, sonioxSpeechServer } from "../support/contract/soniox_speech.ts";
import { openVoice, samplesOf, speakAll, voiceOptions } from "../support/contract/synthesizer_failures.ts";
import { ToneSpeech } from "../support/contract/tone_speech.ts";
import { assertSilent } from "../support/contract/translator_failures.ts";
import { FakeClock, settle } from "../support/fake_clock.ts";

const create = (address: string, options: Partial<SonioxSpeechOptions> = {}) =>
  sonioxSynthesizer({
    key: scenarioKey,
    address,
    model: "tts-rt-v2",
    voices: ["Adrian", "Maya"],
    languages: ["en", "es", "nb", "fil"],
    concurrency: 5,
    ...options,
  });

const scenarios: readonly (readonly [string, SonioxSpeechScenario])[] = [
  ["soniox", { atOnce: 5 }],
  ["soniox that holds back until the end of a text", { atOnce: 5, holdsBack: true }],
  ["soniox that ends a stream with its audio", { atOnce: 5, endsWithAudio: true }],
];
for (const [name, scenario] of scenarios) {
  conformSpeechSynthesizer(name, () => ({
    create() {
      const server = sonioxSpeechServer(undefined, scenario);
      return withScenario(create(server.address), server);
    },
    options: voiceOptions,
    text: "one two three four five six seven eight nine ten eleven",
    short: "one two",
    patienceMs: 10_000,
  }));
}

const failed = (code: number, more: object = {}) => ({ error_code: code, error_message: "x", ...more });
const one = { stream_id: "c1" };

failSocket({
  name: "soniox",
  server: (script) => sonioxSpeechServer(script),
  create,
  route: "/tts-websocket",
  contexts: 5,
  // Silence does not end it: it is exchanged for its age.
  idleMs: 3_600_000,
  pause: { ms: 1500, over: (message) => message.includes("terminated") },
  errors: [
    [failed(400, one), "invalid_request"],
    [failed(401), "unauthenticated"],
    [failed(402, one), "quota_exhausted"],
    [failed(408, { ...one, error_type: "request_timeout" }), "timeout"],
    [failed(429, one), "rate_limited"],
    [failed(500), "unavailable"],
    [failed(503, one), "unavailable"],
  ],
  contextKey: "stream_id",
  cancelled: (message) => message["cancel"] === true ? message["stream_id"] : undefined,
  badAudio: { ...one, audio: "*" },
});

/** Messages of ours of one kind. */
function sent(server: ScenarioServer, key: string): Record<string, unknown>[] {
  return server.messages.map((message) => JSON.parse(message)).filter((message) => key in message);
}

Deno.test("soniox speaks a voice and a language as they are called there, at a speed", async () => {
  await using server = sonioxSpeechServer();
  await using engine = create(server.address);
  const open = (language: string) =>
    engine.open({
      language,
      voice: "Maya",
      formats: [{ codec: "pcm_s16le", rate: 44_100 }],
      signal: new AbortController().signal,
    });
  await using norwegian = await open("no");
  await using filipino = await open("fil-PH");
  await speakAll(norwegian, "one", { speed: 1.25 });
  await speakAll(filipino, "one");
  const common = { model: "tts-rt-v2", voice: "Maya", audio_format: "pcm_s16le", sample_rate: 44_100 };
  assertEquals(sent(server, "model"), [
    { ...common, language: "no", speed: 1.25, stream_id: "c1" },
    { ...common, language: "tl", stream_id: "c2" },
  ]);
  assertEquals(server.requests.length, 1, "The voices do not share a connection");
});

Deno.test("soniox is told of a voice, a model and too many streams that Soniox does not take", async () => {
  for (
    const [options, kind] of [
      [{ voices: ["nobody"] }, "invalid_request"],
      [{ model: "sonic-3" }, "invalid_request"],
    ] as const
  ) {
    await using server = sonioxSpeechServer();
    await using engine = create(server.address, options);
    await using voice = await openVoice(engine);
    assertSilent(await speakAll(voice, "one").catch((error) => error), kind);
  }
  await using server = sonioxSpeechServer(undefined, { atOnce: 1 });
  await using engine = create(server.address);
  await using voice = await openVoice(engine);
  const outcomes = await Promise.all([1, 2].map(() => speakAll(voice, "one").catch((error) => error)));
  assertGreater(samplesOf(outcomes[0]), 0);
  assertSilent(outcomes[1], "rate_limited");
});

Deno.test("soniox waits for its own limit where Soniox takes fewer streams", async () => {
  await using server = sonioxSpeechServer(undefined, { atOnce: 2 });
  await using engine = create(server.address, { concurrency: 2 });
  await using voice = await openVoice(engine);
  const said = await Promise.all(Array.from({ length: 7 }, () => speakAll(voice, "one two")));
  assertEquals(new Set(said.map(samplesOf)).size, 1);
});

/** A text that pauses until it is told to go on. */
function pausing(...parts: readonly string[]) {
  const turns = parts.slice(1).map(() => Promise.withResolvers<void>());
  const text = (async function* () {
    for (const [index, part] of parts.entries()) {
      if (index > 0) await turns[index - 1]!.promise;
      yield part;
    }
  })();
  let next = 0;
  return { text, goOn: () => turns[next++]!.resolve() };
}

Deno.test("soniox speaks a text that pauses in one stream after the other, and all of it", async () => {
  await using server = sonioxSpeechServer(undefined, { atOnce: 1, holdsBack: true });
  const clock = new FakeClock();
  const connect = socketConnector({ clock: systemClock });
  await using engine = create(server.address, { clock, connect });
  await using voice = await openVoice(engine);
  const { text, goOn } = pausing("one two three four five, ", "six seven eight nine ten, ", "eleven.");
  const outcome = speakAll(voice, text);
  for (const streams of [1, 2]) {
    while (sent(server, "text").length < 2 * streams - 1) await settle();
    assertEquals(sent(server, "text").at(-1)!["text_end"], false);
    await clock.advance(1500);
    while (sent(server, "text").length < 2 * streams) await settle();
    assertEquals(sent(server, "text").at(-1), { text: "", text_end: true, stream_id: `c${streams}` });
    goOn();
  }
  const events = await outcome;
  assertEquals(sent(server, "model").map(({ stream_id }) => stream_id), ["c1", "c2", "c3"]);
  const spoken = sent(server, "text").map(({ text }) => text).join("");
  assertEquals(spoken, "one two three four five, six seven eight nine ten, eleven.");
  const whole = await speakAll(voice, spoken);
  assertEquals(samplesOf(events), samplesOf(whole));
  const characters = (all: typeof events) =>
    all.reduce((sum, event) => sum + (event.type === "usage" ? event.characters ?? 0 : 0), 0);
  assertEquals(characters(events), spoken.length);
});

Deno.test("soniox has one stream of a text at work at a time, and its audio in order", async () => {
  const finished = Promise.withResolvers<void>();
  await using server = sonioxSpeechServer(undefined, {
    atOnce: 1,
    holdsBack: true,
    finish: (stream) => stream === "c1" ? finished.promise : Promise.resolve(),
  });
  const clock = new FakeClock();
  const connect = socketConnector({ clock: systemClock });
  await using engine = create(server.address, { clock, connect, deadlineMs: 60_000 });
  await using voice = await openVoice(engine);
  const parts = ["one two three four five, ", "six"];
  const { text, goOn } = pausing(...parts);
  const outcome = speakAll(voice, text);
  while (sent(server, "text").length < 1) await settle();
  await clock.advance(1500);
  while (sent(server, "text").length < 2) await settle();
  goOn();
  // What was sent before a keepalive has come when it has.
  await clock.advance(20_000);
  while (sent(server, "keep_alive").length < 1) await settle();
  assertEquals(sent(server, "model").length, 1, "Another stream begins before the first has ended");
  finished.resolve();
  const samples = (await outcome).flatMap((event) => event.type === "frame" ? [...event.samples] : []);
  const wanted = parts.flatMap((part) => [
    ...new Int16Array(new ToneSpeech(voice.format.rate, 1).say(part).buffer),
  ]);
  assertEquals(samples.length, wanted.length);
  assertEquals(samples.findIndex((sample, index) => sample !== wanted[index]), -1, "A sample differs");
});

Deno.test("soniox does not lose a stream that waits for text longer than Soniox does", async () => {
  const clock = new FakeClock();
  await using server = sonioxSpeechServer(undefined, { clock });
  const connect = socketConnector({ clock: systemClock });
  await using engine = create(server.address, { clock, connect });
  await using voice = await openVoice(engine);
  const { text, goOn } = pausing("one two three four five, ", "six");
  const outcome = speakAll(voice, text);
  while (sent(server, "text").length < 1) await settle();
  await clock.advance(1500);
  while (sent(server, "text").length < 2) await settle();
  await clock.advance(8000);
  goOn();
  const alone = samplesOf(await speakAll(voice, "one two three four five, six"));
  assertEquals(samplesOf(await outcome), alone);
});

Deno.test("soniox gives up when what was said before a pause does not come", async () => {
  const script = new SocketScript();
  await using server = sonioxSpeechServer(script);
  const clock = new FakeClock();
  const connect = socketConnector({ clock: systemClock });
  await using engine = create(server.address, { clock, connect, deadlineMs: 3000 });
  await using voice = await openVoice(engine);
  script.plan("audio", { type: "stall" });
  const { text } = pausing("one two three four five, ", "never");
  const outcome = speakAll(voice, text).catch((error) => error);
  while (sent(server, "text").length < 1) await settle();
  await clock.advance(1500);
  await clock.advance(3000);
  assertSilent(await outcome, "timeout");
});

Deno.test("soniox goes on after a stream that failed while its text paused", async () => {
  const script = new SocketScript();
  await using server = sonioxSpeechServer(script);
  await using engine = create(server.address);
  await using voice = await openVoice(engine);
  script.plan("phrase", { type: "message", message: JSON.stringify(failed(408, one)) });
  const { text } = pausing("one two three four five, ", "never");
  assertSilent(await speakAll(voice, text).catch((error) => error), "timeout");
  assertGreater(samplesOf(await speakAll(voice, "one")), 0);
  assertEquals(server.requests.length, 1, "Another connection was opened");
});

Deno.test("soniox finds out that a text was not spoken", async () => {
  const script = new SocketScript();
  await using server = sonioxSpeechServer(script, { holdsBack: true });
  await using engine = create(server.address);
  await using voice = await openVoice(engine);
  const nothing = JSON.stringify({ ...one, terminated: true });
  script.plan("phrase", { type: "message", message: nothing });
  assertSilent(await speakAll(voice, "one").catch((error) => error), "unavailable");
  assertGreater(samplesOf(await speakAll(voice, "one")), 0);
});

Deno.test("soniox keeps a connection open on which nothing is spoken", async () => {
  const clock = new FakeClock();
  await using server = sonioxSpeechServer(undefined, { clock });
  const connect = socketConnector({ clock: systemClock });
  await using engine = create(server.address, { clock, connect });
  await using voice = await openVoice(engine);
  for (let kept = 1; kept <= 6; kept += 1) {
    await clock.advance(20_000);
    while (sent(server, "keep_alive").length < kept) await settle();
  }
  assertEquals([server.requests.length, server.sockets], [1, 1]);
  assertGreater(samplesOf(await speakAll(voice, "one")), 0);
});

Deno.test("soniox refuses a text that is longer than a stream", async () => {
  await using server = sonioxSpeechServer();
  await using engine = create(server.address);
  await using voice = await openVoice(engine);
  assertSilent(await speakAll(voice, "word ".repeat(301)).catch((error) => error), "invalid_request");
});

Deno.test("soniox reads audio and the end of a stream in one message, and lets pass what it does not know", () => {
  const read = (message: object) => readMessage(JSON.stringify(message));
  const audio = { type: "audio", context: "c1", bytes: new Uint8Array([1, 2]) } as const;
  assertEquals(read({ ...one, audio: "AQI=" }), { ...audio, last: false });
  assertEquals(read({ ...one, audio: "AQI=", audio_end: true }), { ...audio, last: false });
  assertEquals(read({ ...one, audio: "AQI=", terminated: true }), { ...audio, last: true });
  assertEquals(read({ ...one, terminated: true }), { type: "done", context: "c1" });
  const timestamps = {
    characters: ["a"],
    character_start_times_seconds: [0],
    character_end_times_seconds: [1],
  };
  for (
    const other of [{ ...one, audio: "", audio_end: true }, { ...one, timestamps }, { audio: "AQI=" }, {}]
  ) {
    assertEquals(read(other), undefined);
  }
});

Deno.test("soniox sends what Soniox's own library sends for speech, but for the key", () => {
  const { path, first: { api_key: _, ...first }, later } = golden.speech;
  const { url, headers } = connection({ key: "KEY", address: "https://tts-rt.soniox.com" });
  assertEquals([url, headers], [`wss://tts-rt.soniox.com${path}`, { authorization: "Bearer KEY" }]);
  const { model, language, voice, sample_rate: rate, stream_id: stream } = first;
  const ours = startMessage(stream, { model, language, voice, rate, speed: 1 });
  assertEquals(ours, JSON.stringify(first));
  assertEquals(phraseMessage(stream, "Hola "), later[0]);
  assertEquals({ ...JSON.parse(endMessage(stream)), text: "mundo." }, JSON.parse(later[1]!));
  assertEquals(keepaliveMessage, `{"keep_alive":true}`);
});

Deno.test("the stand-in for Soniox's speech objects to what Soniox does not take", async () => {
  const config = {
    model: "tts-rt-v2",
    language: "es",
    voice: "Maya",
    audio_format: "pcm_s16le",
    sample_rate: 24_000,
    stream_id: "a",
  };
  const text = { text: "one", text_end: false, stream_id: "a" };
  const cases: readonly (readonly [why: string, messages: readonly object[]])[] = [
    ["the key stands in a message", [{ ...config, api_key: "sk" }]],
    ["must NOT have additional properties: flush", [{ ...config, flush: true }]],
    ["must have required property 'voice'", [{ ...config, voice: undefined }]],
    ["the speed is 1.5", [{ ...config, speed: 1.5 }]],
    ["raw audio at 22050 Hz", [{ ...config, sample_rate: 22_050 }]],
    ["the language is no ISO code", [{ ...config, language: "es-MX" }]],
    ["that was not begun", [text]],
    ["a stream begins twice", [config, config]],
    ["after the end of its stream", [config, { ...text, stream_id: "a", text_end: true }, text]],
    ["must NOT have additional properties: continue", [config, { ...text, continue: true }]],
    ["more than five streams", "abcdef".split("").map((stream_id) => ({ ...config, stream_id }))],
    ["a stream is cancelled that there never was", [{ stream_id: "a", cancel: true }]],
    ["longer than two minutes", [config, { ...text, text: "word".repeat(600) }]],
    ["must be equal to constant", [{ keep_alive: false }]],
  ];
  for (const [why, messages] of cases) {
    const script = new SocketScript();
    script.plan("end", { type: "stall" });
    const server = sonioxSpeechServer(script);
    const open = Promise.withResolvers<void>();
    const request = {
      provider: "Soniox",
      url: `${server.address.replace("http", "ws")}/tts-websocket`,
      headers: { authorization: `Bearer ${scenarioKey}` },
      message: () => {},
      ended: () => open.resolve(),
    };
    const socket = await socketConnector({ clock: systemClock })(request, new AbortController().signal);
    for (const message of messages) socket.send(JSON.stringify(message));
    while (server.messages.length < messages.length) await settle();
    await socket[Symbol.asyncDispose]();
    const error = await server[Symbol.asyncDispose]().catch((error) => error);
    assert(String(error).includes(why), `${why}: ${error}`);
  }
});

Deno.test("soniox's settings for speech have defaults that Soniox takes", () => {
  const settings = v.parse(v.object(sonioxSpeech.settings), { SONIOX_API_KEY: "key" });
  assertEquals(settings.PARLEY_SONIOX_SPEECH_LANGUAGES.length, 60);
  assertEquals(settings.PARLEY_SONIOX_VOICES, ["Adrian", "Maya"]);
  const wrong = v.safeParse(v.object(sonioxSpeech.settings), {});
  assertEquals(wrong.issues?.[0].message, "expected the key of Soniox");
});

Deno.test("Soniox's schema for speech in the project is the one in the folder of contracts", () => {
  const published = publishedDocument("soniox/realtime.from-dts.schema.json");
  if (published === undefined) return;
  const { definitions } = published as { definitions: Record<string, unknown> };
  const { SonioxTtsConfig, SonioxTtsEvent } = schema.definitions;
  assertEquals<unknown>([SonioxTtsConfig, SonioxTtsEvent], [
    definitions["SonioxTtsConfig"],
    definitions["SonioxTtsEvent"],
  ]);
});
