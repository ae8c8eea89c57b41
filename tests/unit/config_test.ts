import { assert, assertEquals, assertInstanceOf, assertThrows } from "@std/assert";
import { ConfigError, describeSettings, loadConfig } from "../../config.ts";

type Env = Readonly<Record<string, string>>;

const fakes = { PARLEY_STT: "fake", PARLEY_MT: "fake", PARLEY_TTS: "fake" };

function problems(env: Env): readonly string[] {
  const error = assertThrows(() => loadConfig(env), ConfigError);
  assertInstanceOf(error, ConfigError);
  return error.problems;
}

/** The names of the engines' providers, by stage. */
async function chains(env: Env) {
  const { recognizer, translator, synthesizer } = loadConfig(env).createEngines();
  const chains = [recognizer, translator, synthesizer].map(({ providers }) =>
    providers?.().map(({ name }) => name)
  );
  for (const engine of [recognizer, translator, synthesizer]) await engine[Symbol.asyncDispose]();
  return chains;
}

Deno.test("loadConfig() takes one engine for each stage, or several in the order of preference", async () => {
  assertEquals(await chains({}), [["pocketsphinx"], ["apertium"], ["espeak"]]);
  assertEquals(await chains({ ...fakes, PARLEY_MT: "apertium, fake", PARLEY_TTS: "fake,espeak" }), [
    ["fake"],
    ["apertium", "fake"],
    ["fake", "espeak"],
  ]);
});

Deno.test("loadConfig() names an engine that is not known or named twice", () => {
  const [stt, mt, tts, ...others] = problems({
    PARLEY_STT: "fake,nobody",
    PARLEY_MT: "fake,fake",
    PARLEY_TTS: "",
  });
  assert(stt?.startsWith("PARLEY_STT: expected one or several of pocketsphinx,"), stt);
  assertEquals(mt, "PARLEY_MT: expected each engine once");
  assert(tts?.startsWith("PARLEY_TTS: expected one or several of espeak,"), tts);
  assertEquals(others, []);
});

Deno.test("loadConfig() reads the settings of every engine of a chain", () => {
  assertEquals(problems({ PARLEY_MT: "apertium,fake", PARLEY_FAKE_MT_DELAY_MS: "soon" }), [
    "PARLEY_FAKE_MT_DELAY_MS: expected whole milliseconds",
  ]);
});

Deno.test("loadConfig() tells the problems of engines together with its own", () => {
  const all = problems({
    PARLEY_MT: "fake",
    PARLEY_FAKE_MT_DELAY_MS: "soon",
    PARLEY_PORT: "x",
    PARLEY_HEDGE: "yes",
  });
  for (const name of ["PARLEY_FAKE_MT_DELAY_MS", "PARLEY_PORT", "PARLEY_HEDGE"]) {
    assert(all.some((problem) => problem.startsWith(`${name}: `)), `${name} is not among ${all}`);
  }
});

Deno.test("loadConfig() checks what is composed around the engines", () => {
  assertEquals(
    problems({
      ...fakes,
      PARLEY_HEDGE: "yes",
      PARLEY_FIRST_RESULT_MS: "10",
      PARLEY_CACHE_MB: "-1",
      PARLEY_CACHE_MINUTES: "0",
      PARLEY_CACHE_KV: "1",
    }),
    [
      "PARLEY_HEDGE: expected on or off",
      "PARLEY_FIRST_RESULT_MS: expected at least 500",
      "PARLEY_CACHE_MB: expected a whole number",
      "PARLEY_CACHE_MINUTES: expected at least 1",
      "PARLEY_CACHE_KV: expected on or off",
    ],
  );
});

Deno.test("loadConfig() makes engines with every setting on and with every setting off", async () => {
  const on = { PARLEY_HEDGE: "on", PARLEY_CACHE_KV: "on", PARLEY_CACHE_MB: "1", PARLEY_CACHE_MINUTES: "1" };
  const off = { PARLEY_HEDGE: "off", PARLEY_CACHE_KV: "off", PARLEY_CACHE_MB: "0" };
  for (const env of [on, off]) {
    assertEquals(await chains({ ...fakes, ...env }), [["fake"], ["fake"], ["fake"]]);
  }
});

Deno.test("describeSettings() describes every setting", () => {
  const settings = describeSettings();
  assert(settings.some(({ name }) => name === "PARLEY_CACHE_MB"));
  for (const { name, description } of settings) assert(description !== "", `${name} has no description`);
});

Deno.test("loadConfig() reads prices and a budget, and says which price it cannot read", () => {
  assertEquals(loadConfig(fakes).budget, undefined);
  assertEquals(
    loadConfig({ ...fakes, PARLEY_PRICES: "deepl=25/million characters", PARLEY_BUDGET: "2.5" }).budget,
    2.5,
  );
  const [unreadable, ...others] = problems({ ...fakes, PARLEY_PRICES: "deepl=25/million characters,deepl" });
  assert(unreadable?.endsWith("cannot read number 2"), unreadable);
  assertEquals(others, []);
  const [unknown] = problems({ ...fakes, PARLEY_PRICES: "deepll=25/million characters" });
  assert(unknown?.startsWith("PARLEY_PRICES: expected providers that there are: "), unknown);
  assertEquals(problems({ ...fakes, PARLEY_BUDGET: "5" }), [
    "PARLEY_BUDGET: expected PARLEY_PRICES with it, to know what is spent",
  ]);
});
