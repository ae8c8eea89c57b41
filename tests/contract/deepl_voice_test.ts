import { assert, assertEquals, assertInstanceOf } from "@std/assert";
import { fakeSynthesizer } from "../../adapters/fake/synthesizer.ts";
import { Tone } from "../../adapters/fake/tone.ts";
import { fakeTranslator } from "../../adapters/fake/translator.ts";
import { targetCode } from "../../adapters/deepl_voice/languages.ts";
import { type VoiceOptions, voiceRecognizer } from "../../adapters/deepl_voice/mod.ts";
import { PipelineError } from "../../pipeline/error.ts";
import { interpret } from "../../pipeline/interpret.ts";
import type { HearingEvent, Input, OwnTarget, RecognizerOptions } from "../../pipeline/ports.ts";
import { conformSpeechRecognizer } from "../conformance/speech_recognizer.ts";
import { deeplVoiceServer } from "../support/contract/deepl_voice.ts";
import { scenarioKey, type ScenarioServer, withScenario } from "../support/contract/scenario.ts";
import { SocketScript } from "../support/contract/socket_script.ts";
import { fastClock } from "../support/fast_clock.ts";

const rate = 16_000;
const clock = fastClock(8);
const speech = { codec: "pcm_s16le", rate: 24_000 } as const;
const targets: readonly OwnTarget[] = [{ target: "es" }, { target: "zh-TW" }];

const create = (address: string, options: Partial<VoiceOptions> = {}) =>
  voiceRecognizer({ address, key: scenarioKey, speech: false, clock, ...options });

function tones(...spansMs: readonly (readonly [fromMs: number, toMs: number])[]): Int16Array {
  const tone = new Tone(440, rate);
  const samples = new Int16Array((Math.max(...spansMs.map(([, toMs]) => toMs)) + 2000) * rate / 1000);
  for (const [fromMs, toMs] of spansMs) {
    const from = fromMs * rate / 1000;
    samples.set(tone.samples(from, (toMs - fromMs) * rate / 1000), from);
  }
  return samples;
}

const options = (own: readonly OwnTarget[]): RecognizerOptions => ({
  languages: ["en"],
  format: { codec: "pcm_s16le", rate },
  glossary: {},
  targets: own,
});

conformSpeechRecognizer("deepl_voice", () => ({
  create() {
    // Not much faster than speech: how far the source is when words come is judged.
    const clock = fastClock(3);
    const server = deeplVoiceServer({ clock });
    return withScenario(create(server.address, { clock }), server);
  },
  options: options(targets),
  utterances: [tones([200, 1400]), tones([400, 1800])],
  silence: new Int16Array(3 * rate),
  patienceMs: 10_000,
}));

/** Frames of 20 ms. */
async function* source(samples: Int16Array): AsyncGenerator<Input> {
  const size = rate / 50;
  for (let position = 0; position < samples.length; position += size) {
    await Promise.resolve();
    yield { type: "frame", rate, position, samples: samples.slice(position, position + size) };
  }
}

async function hear(
  server: ScenarioServer,
  input: AsyncIterable<Input>,
  { own = targets, ...more }: Partial<VoiceOptions> & { readonly own?: readonly OwnTarget[] } = {},
) {
  const events: HearingEvent[] = [];
  await using engine = create(server.address, more);
  const { signal } = new AbortController();
  await using hearing = await engine.open({ ...options(own), signal });
  for await (const event of hearing.hear(input, signal)) events.push(event);
  return events;
}

function said(events: readonly HearingEvent[]): string {
  return events.flatMap((event) => event.type === "hypothesis" && event.final ? event.words : [])
    .map(({ text }) => text).join(" ");
}

function textFor(events: readonly HearingEvent[], target: string): string {
  return events.flatMap((event) =>
    event.type === "translation" && event.target === target ? [event.append] : []
  )
    .join("");
}

