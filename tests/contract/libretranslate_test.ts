import { assertEquals } from "@std/assert";
import { type LibreTranslateOptions, libreTranslator } from "../../adapters/libretranslate/mod.ts";
import { conformTranslator } from "../conformance/translator.ts";
import { libreTranslateServer } from "../support/contract/libretranslate.ts";
import { scenarioKey, withScenario } from "../support/contract/scenario.ts";
import {
  assertSilent,
  failTranslator,
  openTranslation,
  textOf,
  translateAll,
} from "../support/contract/translator_failures.ts";

const create = (address: string, options: Partial<LibreTranslateOptions> = {}) =>
  libreTranslator({ key: scenarioKey, address, languages: ["en", "es", "pt", "zh-Hant", "de"], ...options });

conformTranslator("libretranslate", () => ({
  create() {
    const server = libreTranslateServer();
    return withScenario(create(server.address), server);
  },
  options: { source: "en", target: "es", glossary: {} },
  samples: [{ text: "one two three", contains: "es:two" }, { text: "four five six", contains: "es:five" }],
  patienceMs: 10_000,
}));

failTranslator({
  name: "libretranslate",
  server: libreTranslateServer,
  create,
  options: { source: "en", target: "es" },
  route: "/translate",
  refusals: [
    [{ type: "status", status: 429, body: `{"error":"Slowdown: 30 per 1 minute"}` }, "rate_limited"],
    [{ type: "body", body: `{"error":"odd"}` }, "internal"],
  ],
  // The server asks for the key when it translates, not when it lists its languages.
  keyed: false,
});

Deno.test("libretranslate says that a key is refused when it translates", async () => {
  await using server = libreTranslateServer();
  await using engine = create(server.address, { key: "" });
  await using session = await openTranslation(engine, { source: "en", target: "es" });
  assertSilent(await translateAll(session, "one").catch((error) => error), "unauthenticated");
});

Deno.test("libretranslate finds the server's code for each language", async () => {
  for (
    const [codes, target, code] of [
      [["en", "pt-BR"], "pt", "pt-BR"],
      [["en", "pb"], "pt-BR", "pb"],
      [["en", "zt", "zh"], "zh-Hant", "zt"],
      [["en", "zh-Hans", "zh-Hant"], "zh-Hant", "zh-Hant"],
      [["en", "es"], "es-MX", "es"],
      [["en", "es", "not a tag"], "es", "es"],
    ] as const
  ) {
    await using server = libreTranslateServer({ codes });
    await using engine = create(server.address);
    await using session = await openTranslation(engine, { source: "en", target });
    assertEquals(textOf(await translateAll(session, "one")), `${code}:one`);
  }
});

Deno.test("libretranslate says at its opening that the server lacks a language", async () => {
  await using server = libreTranslateServer();
  await using engine = create(server.address);
  const error = await openTranslation(engine, { source: "en", target: "de" }).catch((error) => error);
  assertSilent(error, "unsupported_language");
});
