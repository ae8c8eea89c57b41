import { assert, assertEquals, assertInstanceOf } from "@std/assert";
import {
  type DeepgramOptions,
  deepgramRecognizer,
  deepgramWire,
} from "../../adapters/deepgram/recognizer.ts";
import { closing, connection } from "../../adapters/deepgram/wire.ts";
import type { RecognizerOutside } from "../../adapters/net/recognizer_over_socket.ts";
import { socketConnector } from "../../adapters/net/socket.ts";
import { type Clock, systemClock } from "../../flow/clock.ts";
import { PipelineError } from "../../pipeline/error.ts";
import type { HearingEvent } from "../../pipeline/ports.ts";
import { assertConsistent, finals } from "../conformance/hearing_events.ts";
import { conformSpeechRecognizer } from "../conformance/speech_recognizer.ts";
import { type DeepgramScenario, deepgramServer } from "../support/contract/deepgram.ts";
import { failRecognizer } from "../support/contract/recognizer_failures.ts";
import { scenarioKey, withScenario } from "../support/contract/scenario.ts";
import { SocketScript } from "../support/contract/socket_script.ts";
import { noTone, tones, tonesOptions } from "../support/contract/spoken_tones.ts";
import { talkTo, wordCount } from "../support/contract/talk.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { fastClock } from "../support/fast_clock.ts";

const create = (address: string, options: Partial<DeepgramOptions> & RecognizerOutside = {}) =>
  deepgramRecognizer({
    key: scenarioKey,
    address,
    model: "nova-3",
    languages: ["en", "es"],
    silenceMs: 300,
    concurrency: 2,
    ...options,
  });

conformSpeechRecognizer("deepgram", () => ({
  create() {
    const server = deepgramServer();
    return withScenario(create(server.address), server);
  },
  options: tonesOptions,
  utterances: tones,
  silence: noTone,
  patienceMs: 10_000,
}));

failRecognizer({
  name: "deepgram",
  server: (script, clock) => deepgramServer(script, { clock }),
  create,
  route: "/v1/listen",
  errors: [
    [{ type: "Error", variant: "DATA-0000", description: "secret" }, "invalid_request"],
    [{ type: "Error", variant: "NET-0000", description: "secret" }, "unavailable"],
  ],
  idleMs: 10_000,
});

const { signal } = new AbortController();

/** Says three words, has them made final, and says three more. */
async function flushed(scenario: DeepgramScenario, clock: Clock): Promise<readonly HearingEvent[]> {
  await using server = deepgramServer(new SocketScript(), scenario);
  await using engine = create(server.address, { clock, connect: socketConnector({ clock: systemClock }) });
  await using talk = await talkTo(engine);
  talk.say(0, 500);
  talk.say(900, 0);
  talk.flush(1);
  await talk.until(() => talk.events.some(({ type }) => type === "flushed"));
  // The third word is said, but it may not be told yet.
  assert([2, 3].includes(wordCount(talk.events)), `${wordCount(talk.events)} words`);
  talk.say(0, 1000);
  talk.say(900, 1000);
  const events = await talk.end();
  assertConsistent(events, { rate: 16_000, from: 0, to: talk.said, languages: ["en"], flushes: [1] });
  return events;
}

Deno.test("deepgram takes the end of a final result for the answer to Finalize, marked or not", async () => {
  for (const marksFinalized of [true, false]) {
    // No timeout passes on a clock that stands still.
    assertEquals(wordCount(await flushed({ marksFinalized }, new FakeClock())), 6);
  }
});

Deno.test("deepgram reports neither twice nor never what is answered after the timeout", async () => {
  const events = await flushed({ lateAnswers: 5 }, fastClock(10));
  assertEquals(wordCount(events), 6);
});

