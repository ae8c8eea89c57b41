import { assertEquals } from "@std/assert";
import { type ApyOptions, apyTranslator } from "../../adapters/apy/mod.ts";
import { conformTranslator } from "../conformance/translator.ts";
import { apyServer } from "../support/contract/apy.ts";
import { withScenario } from "../support/contract/scenario.ts";
import {
  assertSilent,
  failTranslator,
  openTranslation,
  textOf,
  translateAll,
} from "../support/contract/translator_failures.ts";

const create = (address: string, options: Partial<ApyOptions> = {}) =>
  apyTranslator({ address, pairs: [{ source: "en", target: "es" }], ...options });

conformTranslator("apy", () => ({
  create() {
    const server = apyServer();
    return withScenario(create(server.address), server);
  },
  options: { source: "en", target: "es", glossary: {} },
  samples: [{ text: "one two three", contains: "es:two" }, { text: "four five six", contains: "es:five" }],
  patienceMs: 10_000,
}));

failTranslator({
  name: "apy",
  server: apyServer,
  create,
  options: { source: "en", target: "es" },
  route: "/translate",
  refusals: [[{ type: "body", body: `{"responseData":{"translatedText":null}}` }, "internal"]],
  keyed: false,
});

Deno.test("apy asks for the server's own codes", async () => {
  await using server = apyServer();
  await using engine = create(server.address);
  await using session = await openTranslation(engine, { source: "es-MX", target: "en-US" });
  assertEquals(textOf(await translateAll(session, "uno & dos=tres")), "en:uno en:& en:dos=tres");
  assertEquals(new URLSearchParams(server.requests.at(-1)!.body).get("langpair"), "spa|eng_US");
});

Deno.test("apy says at its opening that a pair is not installed", async () => {
  await using server = apyServer();
  await using engine = create(server.address);
  const error = await openTranslation(engine, { source: "en", target: "fr" }).catch((error) => error);
  assertSilent(error, "unsupported_language");
});
