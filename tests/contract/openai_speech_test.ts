import { assertEquals } from "@std/assert";
import { type SpeechOptions, speechSynthesizer } from "../../adapters/openai_speech/mod.ts";
import { conformSpeechSynthesizer } from "../conformance/speech_synthesizer.ts";
import { scenarioKey, withScenario } from "../support/contract/scenario.ts";
import { speechServer } from "../support/contract/speech.ts";
import {
  failSynthesizer,
  openVoice,
  samplesOf,
  speakAll,
  voiceOptions,
} from "../support/contract/synthesizer_failures.ts";

const create = (address: string, options: Partial<SpeechOptions> = {}) =>
  speechSynthesizer({
    key: scenarioKey,
    address,
    model: "scenario",
    voices: ["coral", "alloy"],
    languages: ["en", "es"],
    dialect: "openai",
    ...options,
  });

for (const dialect of ["openai", "speaches"] as const) {
  conformSpeechSynthesizer(`openai_speech in the dialect ${dialect}`, () => ({
    create() {
      const server = speechServer({ dialect });
      return withScenario(create(server.address, { dialect }), server);
    },
    options: voiceOptions,
    text: "one two three four five six seven eight nine ten eleven",
    short: "one two",
    patienceMs: 10_000,
  }));
}

failSynthesizer({
  name: "openai_speech",
  server: speechServer,
  create,
  route: "/audio/speech",
  refusals: [
    [{
      type: "status",
      status: 429,
      body: `{"error":{"type":"insufficient_quota","code":"insufficient_quota"}}`,
    }, "quota_exhausted"],
    [{
      type: "status",
      status: 500,
      body: `{"detail":{"error":"processing_error","message":"x","type":"server_error"}}`,
    }, "unavailable"],
  ],
  probes: true,
});

Deno.test("openai_speech asks speaches for the rate that is wanted", async () => {
  await using server = speechServer({ dialect: "speaches" });
  await using engine = create(server.address, { dialect: "speaches" });
  await using voice = await engine.open({
    language: "es",
    formats: [{ codec: "pcm_s16le", rate: 16_000 }],
    signal: new AbortController().signal,
  });
  const events = await speakAll(voice, "1234567890");
  assertEquals({ rate: voice.format.rate, samples: samplesOf(events) }, { rate: 16_000, samples: 9600 });
});

Deno.test("openai_speech sends no key to a server that wants none", async () => {
  await using server = speechServer();
  await using engine = create(server.address, { key: "" });
  await openVoice(engine).catch(() => {});
  assertEquals(server.requests[0]!.headers.get("authorization"), null);
});
