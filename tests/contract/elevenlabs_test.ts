import { assert, assertEquals } from "@std/assert";
import { type ElevenLabsOptions, elevenLabsSynthesizer } from "../../adapters/elevenlabs/mod.ts";
import { conformSpeechSynthesizer } from "../conformance/speech_synthesizer.ts";
import { elevenLabsServer } from "../support/contract/elevenlabs.ts";
import { scenarioKey, withScenario } from "../support/contract/scenario.ts";
import { failSocket } from "../support/contract/socket_failures.ts";
import { SocketScript } from "../support/contract/socket_script.ts";
import { assertSilent } from "../support/contract/translator_failures.ts";
import {
  failSynthesizer,
  openVoice,
  speakAll,
  voiceOptions,
} from "../support/contract/synthesizer_failures.ts";

const create = (address: string, options: Partial<ElevenLabsOptions> = {}) =>
  elevenLabsSynthesizer({
    key: scenarioKey,
    address,
    model: "eleven_flash_v2_5",
    voices: ["voice1", "voice2"],
    languages: ["en", "es", "nb"],
    transport: "socket",
    concurrency: 5,
    ...options,
  });

for (const transport of ["socket", "http"] as const) {
  conformSpeechSynthesizer(`elevenlabs over ${transport}`, () => ({
    create() {
      const server = elevenLabsServer();
      return withScenario(create(server.address, { transport }), server);
    },
    options: voiceOptions,
    text: "one two three four five six seven eight nine ten eleven",
    short: "one two",
    patienceMs: 10_000,
  }));
}

failSynthesizer({
  name: "elevenlabs over http",
  server: elevenLabsServer,
  create: (address, options) => create(address, { ...options, transport: "http" }),
  route: "/stream",
  refusals: [
    [
      { type: "status", status: 401, body: `{"detail":{"status":"quota_exceeded","message":"x"}}` },
      "quota_exhausted",
    ],
    [
      { type: "status", status: 429, body: `{"detail":{"status":"too_many_concurrent_requests"}}` },
      "concurrency",
    ],
    [{ type: "status", status: 429, body: `{"detail":{"status":"system_busy"}}` }, "overloaded"],
  ],
  probes: false,
});

failSocket({
  name: "elevenlabs over socket",
  server: elevenLabsServer,
  create,
  route: "/multi-stream-input",
  contexts: 5,
  idleMs: 180_000,
  errors: [
    [{ message: "x", error: "quota_exceeded", code: 1008 }, "quota_exhausted"],
    [{ message: "x", error: "something_new", contextId: "c1" }, "unavailable"],
  ],
  cancelled: (message) => message["close_context"] === true ? message["context_id"] : undefined,
  badAudio: { audio: "*", contextId: "c1" },
});

Deno.test("elevenlabs speaks a voice and a language as they are called there", async () => {
  await using server = elevenLabsServer();
  await using engine = create(server.address);
  await using voice = await engine.open({
    language: "no",
    voice: "voice2",
    formats: [{ codec: "pcm_s16le", rate: 16_000 }],
    signal: new AbortController().signal,
  });
  await speakAll(voice, "one", { speed: 1.2 });
  const { pathname, searchParams } = new URL(server.requests[0]!.path, "http://x");
  assertEquals(pathname, "/v1/text-to-speech/voice2/multi-stream-input");
  assertEquals(searchParams.get("language_code"), "no");
  assertEquals(searchParams.get("output_format"), "pcm_16000");
});

Deno.test("elevenlabs refuses a speed that the voice cannot speak at", async () => {
  await using server = elevenLabsServer();
  await using engine = create(server.address);
  await using voice = await openVoice(engine);
  const error = await speakAll(voice, "one", { speed: 1.3 }).catch((error) => error);
  assert(error instanceof RangeError);
});

Deno.test("elevenlabs hears in the reason of a close that the quota is used up", async () => {
  const script = new SocketScript();
  await using server = elevenLabsServer(script);
  await using engine = create(server.address);
  await using voice = await openVoice(engine);
  script.plan("end", { type: "close", code: 1000, reason: "quota_exceeded: a secret" });
  assertSilent(await speakAll(voice, "one").catch((error) => error), "quota_exhausted");
});
