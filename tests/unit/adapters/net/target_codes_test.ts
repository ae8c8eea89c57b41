import { assertEquals, assertThrows } from "@std/assert";
import { languagePairs } from "../../../../adapters/net/language_pairs.ts";
import { targetCodes } from "../../../../adapters/net/target_codes.ts";
import { PipelineError } from "../../../../pipeline/error.ts";

const known = ["en", "pt-BR", "zh-Hans", "zh-Hant"];
const wish = (...targets: readonly string[]) => ({
  source: "en-GB",
  rate: 16_000,
  targets: targets.map((target) => ({ target })),
});

Deno.test("targetCodes() gives the provider's own code of each target", () => {
  assertEquals(targetCodes(wish("pt", "zh-TW"), known, "X"), [
    { target: "pt", code: "pt-BR" },
    { target: "zh-TW", code: "zh-Hant" },
  ]);
  assertThrows(() => targetCodes(wish("pt", "eu"), known, "X"), PipelineError, "eu");
});

Deno.test("targetCodes() finds another language where the transcript alone is wanted", () => {
  assertEquals(targetCodes(wish(), known, "X"), [{ target: undefined, code: "pt-BR" }]);
  assertEquals(targetCodes(wish(), ["en"], "X"), [{ target: undefined, code: "en-GB" }]);
});

Deno.test("languagePairs() pairs each source with each other language", () => {
  assertEquals(languagePairs(["en", "pt-PT"], ["pt-BR", "en", "fr"]), [
    { source: "en", target: "pt-BR" },
    { source: "en", target: "fr" },
    { source: "pt-PT", target: "en" },
    { source: "pt-PT", target: "fr" },
  ]);
});
