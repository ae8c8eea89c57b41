import { assertEquals } from "@std/assert";
import { azureSynthesizer, type AzureSynthesizerOptions } from "../../adapters/azure/synthesizer.ts";
import { azureTranslator, type AzureTranslatorOptions } from "../../adapters/azure/translator.ts";
import { conformSpeechSynthesizer } from "../conformance/speech_synthesizer.ts";
import { conformTranslator } from "../conformance/translator.ts";
import { azureSpeechServer, azureTranslateServer } from "../support/contract/azure.ts";
import { scenarioKey, withScenario } from "../support/contract/scenario.ts";
import {
  failSynthesizer,
  openVoice,
  speakAll,
  voiceOptions,
} from "../support/contract/synthesizer_failures.ts";
import {
  failTranslator,
  openTranslation,
  textOf,
  translateAll,
} from "../support/contract/translator_failures.ts";

const translator = (address: string, options: Partial<AzureTranslatorOptions> = {}) =>
  azureTranslator({
    key: scenarioKey,
    region: "testregion",
    address,
    version: "3.0",
    languages: ["en", "es"],
    ...options,
  });
const synthesizer = (address: string, options: Partial<AzureSynthesizerOptions> = {}) =>
  azureSynthesizer({
    key: scenarioKey,
    address,
    voices: [{ name: "es-ES-ElviraNeural", language: "es-ES" }],
    ...options,
  });

for (const version of ["3.0", "2026-06-06"] as const) {
  conformTranslator(`azure ${version}`, () => ({
    create() {
      const server = azureTranslateServer();
      return withScenario(translator(server.address, { version }), server);
    },
    options: { source: "en", target: "es", glossary: {} },
    samples: [{ text: "one two three", contains: "es:two" }, { text: "four five six", contains: "es:five" }],
    patienceMs: 10_000,
  }));
}

failTranslator({
  name: "azure",
  server: azureTranslateServer,
  create: translator,
  options: { source: "en", target: "es" },
  route: "/translate",
  refusals: [
    [{ type: "status", status: 403, body: `{"error":{"code":403001,"message":"x"}}` }, "quota_exhausted"],
    [{ type: "body", body: `[]` }, "internal"],
  ],
  keyed: false,
});

Deno.test("azure finds its code for each language", async () => {
  await using server = azureTranslateServer();
  await using engine = translator(server.address);
  for (const [target, code] of [["zh-TW", "zh-Hant"], ["no", "nb"], ["pt-PT", "pt-pt"]] as const) {
    await using session = await openTranslation(engine, { source: "en", target });
    assertEquals(textOf(await translateAll(session, "one")), `${code}:one`);
  }
});

conformSpeechSynthesizer("azure", () => ({
  create() {
    const server = azureSpeechServer();
    return withScenario(synthesizer(server.address), server);
  },
  options: voiceOptions,
  text: "one two three four five six seven eight nine ten eleven",
  short: "one two",
  patienceMs: 10_000,
}));

failSynthesizer({
  name: "azure",
  server: azureSpeechServer,
  create: synthesizer,
  route: "/cognitiveservices/v1",
  refusals: [],
  probes: true,
});

Deno.test("azure escapes the text as XML has it", async () => {
  await using server = azureSpeechServer();
  await using engine = synthesizer(server.address);
  await using voice = await openVoice(engine);
  await speakAll(voice, `a < b && "c" > 'd' \ufffe</voice>`);
  assertEquals(
    /ElviraNeural">(.*)<\/voice>/.exec(server.requests.at(-1)!.body)?.[1],
    "a &lt; b &amp;&amp; &quot;c&quot; &gt; &apos;d&apos; &lt;/voice&gt;",
  );
});
