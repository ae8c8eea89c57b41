import { assert, assertEquals, assertInstanceOf } from "@std/assert";
import { OpenAIRealtimeTranslationWS } from "openai/realtime/translations/ws";
import { type TranslateOptions, translateRecognizer } from "../../adapters/openai_translate/mod.ts";
import {
  appendMessage,
  closeMessage,
  sessionAddress,
  updateMessage,
} from "../../adapters/openai_translate/wire.ts";
import { Tone } from "../../adapters/fake/tone.ts";
import { PipelineError } from "../../pipeline/error.ts";
import type { HearingEvent, Input, OwnTarget, RecognizerOptions } from "../../pipeline/ports.ts";
import { conformSpeechRecognizer } from "../conformance/speech_recognizer.ts";
import golden from "../fixtures/golden/openai_translate.json" with { type: "json" };
import { openaiTranslateServer } from "../support/contract/openai_translate.ts";
import { scenarioKey, withScenario } from "../support/contract/scenario.ts";
import { SocketScript } from "../support/contract/socket_script.ts";
import { fastClock } from "../support/fast_clock.ts";

const speech = { codec: "pcm_s16le", rate: 24_000 } as const;
const targets: readonly OwnTarget[] = [{ target: "es", speech }, { target: "fr-CA", speech }];

const create = (address: string, options: Partial<TranslateOptions> = {}) =>
  translateRecognizer({
    address: `${address}/v1`,
    key: scenarioKey,
    model: "gpt-realtime-translate",
    transcriptionModel: "gpt-realtime-whisper",
    languages: ["en", "de"],
    targets: ["es", "fr", "en"],
    clock: fastClock(8),
    ...options,
  });

function tones(rate: number, ...spansMs: readonly (readonly [fromMs: number, toMs: number])[]): Int16Array {
  const tone = new Tone(440, rate);
  const lastMs = Math.max(...spansMs.map(([, toMs]) => toMs)) + 2000;
  const samples = new Int16Array(lastMs * rate / 1000);
  for (const [fromMs, toMs] of spansMs) {
    const [from, to] = [fromMs * rate / 1000, toMs * rate / 1000];
    samples.set(tone.samples(from, to - from), from);
  }
  return samples;
}

const options = (rate: number, own?: readonly OwnTarget[]): RecognizerOptions => ({
  languages: ["en"],
  format: { codec: "pcm_s16le", rate },
  glossary: {},
  ...(own ? { targets: own } : {}),
});

for (
  const [name, rate, own] of [["openai_translate", 24_000, targets], [
    "openai_translate without targets, at 16 kHz,",
    16_000,
    undefined,
  ]] as const
) {
  conformSpeechRecognizer(name, () => ({
    create() {
      const server = openaiTranslateServer();
      // Not much faster than speech: how far the source is when words come is judged.
      return withScenario(create(server.address, { clock: fastClock(3) }), server);
    },
    options: options(rate, own),
    utterances: [tones(rate, [200, 1400]), tones(rate, [400, 1800])],
    silence: new Int16Array(3 * rate),
    patienceMs: 10_000,
  }));
}

/** Frames of 20 ms. */
async function* source(samples: Int16Array, rate = 24_000): AsyncGenerator<Input> {
  const size = rate / 50;
  for (let position = 0; position < samples.length; position += size) {
    await Promise.resolve();
    yield { type: "frame", rate, position, samples: samples.slice(position, position + size) };
  }
}

async function hear(address: string, input: AsyncIterable<Input>, more: Partial<TranslateOptions> = {}) {
  const events: HearingEvent[] = [];
  await using engine = create(address, more);
  const { signal } = new AbortController();
  await using hearing = await engine.open({ ...options(24_000, targets), signal });
  for await (const event of hearing.hear(input, signal)) events.push(event);
  return events;
}

function textFor(events: readonly HearingEvent[], target: string): string {
  return events.flatMap((event) =>
    event.type === "translation" && event.target === target ? [event.append] : []
  )
    .join("");
}

Deno.test("openai_translate reports text and speech of each target, and the source once", async () => {
  await using server = openaiTranslateServer();
  const events = await hear(server.address, source(tones(24_000, [200, 1200])));
  assertEquals(textFor(events, "es"), " 1es 2es 3es 4es, 5es.");
  const words = events.findLast((event) => event.type === "hypothesis")!.words.map(({ text }) => text);
  assertEquals(words.join(" "), "1word 2word 3word 4word, 5word.");
  assertEquals(textFor(events, "es").replaceAll("es", "fr"), textFor(events, "fr-CA"));
  for (const { target } of targets) {
    let position = 0;
    for (const event of events) {
      if (event.type !== "speech" || event.target !== target) continue;
      assert(event.audio.type === "frame" && event.audio.samples.length <= 4800);
      assertEquals(event.audio.position, position);
      position += event.audio.samples.length;
    }
    assertEquals(position, (words.length + 4) * 4800);
  }
  assertEquals(server.requests.map(({ path }) => path), [
    "/v1/realtime/translations?model=gpt-realtime-translate",
    "/v1/realtime/translations?model=gpt-realtime-translate",
  ]);
  const updates = server.messages.filter((message) => message.includes("session.update"));
  assertEquals(updates.filter((message) => message.includes("gpt-realtime-whisper")).length, 1);
});