Deno.test("deepl_voice reports concluded and tentative text of the source and of each target, with its place", async () => {
  await using server = deeplVoiceServer({ clock });
  const events = await hear(server, source(tones([200, 1200], [3000, 3800])));
  assertEquals(said(events), "word1 word2 word3 word4 word5. word6 word7 word8 word9.");
  assertEquals(textFor(events, "es"), " es1 es2 es3 es4 es5. es6 es7 es8 es9.");
  assertEquals(textFor(events, "zh-TW"), textFor(events, "es").replaceAll("es", "zh-hant"));
  const translations = events.filter((event) => event.type === "translation");
  assert(translations.some(({ tentative }) => tentative === " es1 es2"));
  const places = translations.filter(({ target, append }) => target === "es" && append !== "")
    .map(({ sourceTo }) => sourceTo! * 1000 / rate);
  assertEquals(places, [800, 1200, 3400, 3800]);
  const { body } = server.requests[0]!;
  assertEquals(JSON.parse(body).target_languages, ["es", "zh-HANT"]);
  assertEquals(JSON.parse(body).target_media_languages, undefined);
});

Deno.test("deepl_voice speaks one target where the account has that", async () => {
  await using server = deeplVoiceServer({ clock });
  const own = [{ target: "es", speech }, { target: "fr" }];
  await using engine = create(server.address, { speech: true });
  assertEquals(engine.traits.speaks?.atOnce, 1);
  assertEquals(create(server.address).traits.speaks, undefined);
  const events = await hear(server, source(tones([200, 1200])), { own, speech: true });
  let position = 0;
  for (const event of events) {
    if (event.type !== "speech") continue;
    assertEquals([event.target, event.audio.position], ["es", position]);
    position += event.audio.type === "frame" ? event.audio.samples.length : 0;
  }
  assertEquals(position, 5 * 4800);
});

Deno.test("deepl_voice goes on over another connection when one is cut, with the last token", async () => {
  const script = new SocketScript();
  for (let times = 0; times < 2; times++) script.plan("phrase", { type: "close", code: 1011 });
  await using server = deeplVoiceServer({ clock, script });
  const events = await hear(server, source(tones([200, 1200], [3000, 3800])));
  assertEquals(server.requests.filter(({ path }) => path.includes("/connect")).length, 3);
  assertEquals(
    server.requests.filter(({ method, path }) => method === "GET" && !path.includes("/connect")).length,
    2,
  );
  assert(said(events).endsWith("word9."), said(events));
});

Deno.test("deepl_voice replaces a connection before it is too old, between two utterances", async () => {
  await using server = deeplVoiceServer({ clock });
  const events = await hear(server, source(tones([200, 1200], [6000, 6800])), { renewAfterMs: 2500 });
  assertEquals(said(events), "word1 word2 word3 word4 word5. word6 word7 word8 word9.");
  const connections = server.requests.filter(({ path }) => path.includes("/connect")).length;
  assert(connections >= 2 && connections <= 4, `${connections} connections`);
});

Deno.test("deepl_voice keeps a session alive over which nothing is said", async () => {
  const clock = fastClock(40);
  await using server = deeplVoiceServer({ clock });
  async function* pausing() {
    for await (const item of source(tones([200, 1200], [3000, 3800]))) {
      if (item.type === "frame" && item.position === 2 * rate) {
        await clock.sleep(40_000, new AbortController().signal);
      }
      yield item;
    }
  }
  const events = await hear(server, pausing(), { clock });
  const [first, second] = events.filter((event) => event.type === "hypothesis").filter(({ final }) => final);
  assertEquals(first!.words.map(({ text }) => text).join(" "), "word1 word2 word3 word4 word5.");
  const { startMs } = second!.words[0]!;
  assert(Math.abs(startMs - 3000) <= 300, `${startMs}`);
});

