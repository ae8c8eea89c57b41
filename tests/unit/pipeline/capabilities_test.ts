import { assertEquals, assertStrictEquals } from "@std/assert";
import { fakeRecognizer } from "../../../adapters/fake/recognizer.ts";
import { fakeSynthesizer } from "../../../adapters/fake/synthesizer.ts";
import { fakeTranslator } from "../../../adapters/fake/translator.ts";
import { capabilities } from "../../../pipeline/capabilities.ts";
import { composedRecognizer, composedSynthesizer, composedTranslator } from "../../support/composed.ts";

Deno.test("capabilities() of the same engines are found once, however they are composed", async () => {
  await using recognizer = composedRecognizer(fakeRecognizer(), fakeRecognizer());
  await using translator = composedTranslator([fakeTranslator(), fakeTranslator()]);
  await using synthesizer = composedSynthesizer([fakeSynthesizer(), fakeSynthesizer()]);
  const engines = { recognizer, translator, synthesizer };
  assertStrictEquals(capabilities(engines), capabilities({ ...engines }));
});

Deno.test("capabilities() of other engines are found anew", () => {
  const translator = fakeTranslator();
  const engines = { recognizer: fakeRecognizer(), translator, synthesizer: fakeSynthesizer() };
  const all = capabilities(engines);
  assertEquals(all.pairs.length > 1, true);
  const english = { ...engines, recognizer: fakeRecognizer({ languages: ["en"] }) };
  assertEquals(capabilities(english).pairs.every(({ source }) => source === "en"), true);
  const mute = {
    ...engines,
    synthesizer: fakeSynthesizer({ voices: [{ name: "Lola", language: "es" }] }),
  };
  assertEquals(capabilities(mute).pairs.every(({ target }) => target === "es"), true);
  assertEquals(
    capabilities({ ...engines, translator: { ...translator, name: "other" } }).engines.mt,
    "other",
  );
  assertEquals(capabilities(engines), all);
});
