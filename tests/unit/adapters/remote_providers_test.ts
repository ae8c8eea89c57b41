import { assert, assertEquals, assertGreater } from "@std/assert";
import * as v from "valibot";
import { providers } from "../../../adapters/mod.ts";
import { canonicalTag } from "../../../pipeline/language.ts";

const key = "sk-test-0123456789";
/** What has no default: keys, and the region that an address is made of. */
const given: Readonly<Record<string, string>> = {
  DEEPL_API_KEY: key,
  OPENAI_API_KEY: key,
  GOOGLE_API_KEY: key,
  AZURE_TRANSLATOR_KEY: key,
  AZURE_SPEECH_KEY: key,
  AZURE_SPEECH_REGION: "westeurope",
  ELEVENLABS_API_KEY: key,
  CARTESIA_API_KEY: key,
  DEEPGRAM_API_KEY: key,
  SONIOX_API_KEY: key,
};
const remote = (names: readonly { readonly name: string }[]) =>
  names.filter(({ name }) => !["apertium", "espeak", "fake", "simulated"].includes(name));

function parse(settings: v.ObjectEntries, env: Readonly<Record<string, string>>) {
  return v.safeParse(
    v.object(settings),
    Object.fromEntries(Object.entries(env).filter(([name]) => name in settings)),
  );
}

Deno.test("Remote translators can be made of a key and defaults, and translate between tags", async () => {
  for (const { name } of remote(providers.mt)) {
    const provider = providers.mt.find((provider) => provider.name === name)!;
    const values = parse(provider.settings, given);
    assert(values.success, name);
    await using engine = provider.create(values.output);
    assertEquals(engine.name, name);
    assertGreater(engine.traits.pairs.length, 0);
    for (const { source, target } of engine.traits.pairs) {
      assertEquals([canonicalTag(source), canonicalTag(target)], [source, target], name);
    }
  }
});

Deno.test("Remote synthesizers can be made of a key and defaults, and speak tags in raw formats", async () => {
  for (const { name } of remote(providers.tts)) {
    const provider = providers.tts.find((provider) => provider.name === name)!;
    const values = parse(provider.settings, given);
    assert(values.success, name);
    await using engine = provider.create(values.output);
    assertEquals(engine.name, name);
    const { voices, formats, speeds } = engine.traits;
    assertGreater(voices.length, 0);
    for (const { language } of voices) assertEquals(canonicalTag(language), language, name);
    assert(formats.every(({ codec, rate }) => codec === "pcm_s16le" && rate >= 8000), name);
    assert(speeds.min < 1 && speeds.max > 1, name);
  }
});

Deno.test("Remote providers say by name what they lack", () => {
  for (const { name, settings } of [...providers.mt, ...providers.tts]) {
    for (const missing of Object.keys(settings).filter((setting) => setting in given)) {
      const { [missing]: _, ...rest } = given;
      const result = parse(settings, rest);
      assert(!result.success, `${name} does without ${missing}`);
      assertEquals(result.issues.map((issue) => v.getDotPath(issue)), [missing]);
    }
  }
});

Deno.test("Remote providers describe every setting", () => {
  for (const { name, settings } of [...providers.mt, ...providers.tts]) {
    for (const [setting, schema] of Object.entries(settings)) {
      assert((v.getDescription(schema) ?? "").length > 10, `${name} does not describe ${setting}`);
    }
  }
});
