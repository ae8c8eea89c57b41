import { assertEquals } from "@std/assert";
import * as v from "valibot";
import { type AuraOptions, auraSynthesizer, deepgramAura } from "../../adapters/deepgram_aura/mod.ts";
import { conformSpeechSynthesizer } from "../conformance/speech_synthesizer.ts";
import { auraServer } from "../support/contract/deepgram_aura.ts";
import { scenarioKey, withScenario } from "../support/contract/scenario.ts";
import { failSynthesizer, speakAll, voiceOptions } from "../support/contract/synthesizer_failures.ts";

const create = (address: string, options: Partial<AuraOptions> = {}) =>
  auraSynthesizer({
    key: scenarioKey,
    address,
    voices: v.parse(deepgramAura.settings.PARLEY_DEEPGRAM_VOICES, undefined),
    ...options,
  });

conformSpeechSynthesizer("deepgram_aura", () => ({
  create() {
    const server = auraServer();
    return withScenario(create(server.address), server);
  },
  options: voiceOptions,
  text: "one two three four five six seven eight nine ten eleven",
  short: "one two",
  patienceMs: 10_000,
}));

failSynthesizer({
  name: "deepgram_aura",
  server: auraServer,
  create,
  route: "/v1/speak",
  refusals: [
    [{ type: "status", status: 402, body: `{"err_code":"ASR_PAYMENT_REQUIRED"}` }, "quota_exhausted"],
    [{ type: "status", status: 429, body: `{"err_code":"TOO_MANY_REQUESTS"}` }, "concurrency"],
    [{ type: "status", status: 400, body: `"a text"` }, "invalid_request"],
  ],
  probes: false,
});

Deno.test("deepgram_aura has each of its default voices speak, at the speeds it has", async () => {
  await using server = auraServer();
  await using engine = create(server.address);
  for (const { name, language } of engine.traits.voices) {
    await using voice = await engine.open({
      language,
      voice: name,
      formats: [{ codec: "pcm_s16le", rate: 16_000 }],
      signal: new AbortController().signal,
    });
    await speakAll(voice, "one", { speed: 1.25 });
    const query = new URL(server.requests.at(-1)!.path, "http://x").searchParams;
    assertEquals([query.get("model"), query.get("speed")], [
      name,
      /^(en|es)$/.test(language) ? "1.25" : null,
    ]);
  }
});
