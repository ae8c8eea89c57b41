import { assertEquals } from "@std/assert";
import { spokenLanguage } from "../../../../adapters/openai_transcribe/spoken_language.ts";

Deno.test("spokenLanguage() finds a language by its tag or its English name", () => {
  const wanted = ["en-GB", "nb", "pt-BR", "zh-Hant"];
  for (
    const [reported, found] of [
      ["en", "en-GB"],
      ["english", "en-GB"],
      ["Portuguese", "pt-BR"],
      ["chinese", "zh-Hant"],
      ["zh", "zh-Hant"],
      ["no", "nb"],
      ["klingon", "en-GB"],
      ["", "en-GB"],
      ["???", "en-GB"],
      [undefined, "en-GB"],
    ] as const
  ) {
    assertEquals(spokenLanguage(reported, wanted), found, String(reported));
  }
  assertEquals(spokenLanguage("german", ["en"]), "en");
});
