import { assertEquals } from "@std/assert";
import { type DeepLOptions, deeplTranslator } from "../../adapters/deepl/mod.ts";
import { translateRequest } from "../../adapters/deepl/wire.ts";
import { conformTranslator } from "../conformance/translator.ts";
import { deeplServer } from "../support/contract/deepl.ts";
import { scenarioKey, withScenario } from "../support/contract/scenario.ts";
import {
  assertSilent,
  failTranslator,
  openTranslation,
  textOf,
  translateAll,
} from "../support/contract/translator_failures.ts";

const create = (address: string, options: Partial<DeepLOptions> = {}) =>
  deeplTranslator({ key: scenarioKey, address, model: "latency_optimized", ...options });

conformTranslator("deepl", () => ({
  create() {
    const server = deeplServer();
    return withScenario(create(server.address), server);
  },
  options: { source: "en", target: "es", glossary: {} },
  samples: [{ text: "one two three", contains: "es:two" }, { text: "four five six", contains: "es:five" }],
  patienceMs: 10_000,
}));

failTranslator({
  name: "deepl",
  server: deeplServer,
  create,
  options: { source: "en", target: "es" },
  route: "/v2/translate",
  refusals: [
    [{ type: "status", status: 456, body: `{"message":"Quota exceeded"}` }, "quota_exhausted"],
    [{ type: "status", status: 529 }, "overloaded"],
    [{ type: "body", body: `{"translations":[]}` }, "internal"],
    [{ type: "body", body: `{"translations":[{"text":7}]}` }, "internal"],
  ],
  keyed: true,
});

Deno.test("deepl says at its opening that the plan is used up", async () => {
  await using server = deeplServer({ used: 1000 });
  await using engine = create(server.address);
  const error = await openTranslation(engine, { source: "en", target: "es" }).catch((error) => error);
  assertSilent(error, "quota_exhausted");
});

Deno.test("deepl sends what was said before as context and counts what is billed", async () => {
  await using server = deeplServer();
  await using engine = create(server.address);
  await using session = await openTranslation(engine, { source: "en-GB", target: "pt" });
  const history = [{ source: "before", target: "pt:before" }, {
    source: "and then",
    target: "pt:and pt:then",
  }];
  const events = await translateAll(session, "one two", history);
  assertEquals(textOf(events), "pt:one pt:two");
  assertEquals(events.at(-1), { type: "usage", characters: 7 });
  const { context, source_lang, target_lang } = JSON.parse(server.requests.at(-1)!.body);
  assertEquals({ context, source_lang, target_lang }, {
    context: "before and then",
    source_lang: "EN",
    target_lang: "PT-BR",
  });
});

Deno.test("deepl finds its code for each language", async () => {
  await using server = deeplServer();
  await using engine = create(server.address);
  for (
    const [source, target, code] of [
      ["de", "en", "EN-US"],
      ["de", "en-GB", "EN-GB"],
      ["en", "pt-PT", "PT-PT"],
      ["en", "zh", "ZH-HANS"],
      ["en", "zh-TW", "ZH-HANT"],
      ["en", "no", "NB"],
      ["en", "es-419", "ES-419"],
    ] as const
  ) {
    await using session = await openTranslation(engine, { source, target });
    await translateAll(session, "one");
    assertEquals(JSON.parse(server.requests.at(-1)!.body).target_lang, code);
  }
});

Deno.test("deepl's address follows the plan of the key", () => {
  const text = { source: "EN", target: "ES", model: "latency_optimized", text: "a", history: [] } as const;
  assertEquals(
    ["k:fx", "k"].map((key) => new URL(translateRequest({ key, address: "" }, text).url).hostname),
    ["api-free.deepl.com", "api.deepl.com"],
  );
});
