import { assert, assertEquals, assertGreater } from "@std/assert";
import type { Outside } from "../../../adapters/net/translator_over_http.ts";
import type { Owned } from "../../../adapters/provider.ts";
import type { ErrorKind } from "../../../pipeline/error.ts";
import type { SpeechEvent, SpeechSynthesizer, Voice } from "../../../pipeline/ports.ts";
import { FakeClock } from "../fake_clock.ts";
import { connectionsOf, type HttpFault, type ScenarioServer } from "./scenario.ts";
import { ToneSpeech } from "./tone_speech.ts";
import { assertSilent } from "./translator_failures.ts";

/** A synthesizer and its scenario. */
export interface SynthesizerScenario {
  readonly name: string;
  server(): ScenarioServer;
  create(address: string, outside: Outside & { readonly key?: string }): Owned<SpeechSynthesizer>;
  /** The end of the path of the request that speaks. */
  readonly route: string;
  /** What the provider's own refusals mean, besides those of HTTP. */
  readonly refusals: readonly (readonly [fault: HttpFault, kind: ErrorKind])[];
  /** What an answer without a body means, where it is not `unavailable`. */
  readonly emptyBody?: ErrorKind;
  /** Whether a refused key shows when a voice is opened. */
  readonly probes: boolean;
}

/** Options with which the scenarios' voices open. */
export const voiceOptions = { language: "es", formats: [{ codec: "pcm_s16le", rate: 24_000 }] } as const;

const signal = new AbortController().signal;

/** Opens a voice on a scenario. */
export function openVoice(engine: SpeechSynthesizer): Promise<Voice> {
  return engine.open({ ...voiceOptions, signal });
}

/** All events of one text. */
export async function speakAll(
  voice: Voice,
  text: string | AsyncIterable<string>,
  { speed = 1 }: { readonly speed?: number } = {},
): Promise<SpeechEvent[]> {
  const pieces = typeof text === "string"
    ? (async function* () {
      yield text;
    })()
    : text;
  const events: SpeechEvent[] = [];
  for await (const event of voice.speak(pieces, { segment: 1, speed }, signal)) events.push(event);
  return events;
}

/** How many samples were spoken. */
export function samplesOf(events: readonly SpeechEvent[]): number {
  return events.reduce((sum, event) => sum + (event.type === "frame" ? event.samples.length : 0), 0);
}

/** Checks that the audio of a text came sample for sample as the stand-in sent it. */
export async function assertExact(voice: Voice): Promise<void> {
  const text = "one two three four five six";
  const frames = (await speakAll(voice, text)).filter((event) => event.type === "frame");
  const wanted = new Int16Array(new ToneSpeech(voice.format.rate, 1).say(text).buffer);
  const samples = frames.flatMap((frame) => [...frame.samples]);
  assertEquals(samples.length, wanted.length);
  assertEquals(samples.findIndex((sample, index) => sample !== wanted[index]), -1, "A sample differs");
}

/** Registers a test for each way in which a synthesizer's provider can fail that is asked once for each text. */
export function failSynthesizer(scenario: SynthesizerScenario): void {
  const { name, route } = scenario;
  const common: SynthesizerScenario["refusals"] = [
    [{ type: "status", status: 400 }, "invalid_request"],
    [{ type: "status", status: 401 }, "unauthenticated"],
    [
      { type: "status", status: 422, body: `{"detail":[{"loc":["body"],"msg":"a secret","type":"x"}]}` },
      "invalid_request",
    ],
    [{ type: "status", status: 429, headers: { "retry-after": "1" } }, "rate_limited"],
    [{ type: "status", status: 500 }, "unavailable"],
    [{ type: "status", status: 503 }, "overloaded"],
    [{ type: "cut", after: 0 }, "unavailable"],
    [{ type: "cut", after: 5001 }, "unavailable"],
    [{ type: "body", body: "" }, scenario.emptyBody ?? "unavailable"],
  ];

  for (const [fault, kind] of [...common, ...scenario.refusals]) {
    const what = fault.type === "status"
      ? `status ${fault.status} ${fault.body ?? ""}`
      : JSON.stringify(fault);
    Deno.test(`${name} turns ${what} into ${kind}, and goes on`, async () => {
      await using server = scenario.server();
      await using engine = scenario.create(server.address, {});
      await using voice = await openVoice(engine);
      server.faults.push({ route, fault });
      const error = await speakAll(voice, "one two three, a secret").catch((error) => error);
      assertSilent(error, kind);
      assertGreater(samplesOf(await speakAll(voice, "one")), 0, "Nothing is spoken after a failure");
    });
  }

  Deno.test(`${name} gives up when nothing comes`, async () => {
    await using server = scenario.server();
    const clock = new FakeClock();
    await using engine = scenario.create(server.address, { clock, deadlineMs: 3000 });
    await using voice = await openVoice(engine);
    server.faults.push({ route, fault: { type: "hang" } });
    const before = server.requests.length;
    const outcome = speakAll(voice, "one").catch((error) => error);
    while (server.requests.length === before) await new Promise((resolve) => setImmediate(resolve));
    await clock.advance(3000);
    assertSilent(await outcome, "timeout");
    await voice[Symbol.asyncDispose]();
    assertEquals(clock.pending, 0, "A deadline is left");
  });

  Deno.test(`${name} asks over the connection that was opened before there was a text`, async () => {
    await using server = scenario.server();
    await using engine = scenario.create(server.address, {});
    await using voice = await openVoice(engine);
    assertEquals(connectionsOf(engine), { busy: 0, idle: 1, waiting: 0 });
    for (let time = 0; time < 5; time += 1) {
      const [event] = await speakAll(voice, "one");
      assertEquals(event, { type: "acquired", waitedMs: 0, reused: true });
    }
    // A request that follows at once may be faster than the news that the connection is free again.
    assert(server.connections <= 2, `${server.connections} connections for 5 texts`);
  });

  Deno.test(`${name} gives the audio sample for sample as it was sent`, async () => {
    await using server = scenario.server();
    await using engine = scenario.create(server.address, {});
    await using voice = await openVoice(engine);
    await assertExact(voice);
  });

  Deno.test(`${name} counts characters before the audio, and the audio`, async () => {
    await using server = scenario.server();
    await using engine = scenario.create(server.address, {});
    await using voice = await openVoice(engine);
    const events = await speakAll(voice, "one two three");
    assertEquals(events.slice(0, 2), [
      { type: "acquired", waitedMs: 0, reused: true },
      { type: "usage", characters: 13 },
    ]);
    assertEquals(events.at(-1), { type: "usage", audioMs: Math.round(samplesOf(events) / 24) });
    assert(events.slice(2, -1).every(({ type }) => type === "frame"));
  });

  Deno.test(`${name} stops when it is disposed`, async () => {
    await using server = scenario.server();
    const engine = scenario.create(server.address, {});
    const voice = await openVoice(engine);
    server.faults.push({ route, fault: { type: "hang" } });
    const outcome = speakAll(voice, "one").catch((error) => error);
    await new Promise((resolve) => setImmediate(resolve));
    await engine[Symbol.asyncDispose]();
    assertSilent(await outcome, "unavailable");
    await voice[Symbol.asyncDispose]();
  });

  if (!scenario.probes) return;
  Deno.test(`${name} finds out at its opening that the key is refused`, async () => {
    await using server = scenario.server();
    await using engine = scenario.create(server.address, { key: "sk-wrong" });
    assertSilent(await openVoice(engine).catch((error) => error), "unauthenticated");
  });
}
