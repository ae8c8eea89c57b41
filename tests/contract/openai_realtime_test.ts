import { assert, assertAlmostEquals, assertEquals, assertGreater } from "@std/assert";
import type { RecognizerOutside } from "../../adapters/net/recognizer_over_socket.ts";
import {
  realtimeRecognizer,
  type RealtimeRecognizerOptions,
} from "../../adapters/openai_realtime/recognizer.ts";
import type { Owned } from "../../adapters/provider.ts";
import type { HearingEvent, RecognizerOptions, SpeechRecognizer } from "../../pipeline/ports.ts";
import { assertConsistent, finals, texts } from "../conformance/hearing_events.ts";
import { conformSpeechRecognizer } from "../conformance/speech_recognizer.ts";
import { realtimeServer } from "../support/contract/openai_realtime.ts";
import { failRecognizer } from "../support/contract/recognizer_failures.ts";
import { scenarioKey, withScenario } from "../support/contract/scenario.ts";
import { SocketScript } from "../support/contract/socket_script.ts";
import { noTone, tones, tonesOptions } from "../support/contract/spoken_tones.ts";
import { talkTo } from "../support/contract/talk.ts";
import { assertSilent } from "../support/contract/translator_failures.ts";
import { fastClock } from "../support/fast_clock.ts";

const create = (
  address: string,
  more: Partial<RealtimeRecognizerOptions> = {},
  outside: RecognizerOutside = {},
) =>
  realtimeRecognizer({
    address,
    key: scenarioKey,
    dialect: "ga",
    model: "gpt-4o-transcribe",
    languages: ["en", "es"],
    silenceMs: 400,
    delay: "low",
    concurrency: 4,
    ...more,
  }, outside);

/** As fast as it is spoken: what the provider would have told by now is found out by the clock. */
const spoken = { pacing: { speed: 1, burstMs: 100 } } as const;

for (
  const [dialect, model] of [["ga", "gpt-4o-transcribe"], ["ga", "gpt-realtime-whisper"], [
    "beta",
    "whisper",
  ]] as const
) {
  conformSpeechRecognizer(`openai_realtime, ${model} in the dialect ${dialect},`, () => ({
    create() {
      const server = realtimeServer({ dialect });
      return withScenario(
        create(server.address, { dialect, model, ...spoken }, { clock: fastClock(10) }),
        server,
      );
    },
    options: tonesOptions,
    utterances: tones,
    silence: noTone,
    patienceMs: 20_000,
  }));
}

failRecognizer({
  name: "openai_realtime",
  server: (script) => realtimeServer({ script }),
  create: (address, { key = scenarioKey, ...outside }) =>
    create(address, { key, model: "gpt-realtime-whisper", concurrency: 2 }, outside),
  route: "/realtime",
  errors: [
    [{ type: "error", error: { type: "server_error", code: null, message: "a secret" } }, "unavailable"],
    [
      { type: "error", error: { type: "invalid_request_error", code: "session_expired", message: "x" } },
      "session_limit",
    ],
    [{ type: "error", error: { type: "tokens", code: "rate_limit_exceeded", message: "x" } }, "rate_limited"],
    [
      { type: "error", error: { type: "invalid_request_error", code: "invalid_api_key", message: "x" } },
      "unauthenticated",
    ],
    [{
      type: "conversation.item.input_audio_transcription.failed",
      item_id: "item_1",
      content_index: 0,
      error: { type: "transcription_error", message: "a secret" },
    }, "unavailable"],
    [{
      type: "conversation.item.input_audio_transcription.failed",
      item_id: "item_1",
      error: { type: "insufficient_quota", message: "a secret" },
    }, "quota_exhausted"],
  ],
  sessionLimitMs: 3_600_000,
});

/** What a session reports on sounds of so many ms, each with a pause after it. */
async function heard(
  engine: Owned<SpeechRecognizer>,
  sounds: readonly number[],
  options: Partial<RecognizerOptions> = {},
): Promise<readonly HearingEvent[]> {
  await using talk = await talkTo(engine, options);
  for (const soundMs of sounds) talk.say(soundMs, 900);
  const events = await talk.end();
  const { format: { rate }, languages } = { ...tonesOptions, ...options };
  assertConsistent(events, { rate, from: 0, to: talk.said, languages });
  return events;
}

