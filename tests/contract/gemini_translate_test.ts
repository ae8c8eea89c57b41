import { assert, assertEquals, assertInstanceOf } from "@std/assert";
import {
  type GeminiTranslateOptions,
  geminiTranslateRecognizer,
} from "../../adapters/gemini_translate/mod.ts";
import {
  audioMessage,
  sessionAddress,
  sessionHeaders,
  setupMessage,
  streamEndMessage,
} from "../../adapters/gemini_translate/wire.ts";
import { Tone } from "../../adapters/fake/tone.ts";
import { PipelineError } from "../../pipeline/error.ts";
import type { HearingEvent, Input, OwnTarget, RecognizerOptions } from "../../pipeline/ports.ts";
import { conformSpeechRecognizer } from "../conformance/speech_recognizer.ts";
import golden from "../fixtures/golden/gemini_translate.json" with { type: "json" };
import { GatedClock } from "../support/contract/gated_clock.ts";
import { geminiTranslateServer } from "../support/contract/gemini_translate.ts";
import { scenarioKey, type ScenarioServer, withScenario } from "../support/contract/scenario.ts";
import { SocketScript } from "../support/contract/socket_script.ts";
import { fastClock } from "../support/fast_clock.ts";

const rate = 16_000;
const clock = fastClock(8);
const speech = { codec: "pcm_s16le", rate: 24_000 } as const;
const targets: readonly OwnTarget[] = [{ target: "es", speech }, { target: "zh-TW", speech }];

const create = (address: string, options: Partial<GeminiTranslateOptions> = {}) =>
  geminiTranslateRecognizer({
    address,
    key: scenarioKey,
    model: "gemini-3.5-live-translate-preview",
    languages: ["en", "de"],
    targets: ["es", "zh-Hans", "zh-Hant", "en"],
    clock,
    ...options,
  });