Deno.test("deepgram asks for what the defaults leave out, and for the terms of the glossary", () => {
  const speech = { languages: ["es"], rate: 16_000, glossary: { "lane change": "x", "": "y" }, targets: [] };
  const options = { key: "KEY", address: "https://api.deepgram.com", silenceMs: 300, concurrency: 1 };
  const wire = deepgramWire({ ...options, model: "nova-3", languages: ["en", "es"] });
  const { url, headers } = wire.connection(speech);
  assertEquals(headers, { authorization: "Token KEY" });
  assertEquals(
    url,
    "wss://api.deepgram.com/v1/listen?model=nova-3&language=es&encoding=linear16&sample_rate=16000&channels=1&" +
      "interim_results=true&punctuate=true&endpointing=300&utterance_end_ms=1000&vad_events=true&keyterm=lane+change",
  );
  const older = deepgramWire({ ...options, model: "nova-2", languages: ["en", "nb"] });
  const query = new URL(older.connection({ ...speech, languages: ["nb"] }).url).searchParams;
  assertEquals([query.get("language"), query.get("keyterm")], ["no", null]);
});

Deno.test("deepgram leaves terms out that are more than it takes", () => {
  const glossary = Object.fromEntries(
    Array.from({ length: 300 }, (_, index) => [`a long term ${index}`, "x"]),
  );
  const url = connection({ key: "KEY", address: "https://x.example" }, {
    model: "nova-3",
    language: "en",
    rate: 16_000,
    glossary,
    silenceMs: 300,
    wordlessMs: 1000,
  }).url;
  const terms = new URL(url).searchParams.getAll("keyterm");
  assert(terms.length > 50 && terms.join("").length <= 1000, `${terms.length} terms`);
});

Deno.test("deepgram hears several languages with one model, and says which it was", async () => {
  await using server = deepgramServer();
  await using engine = create(server.address);
  await using talk = await talkTo(engine, { languages: ["en", "es-MX"] });
  talk.say(900, 1000);
  const [final] = finals(await talk.end());
  assertEquals(final?.language, "es-MX");
  assertEquals(new URL(server.requests[0]!.path, "http://x").searchParams.get("language"), "multi");
  const others = create(server.address, { languages: ["en", "da"] });
  const error = await others.open({ ...tonesOptions, languages: ["en", "da"], signal }).catch((error) =>
    error
  );
  assertInstanceOf(error, PipelineError);
  assertEquals(error.kind, "unsupported_language");
  await others[Symbol.asyncDispose]();
});

Deno.test("deepgram counts the audio that it was sent", async () => {
  await using server = deepgramServer();
  await using engine = create(server.address);
  await using talk = await talkTo(engine);
  for (let count = 0; count < 6; count += 1) talk.say(900, 1100);
  const events = await talk.end();
  const usage = events.flatMap((event) => event.type === "usage" ? [event.audioMs ?? 0] : []);
  assertEquals(usage.reduce((sum, ms) => sum + ms, 0), 12_000);
});

Deno.test("deepgram's wire knows the ends of utterances that come late", () => {
  const wire = deepgramWire({
    key: "KEY",
    address: "https://x.example",
    model: "nova-3",
    languages: ["en"],
    silenceMs: 300,
    concurrency: 1,
  });
  const link = wire.connection({ languages: ["en"], rate: 16_000, glossary: {}, targets: [] });
  const said = (start: number, duration: number, words: readonly [string, number][], marks: object = {}) =>
    link.read(JSON.stringify({
      type: "Results",
      start,
      duration,
      ...marks,
      channel: { alternatives: [{ words: words.map(([word, end]) => ({ word, start: end - 0.3, end })) }] },
    })).map(({ type }) => type);
  const end = (last_word_end: number) =>
    link.read(JSON.stringify({ type: "UtteranceEnd", channel: [0], last_word_end })).map(({ type }) => type);
  assertEquals(said(0, 1, [["one", 0.9]]), ["heard"]);
  assertEquals(said(0, 1.5, [["one", 0.9]], { is_final: true, speech_final: true }), ["heard", "ended"]);
  assertEquals(end(0.9), ["ended"]);
  assertEquals(said(1.5, 0.5, [["two", 1.9]]), ["heard"]);
  assertEquals(end(0.9), []);
  assertEquals(end(1.9), ["ended"]);
  assertEquals(said(1.5, 2, [], { is_final: true, from_finalize: true }), ["heard", "finalized"]);
  assertEquals(link.read(JSON.stringify({ type: "Metadata" })), []);
  link.end();
  assertEquals(link.read(JSON.stringify({ type: "Metadata" })), [{ type: "finished" }]);
});

Deno.test("deepgram's close codes mean what Deepgram says", () => {
  assertEquals([1008, 1011].map(closing), ["invalid_request", undefined]);
});