const words = (events: readonly HearingEvent[]) => finals(events).map((final) => texts(final).join(" "));

Deno.test("openai_realtime tells transcripts in the order of speech, in whatever order they come", async () => {
  await using server = realtimeServer({ shuffles: true });
  await using engine = create(server.address, spoken, { clock: fastClock(10) });
  assertEquals(words(await heard(engine, [500, 800, 500, 500])), [
    "word1 word2",
    "word3 word4 word5",
    "word6 word7",
    "word8 word9",
  ]);
});

Deno.test("openai_realtime takes no word back, whatever a transcript is at its end", async () => {
  for (
    const [completes, expected] of [
      [() => "", "word1 word2"],
      [() => "something else", "word1 word2"],
      [(text: string) => `${text} more`, "word1 word2 more"],
      [(text: string) => ` ${text}\n`, "word1 word2"],
    ] as const
  ) {
    await using server = realtimeServer({ completes });
    await using engine = create(server.address);
    assertEquals(words(await heard(engine, [500])), [expected]);
  }
});

Deno.test("openai_realtime drops what is heard in silence that was committed", async () => {
  await using server = realtimeServer();
  await using engine = create(server.address);
  await using talk = await talkTo(engine);
  talk.say(500, 1000);
  talk.flush(1);
  talk.say(0, 1000);
  talk.flush(2);
  assertEquals(words(await talk.end()), ["word1 word2"]);
  assert(server.messages.some((message) => message.includes("commit")), "Nothing was committed");
});

Deno.test("openai_realtime finds speech again that got another name when it was committed", async () => {
  await using server = realtimeServer({ renames: true });
  await using engine = create(server.address);
  await using talk = await talkTo(engine);
  talk.say(1000, 0);
  talk.flush(1);
  talk.say(1000, 1000);
  assertEquals(words(await talk.end()), ["word1 word2 word3 word4", "word5 word6 word7 word8"]);
});

Deno.test("openai_realtime takes long speech for one utterance, and hears it again when the connection ends", async () => {
  for (const dialect of ["ga", "beta"] as const) {
    const script = new SocketScript();
    await using server = realtimeServer({ script, dialect });
    await using engine = create(server.address, { dialect, ...spoken }, { clock: fastClock(20) });
    await using talk = await talkTo(engine);
    talk.say(500, 1000);
    talk.say(4000, 0);
    await talk.until(() => talk.events.filter(({ type }) => type === "speech_started").length === 2);
    script.plan("audio", { type: "close", code: 4999 });
    talk.say(2000, 1000);
    const events = await talk.end();
    assertEquals(server.requests.length, 2, "It did not connect again");
    assertEquals(words(events)[0], "word1 word2");
    const [, second, ...more] = finals(events).filter(({ words }) => words.length > 0);
    assertEquals(more.length, 0, "The utterance fell apart");
    assertGreater(second!.words.length, 18);
  }
});

Deno.test("openai_realtime counts what the provider says that it charges", async () => {
  await using server = realtimeServer();
  await using engine = create(server.address);
  const usage = (await heard(engine, [500, 500])).filter((event) => event.type === "usage");
  // What is left at the end is committed too, and charged.
  assertEquals(usage.length, 3);
  assertAlmostEquals(usage.reduce((sum, { audioMs = 0 }) => sum + audioMs, 0), 2800, 10);
});

Deno.test("openai_realtime has no key and no model in the address of a server of one's own", async () => {
  await using server = realtimeServer({ dialect: "beta" });
  await using engine = create(server.address, { dialect: "beta", key: "" });
  assertSilent(await talkTo(engine).catch((error) => error), "unauthenticated");
  assertEquals(server.requests[0]!.headers.get("authorization"), null);
  assertEquals(server.requests[0]!.path, "/realtime?model=gpt-4o-transcribe&intent=transcription");
});

Deno.test("openai_realtime takes 16, 24 and 48 kHz, but for turns of our own those in which speech can be found", async () => {
  await using theirs = create("http://127.0.0.1:9");
  await using ours = create("http://127.0.0.1:9", { model: "gpt-realtime-whisper" });
  assertEquals(theirs.traits.formats.map(({ rate }) => rate), [24_000, 16_000, 48_000]);
  assertEquals(ours.traits.formats.map(({ rate }) => rate), [16_000, 48_000]);
});