function tones(rate: number, ...spansMs: readonly (readonly [fromMs: number, toMs: number])[]): Int16Array {
  const tone = new Tone(440, rate);
  const samples = new Int16Array((Math.max(...spansMs.map(([, toMs]) => toMs)) + 2000) * rate / 1000);
  for (const [fromMs, toMs] of spansMs) {
    samples.set(tone.samples(0, (toMs - fromMs) * rate / 1000), fromMs * rate / 1000);
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
  const [name, rate, own] of [["gemini_translate", 16_000, targets], [
    "gemini_translate without targets, at 24 kHz,",
    24_000,
    undefined,
  ]] as const
) {
  conformSpeechRecognizer(name, () => ({
    create() {
      const gated: GatedClock = new GatedClock(() => server);
      const server = geminiTranslateServer({ clock, given: gated.given });
      return withScenario(create(server.address, { clock: gated, connect: gated.connect }), server);
    },
    options: options(rate, own),
    utterances: [tones(rate, [200, 1400]), tones(rate, [400, 1800])],
    silence: new Int16Array(3 * rate),
    patienceMs: 10_000,
  }));
}

/** Frames of 20 ms. */
async function* source(samples: Int16Array, rate = 16_000): AsyncGenerator<Input> {
  const size = rate / 50;
  for (let position = 0; position < samples.length; position += size) {
    await Promise.resolve();
    yield { type: "frame", rate, position, samples: samples.slice(position, position + size) };
  }
}

async function hear(
  server: ScenarioServer,
  input: AsyncIterable<Input>,
  { own = targets, ...more }: Partial<GeminiTranslateOptions> & { readonly own?: readonly OwnTarget[] } = {},
): Promise<readonly HearingEvent[]> {
  const events: HearingEvent[] = [];
  await using engine = create(server.address, more);
  const { signal } = new AbortController();
  await using hearing = await engine.open({ ...options(rate, own), signal });
  for await (const event of hearing.hear(input, signal)) events.push(event);
  return events;
}

function textFor(events: readonly HearingEvent[], target: string): string {
  return events.flatMap((event) =>
    event.type === "translation" && event.target === target ? [event.append] : []
  ).join("");
}

function said(events: readonly HearingEvent[]): string {
  return events.flatMap((event) => event.type === "hypothesis" && event.final ? event.words : [])
    .map(({ text }) => text).join(" ");
}

/** How many samples of speech there are that can be heard. */
function loudSamples(events: readonly HearingEvent[], target: string): number {
  let count = 0;
  for (const event of events) {
    if (event.type !== "speech" || event.target !== target || event.audio.type !== "frame") continue;
    count += event.audio.samples.filter((sample) => Math.abs(sample) > 1000).length;
  }
  return count;
}

Deno.test("gemini_translate reports text and speech of each target, the source once, and what it is charged for", async () => {
  await using server = geminiTranslateServer({ clock });
  const events = await hear(server, source(tones(rate, [200, 1200])));
  assertEquals(said(events), "1word 2word 3word 4word, 5word.");
  assertEquals(textFor(events, "es"), " 1es 2es 3es 4es, 5es.");
  assertEquals(textFor(events, "zh-TW"), textFor(events, "es").replaceAll("es", "zh-Hant"));
  for (const { target } of targets) {
    let position = 0;
    for (const event of events) {
      if (event.type !== "speech" || event.target !== target) continue;
      assert(event.audio.type === "frame" && event.audio.samples.length <= 4800);
      assertEquals(event.audio.position, position);
      position += event.audio.samples.length;
    }
    // A tone is softer than 1,000 near its zeros.
    assert(loudSamples(events, target) > 5 * 4800 * 0.85);
  }
  const usage = events.filter((event) => event.type === "usage");
  assertEquals(usage.reduce((sum, { tokens = 0 }) => sum + tokens, 0), 2 * 50);
  assertEquals(usage.at(-1)!.audioMs, 2 * 3200);
  const setups = server.messages.filter((message) => message.includes("setup"));
  assertEquals(setups.filter((message) => message.includes("inputAudioTranscription")).length, 1);
});

Deno.test("gemini_translate tells that the source pauses, and keeps to the source's clock", async () => {
  const gated: GatedClock = new GatedClock(() => server);
  await using server = geminiTranslateServer({
    clock: { now: () => gated.now(), sleep: clock.sleep },
    given: gated.given,
    pauseMs: 3000,
  });
  async function* pausing() {
    for await (const item of source(tones(rate, [200, 1200], [3400, 4400]))) {
      if (item.type === "frame" && item.position === 2 * rate) {
        await gated.sleep(10_000, new AbortController().signal);
      }
      yield item;
    }
  }
  const events = await hear(server, pausing(), { clock: gated, connect: gated.connect });
  const finals = events.filter((event) => event.type === "hypothesis").filter(({ final }) => final);
  assertEquals(finals.map(({ words }) => words.map(({ text }) => text).join(" ")), [
    "1word 2word 3word 4word, 5word.",
    "6word 7word 8word, 9word 10word.",
  ]);
  const [first, second] = finals.map(({ words }) => words[0]!);
  assert(Math.abs(first!.startMs - 200) <= 450, `${first!.startMs}`);
  assert(Math.abs(second!.startMs - 3400) <= 450, `${second!.startMs}`);
  const ends = server.messages.filter((message) => message.includes("audioStreamEnd"));
  assertEquals(ends.length, 2 * targets.length);
});

/** The numbers of the words of a text, which have to be those from 1 on. */
function assertNumbered(text: string, least: number, most: number): void {
  const numbers = [...text.matchAll(/\d+/g)].map(([number]) => Number(number));
  assertEquals(numbers, numbers.map((_, index) => index + 1));
  assert(numbers.length >= least && numbers.length <= most, `${numbers.length} words`);
}

for (
  const [what, goAway, samples, least, most] of [
    [
      "between two utterances",
      { afterMs: 2000, leftMs: 60_000 },
      tones(rate, [200, 1200], [4000, 5000]),
      10,
      11,
    ],
    [
      "within one, between two words",
      { afterMs: 1000, leftMs: 15_000 },
      tones(rate, [200, 3000], [3200, 5200]),
      24,
      26,
    ],
    ["where nobody is silent", { afterMs: 1000, leftMs: 9000 }, tones(rate, [200, 6200]), 30, 33],
  ] as const
) {
  Deno.test(`gemini_translate goes on over another connection ${what} when one is to end, without losing a word`, async () => {
    await using server = geminiTranslateServer({ clock, onwards: true, lagMs: 1500, goAway });
    const own = targets.slice(0, 1);
    const events = await hear(server, source(samples), { own });
    assert(server.requests.length >= 2, `${server.requests.length} connections`);
    assertNumbered(said(events), least, most);
    assertNumbered(textFor(events, "es"), least, most);
    // No stretch of sound was cut where there was a pause.
    if (what !== "where nobody is silent") assertEquals(textFor(events, "es").split(".").length, 3);
    const words = textFor(events, "es").trim().split(" ").length;
    assert(loudSamples(events, "es") > words * 4800 * 0.85);
  });
}

Deno.test("gemini_translate replaces a connection that grows old unasked", async () => {
  await using server = geminiTranslateServer({ clock, onwards: true, lagMs: 1500 });
  const samples = tones(rate, [200, 1200], [4000, 5000], [9000, 10_000]);
  const events = await hear(server, source(samples), { renewAfterMs: 3000, own: targets.slice(0, 1) });
  assert(server.requests.length >= 2 && server.requests.length <= 6, `${server.requests.length} connections`);
  assertNumbered(said(events), 15, 18);
  assertNumbered(textFor(events, "es"), 15, 18);
});

Deno.test("gemini_translate tries again where the next connection cannot be opened, or ends before it is needed", async () => {
  const script = new SocketScript();
  await using server = geminiTranslateServer({
    clock,
    script,
    onwards: true,
    goAway: { afterMs: 2600, leftMs: 60_000 },
  });
  async function* failing() {
    for await (const item of source(tones(rate, [200, 5200], [8000, 9000]))) {
      if (item.type === "frame" && item.position === rate) {
        server.faults.push({ route: "BidiGenerateContent", fault: { type: "status", status: 429 } });
        script.plan("begin", { type: "close", code: 1011 });
      }
      yield item;
    }
  }
  const events = await hear(server, failing(), { own: targets.slice(0, 1) });
  assert(server.requests.length >= 4, `${server.requests.length} connections`);
  assertNumbered(said(events), 30, 32);
});

Deno.test("gemini_translate tells why it cannot be opened", async () => {
  for (
    const [status, kind] of [[403, "unauthenticated"], [429, "rate_limited"], [503, "overloaded"]] as const
  ) {
    await using server = geminiTranslateServer({ clock });
    server.faults.push({ route: "BidiGenerateContent", fault: { type: "status", status } });
    const error = await hear(server, source(new Int16Array(320))).catch((error) => error);
    assertInstanceOf(error, PipelineError);
    assertEquals(error.kind, kind);
  }
  await using server = geminiTranslateServer({ clock });
  const error = await hear(server, source(new Int16Array(320)), { key: "sk-wrong" }).catch((error) => error);
  assertInstanceOf(error, PipelineError);
  assertEquals(error.kind, "unauthenticated");
  assert(!error.message.includes("sk-wrong") && !error.message.includes("valid"));
});

for (
  const [code, reason, kind] of [
    [1008, "models/x is not found for API version v1beta, or is not supported", "invalid_request"],
    [1007, "Invalid JSON payload received. Unknown name \"x\" at 'setup'", "invalid_request"],
    [1008, "Method doesn't allow unregistered callers", "unauthenticated"],
    [1011, "You exceeded your current quota, please check your plan", "rate_limited"],
    [1008, "Connection aborted because the client failed to close it after a GoAway", "session_limit"],
    [1011, "Deadline expired before operation could complete.", "unavailable"],
  ] as const
) {
  Deno.test(`gemini_translate takes a close with ${code} (${reason.slice(0, 30)}…) for ${kind}`, async () => {
    // Not while audio comes: of what is under way then, Deno's server lets no close code through.
    for (const step of ["begin", "end"] as const) {
      const script = new SocketScript();
      script.plan(step, { type: "close", code, reason });
      await using server = geminiTranslateServer({ clock, script });
      const error = await hear(server, source(tones(rate, [200, 1200]))).catch((error) => error);
      assertInstanceOf(error, PipelineError);
      assertEquals(error.kind, kind);
      assert(!error.message.includes(reason));
    }
  });
}

const failure = (code: number) => JSON.stringify({ error: { code, message: "x", status: "X" } });

for (const step of ["open", "begin", "phrase", "audio", "end"] as const) {
  Deno.test(`gemini_translate fails when the connection ends, errs or says nothing at the step ${step}`, async () => {
    const bytes = (text: string) => new TextEncoder().encode(text);
    const cases = [
      [{ type: "close", code: 1011 }, "unavailable"],
      [{ type: "message", message: bytes(failure(429)) }, "rate_limited"],
      [{ type: "message", message: failure(500) }, "unavailable"],
      [{ type: "message", message: bytes("nonsense") }, "internal"],
      [{ type: "message", message: new Uint8Array([0xff, 0xfe, 0]) }, "internal"],
      [{ type: "message", message: `{"serverContent":{"outputTranscription":{"text":7}}}` }, "internal"],
      [
        {
          type: "message",
          message: `{"serverContent":{"modelTurn":{"parts":[{"inlineData":{"data":"***"}}]}}}`,
        },
        "internal",
      ],
      [
        {
          type: "message",
          message:
            `{"serverContent":{"modelTurn":{"parts":[{"inlineData":{"mimeType":"audio/pcm;rate=16000","data":""}}]}}}`,
        },
        "internal",
      ],
      ...step === "begin" ? [[{ type: "stall" }, "timeout"]] as const : [],
    ] as const;
    for (const [fault, kind] of cases) {
      const script = new SocketScript();
      script.plan(step, fault);
      await using server = geminiTranslateServer({ clock, script });
      const outcome = await hear(server, source(tones(rate, [200, 1200]))).catch((error) => error);
      assertInstanceOf(outcome, PipelineError, `${step} ${JSON.stringify(fault)}`);
      assertEquals(outcome.kind, kind, `${step} ${JSON.stringify(fault)}`);
    }
  });
}

Deno.test("gemini_translate ends although the provider never says that it is done", async () => {
  const script = new SocketScript();
  script.plan("end", { type: "stall" });
  await using server = geminiTranslateServer({ clock, script });
  const events = await hear(server, source(tones(rate, [200, 1200])), { own: targets.slice(0, 1) });
  assertEquals(said(events), "1word 2word 3word 4word, 5word.");
});

Deno.test("gemini_translate sends what Google's own library sends, the key in a header", () => {
  const access = {
    address: "https://provider.example",
    key: "KEY",
    model: "gemini-3.5-live-translate-preview",
  };
  const url = new URL(sessionAddress(access));
  assertEquals([url.protocol, url.host], ["wss:", "provider.example"]);
  const [path, query] = golden.connection.ws.split("?");
  assertEquals([url.pathname, url.search], [path!.slice(1), ""]);
  assertEquals([query, sessionHeaders(access)], ["key=KEY", { "x-goog-api-key": "KEY" }]);
  const messages = [
    setupMessage(access, { language: "es", transcribes: true }),
    audioMessage(new Int16Array(3)),
    streamEndMessage,
  ].map((message) => JSON.parse(message));
  const theirs = golden.frames.map((frame) => JSON.parse(frame));
  theirs[1].realtimeInput.audio.data += theirs[1].realtimeInput.audio.data;
  assertEquals(messages, theirs);
});
