import { assertEquals } from "@std/assert";
import { googleSynthesizer, type GoogleSynthesizerOptions } from "../../adapters/google/synthesizer.ts";
import { synthesizeRequest } from "../../adapters/google/speech_wire.ts";
import { googleTranslator, type GoogleTranslatorOptions } from "../../adapters/google/translator.ts";
import { conformSpeechSynthesizer } from "../conformance/speech_synthesizer.ts";
import { conformTranslator } from "../conformance/translator.ts";
import { googleSpeechServer, googleTranslateServer } from "../support/contract/google.ts";
import { scenarioKey, withScenario } from "../support/contract/scenario.ts";
import { failSynthesizer, voiceOptions } from "../support/contract/synthesizer_failures.ts";
import {
  failTranslator,
  openTranslation,
  textOf,
  translateAll,
} from "../support/contract/translator_failures.ts";

const translator = (address: string, options: Partial<GoogleTranslatorOptions> = {}) =>
  googleTranslator({ key: scenarioKey, address, languages: ["en", "es"], ...options });
const synthesizer = (address: string, options: Partial<GoogleSynthesizerOptions> = {}) =>
  googleSynthesizer({
    key: scenarioKey,
    address,
    voices: [{ name: "standard", language: "es-ES" }],
    ...options,
  });
const failure = (reason: string) =>
  JSON.stringify({ error: { code: 403, message: "x", errors: [{ reason }] } });

conformTranslator("google", () => ({
  create() {
    const server = googleTranslateServer();
    return withScenario(translator(server.address), server);
  },
  options: { source: "en", target: "es", glossary: {} },
  samples: [{ text: "one two three", contains: "es:two" }, { text: "four five six", contains: "es:five" }],
  patienceMs: 10_000,
}));

failTranslator({
  name: "google",
  server: googleTranslateServer,
  create: translator,
  options: { source: "en", target: "es" },
  route: "/language/translate/v2",
  refusals: [
    [{ type: "status", status: 403, body: failure("dailyLimitExceeded") }, "quota_exhausted"],
    [{ type: "status", status: 403, body: failure("userRateLimitExceeded") }, "rate_limited"],
  ],
  keyed: true,
});

Deno.test("google finds its code for each language", async () => {
  await using server = googleTranslateServer();
  await using engine = translator(server.address);
  for (
    const [target, code] of [["zh-Hant", "zh-TW"], ["zh", "zh-CN"], ["nb", "no"], ["pt-BR", "pt"]] as const
  ) {
    await using session = await openTranslation(engine, { source: "en", target });
    assertEquals(textOf(await translateAll(session, "one")), `${code}:one`);
  }
});

conformSpeechSynthesizer("google", () => ({
  create() {
    const server = googleSpeechServer();
    return withScenario(synthesizer(server.address), server);
  },
  options: voiceOptions,
  text: "one two three four five six seven eight nine ten eleven",
  short: "one two",
  patienceMs: 10_000,
}));

failSynthesizer({
  name: "google",
  server: googleSpeechServer,
  create: synthesizer,
  route: "/v1/text:synthesize",
  refusals: [[{ type: "body", body: `{"audioContent":"*"}` }, "internal"]],
  emptyBody: "internal",
  probes: true,
});

Deno.test("google speaks Mandarin by its own code, and a voice by its name", () => {
  const { body } = synthesizeRequest({ key: "KEY", address: "" }, {
    text: "a",
    language: "zh-CN",
    voice: "cmn-CN-Wavenet-A",
    rate: 24_000,
    speed: 1,
  });
  assertEquals(JSON.parse(body!).voice, { languageCode: "cmn-CN", name: "cmn-CN-Wavenet-A" });
});