Deno.test("deepl_voice translates for lanes that only have a voice", async () => {
  await using server = deeplVoiceServer({ clock });
  await using recognizer = create(server.address);
  await using synthesizer = fakeSynthesizer();
  await using translator = fakeTranslator({ openFaults: [{ fault: "internal" }] });
  const { signal } = new AbortController();
  const session = {
    source: "en",
    targets: ["es", "fr"],
    input: { codec: "pcm_s16le", rate },
    outputs: synthesizer.traits.formats,
    glossary: {},
  } as const;
  const services = { recognizer, translator, synthesizer, clock };
  const captions: string[] = [];
  const spoken: string[] = [];
  const input = source(tones([200, 1200], [3000, 3800]));
  for await (const event of interpret(input, services, session, signal).events) {
    if (event.type === "caption" && event.final) {
      captions.push(`${event.lane}/${event.segment} ${event.stable}`);
    }
    if (event.type === "spoken") spoken.push(`${event.lane}/${event.segment}`);
  }
  assertEquals(captions.sort(), [
    "0/1 word1 word2 word3 word4 word5.",
    "0/2 word6 word7 word8 word9.",
    "1/1 es1 es2 es3 es4 es5.",
    "1/2 es6 es7 es8 es9.",
    "2/1 fr1 fr2 fr3 fr4 fr5.",
    "2/2 fr6 fr7 fr8 fr9.",
  ]);
  assertEquals(spoken.sort(), ["1/1", "1/2", "2/1", "2/2"]);
});

Deno.test("deepl_voice tells why it cannot be opened", async () => {
  for (
    const [status, kind] of [[403, "unauthenticated"], [429, "rate_limited"], [
      456,
      "quota_exhausted",
    ]] as const
  ) {
    for (const route of ["/realtime", ...status === 456 ? [] : ["/connect"]]) {
      await using server = deeplVoiceServer({ clock });
      server.faults.push({ route, fault: { type: "status", status } });
      const error = await hear(server, source(new Int16Array(320))).catch((error) => error);
      assertInstanceOf(error, PipelineError);
      assertEquals(error.kind, kind);
    }
  }
  await using server = deeplVoiceServer({ clock });
  const error = await hear(server, source(new Int16Array(320)), { key: "wrong" }).catch((error) => error);
  assertEquals((error as PipelineError).kind, "unauthenticated");
  server.faults.push({ route: "/realtime", fault: { type: "body", body: `{"streaming_url":"http://x"}` } });
  const senseless = await hear(server, source(new Int16Array(320))).catch((error) => error);
  assertEquals((senseless as PipelineError).kind, "internal");
});

const failure = (code: number) =>
  JSON.stringify({
    error: {
      request_type: "source_media_chunk",
      error_code: code,
      reason_code: code * 10_000,
      error_message: "x",
    },
  });

for (const step of ["open", "begin", "phrase", "audio", "end"] as const) {
  Deno.test(`deepl_voice fails when the provider errs or says nothing at the step ${step}`, async () => {
    const cases = [
      [{ type: "message", message: failure(429) }, "rate_limited"],
      [{ type: "message", message: failure(456) }, "quota_exhausted"],
      [{ type: "message", message: "nonsense" }, "internal"],
      [{ type: "message", message: JSON.stringify({ target_media_chunk: { language: 7 } }) }, "internal"],
      [{ type: "close", code: 1008 }, "unauthenticated"],
      ...step === "end" ? [[{ type: "stall" }, "timeout"]] as const : [],
    ] as const;
    for (const [fault, kind] of cases) {
      const script = new SocketScript();
      script.plan(step, fault);
      await using server = deeplVoiceServer({ clock, script });
      const own = [{ target: "es", speech }];
      const input = source(tones([200, 1200]));
      const outcome = await hear(server, input, { own, speech: true }).catch((error) => error);
      assertInstanceOf(outcome, PipelineError, `${step} ${fault.type}`);
      assertEquals(outcome.kind, kind, `${step} ${fault.type}`);
    }
  });
}

Deno.test("deepl_voice gives up when connections are cut again and again", async () => {
  const script = new SocketScript();
  for (let times = 0; times < 6; times++) script.plan("open", { type: "close", code: 1011 });
  await using server = deeplVoiceServer({ clock, script });
  const outcome = await hear(server, source(tones([200, 1200]))).catch((error) => error);
  assertInstanceOf(outcome, PipelineError);
  assertEquals(outcome.kind, "unavailable");
});

Deno.test("deepl_voice's codes are those of its list", () => {
  assertEquals(["es-MX", "pt", "zh-CN", "zh-TW", "no", "xx"].map(targetCode), [
    "es",
    "pt",
    "zh",
    "zh-HANT",
    "nb",
    undefined,
  ]);
});