Deno.test("openai_translate sends silence while the source pauses, and keeps to the source's clock", async () => {
  await using server = openaiTranslateServer({ pauseMs: 100 });
  const rate = 24_000;
  const samples = tones(rate, [200, 1200], [3400, 4400]);
  async function* pausing() {
    for await (const item of source(samples)) {
      if (item.type === "frame" && item.position === 2 * rate) {
        await new Promise((resolve) => setTimeout(resolve, 300));
      }
      yield item;
    }
  }
  const events = await hear(server.address, pausing());
  const finals = events.filter((event) => event.type === "hypothesis").filter(({ final }) => final);
  const [first, second] = finals.map(({ words }) => words[0]!);
  assert(Math.abs(first!.startMs - 200) <= 250, `${first!.startMs}`);
  assert(Math.abs(second!.startMs - 3400) <= 450, `${second!.startMs}`);
});

Deno.test("openai_translate tells why it cannot be opened", async () => {
  for (
    const [status, kind] of [[401, "unauthenticated"], [429, "rate_limited"], [503, "overloaded"]] as const
  ) {
    await using server = openaiTranslateServer();
    server.faults.push({ route: "/translations", fault: { type: "status", status } });
    const error = await hear(server.address, source(new Int16Array(480))).catch((error) => error);
    assertInstanceOf(error, PipelineError);
    assertEquals(error.kind, kind);
  }
  await using server = openaiTranslateServer();
  const error = await hear(server.address, source(new Int16Array(480)), { key: "sk-wrong" }).catch((error) =>
    error
  );
  assertEquals((error as PipelineError).kind, "unauthenticated");
  assert(!(error as PipelineError).message.includes("sk-wrong"));
});

const failure = (code: string) =>
  JSON.stringify({
    type: "error",
    event_id: "e",
    error: { type: "invalid_request_error", code, message: "x" },
  });

for (const step of ["open", "begin", "phrase", "audio", "end"] as const) {
  Deno.test(`openai_translate fails when the connection ends, errs or says nothing at the step ${step}`, async () => {
    const cases = [
      [{ type: "close", code: 1011 }, "unavailable"],
      [{ type: "message", message: failure("session_expired") }, "session_limit"],
      [{ type: "message", message: failure("insufficient_quota") }, "quota_exhausted"],
      [{ type: "message", message: "nonsense" }, "internal"],
      [
        { type: "message", message: JSON.stringify({ type: "session.output_transcript.delta", delta: 7 }) },
        "internal",
      ],
      ...step === "begin" || step === "end" ? [[{ type: "stall" }, "timeout"]] as const : [],
    ] as const;
    for (const [fault, kind] of cases) {
      const script = new SocketScript();
      script.plan(step, fault);
      await using server = openaiTranslateServer({ script });
      const outcome = await hear(server.address, source(tones(24_000, [200, 1200]))).catch((error) => error);
      assertInstanceOf(outcome, PipelineError, `${step} ${fault.type}`);
      assertEquals(outcome.kind, kind, `${step} ${fault.type}`);
    }
  });
}

Deno.test("openai_translate sends what OpenAI's own library sends, but for the empty settings", () => {
  const { host, protocol, pathname, search } = new URL(
    sessionAddress("https://provider.example/v1", "gpt-realtime-translate"),
  );
  assertEquals([protocol, host], ["wss:", "provider.example"]);
  assertEquals(pathname + search, golden.connection.ws);
  const update = JSON.parse(updateMessage({ language: "es" }));
  assertEquals(update.session.audio.input, {});
  delete update.session.audio.input;
  const audio = JSON.parse(golden.frames[1]!).audio;
  assertEquals([update, JSON.parse(appendMessage(new Int16Array(0))), JSON.parse(closeMessage)], [
    JSON.parse(golden.frames[0]!),
    { ...JSON.parse(golden.frames[1]!), audio: "" },
    JSON.parse(golden.frames[2]!),
  ]);
  assertEquals(JSON.parse(appendMessage(new Int16Array(3))).audio, audio + audio);
});

Deno.test("openai's own library is served by the stand-in for its realtime translation", async () => {
  await using server = openaiTranslateServer();
  // The library wants TLS: its check of the address is gone around, everything else is its own.
  const address = new URL(
    `${server.address.replace("http", "ws")}/v1/realtime/translations?model=gpt-realtime-translate`,
  );
  const session: OpenAIRealtimeTranslationWS = Reflect.construct(OpenAIRealtimeTranslationWS, [
    address,
    { headers: { authorization: `Bearer ${scenarioKey}` }, followRedirects: false },
  ]);
  let text = "";
  let bytes = 0;
  session.on("session.output_transcript.delta", ({ delta }) => text += delta);
  session.on("session.output_audio.delta", ({ delta }) => bytes += atob(delta).length);
  const failed = Promise.withResolvers<never>();
  failed.promise.catch(() => {});
  session.on("error", (error) => failed.reject(error));
  const updated = new Promise((resolve) => session.on("session.updated", resolve));
  await Promise.race([new Promise((resolve) => session.on("session.created", resolve)), failed.promise]);
  session.send({ type: "session.update", session: { audio: { output: { language: "es" } } } });
  await Promise.race([updated, failed.promise]);
  const samples = tones(24_000, [0, 600]);
  for (let at = 0; at < samples.length; at += 4800) {
    const piece = new Uint8Array(samples.slice(at, at + 4800).buffer);
    session.send({ type: "session.input_audio_buffer.append", audio: piece.toBase64() });
  }
  await session.finish({ timeoutMs: 5000 });
  assertEquals(text, " 1es 2es 3es.");
  assertEquals(bytes, 2 * 4800 * 7);
});
