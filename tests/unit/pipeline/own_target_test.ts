import { assert, assertEquals, assertThrows } from "@std/assert";
import { fakeRecognizer, type FakeRecognizerOptions } from "../../../adapters/fake/recognizer.ts";
import { fakeSynthesizer } from "../../../adapters/fake/synthesizer.ts";
import { fakeTranslator } from "../../../adapters/fake/translator.ts";
import { capabilities, plan, type Wish } from "../../../pipeline/capabilities.ts";
import { PipelineError } from "../../../pipeline/error.ts";
import { ownTargets } from "../../../pipeline/own_target.ts";

const pcm = (rate: number) => ({ codec: "pcm_s16le", rate }) as const;
const pairs = ["es", "fr", "ko"].map((target) => ({ source: "en", target }));
const translates = { pairs, atOnce: 3 };
const speaks = { pairs: pairs.slice(0, 2), atOnce: 1, formats: [pcm(24_000)] };
const session = { source: "en-GB", targets: ["es-MX", "fr", "de"], outputs: [pcm(48_000), pcm(24_000)] };

Deno.test("ownTargets() has a recognizer speak what it can at once, and translate the rest that it can", () => {
  assertEquals(ownTargets(session, {}), []);
  assertEquals(ownTargets(session, { translates }), [{ target: "es-MX" }, { target: "fr" }]);
  assertEquals(ownTargets(session, { translates, speaks }), [{ target: "es-MX", speech: pcm(24_000) }, {
    target: "fr",
  }]);
  assertEquals(ownTargets(session, { speaks }), [{ target: "es-MX", speech: pcm(24_000) }]);
  assertEquals(ownTargets(session, { translates: { pairs, atOnce: 1 }, speaks }).length, 1);
});

Deno.test("ownTargets() has nothing spoken that the listener cannot take, or from another source", () => {
  assertEquals(ownTargets({ ...session, outputs: [pcm(16_000)] }, { translates, speaks }), [
    { target: "es-MX" },
    { target: "fr" },
  ]);
  assertEquals(ownTargets({ ...session, source: "de" }, { translates, speaks }), []);
});

function engines(own: Pick<NonNullable<FakeRecognizerOptions["own"]>, "translates" | "speaks">) {
  return {
    recognizer: fakeRecognizer({ own: { ...own, moments: [] } }),
    translator: fakeTranslator(),
    synthesizer: fakeSynthesizer(),
  };
}

const wish: Wish = {
  source: "en",
  targets: ["es"],
  input: pcm(16_000),
  outputs: [],
  glossary: {},
  voices: {},
};

Deno.test("capabilities() names each pair once, whoever serves it", () => {
  const target = (own: Parameters<typeof engines>[0]) =>
    capabilities(engines(own)).pairs.filter(({ source }) => source === "en").map(({ target }) => target);
  const usual = target({});
  assert(usual.includes("es") && !usual.includes("ko"));
  // There is no voice for Korean: text alone does not make a pair.
  assertEquals(target({ translates }), usual);
  assertEquals(target({ speaks: { ...speaks, pairs } }), [...usual, "ko"]);
});

Deno.test("plan() takes a target that only the recognizer speaks, and refuses what is too much for it", () => {
  const only = engines({ speaks: { ...speaks, pairs } });
  assertEquals(plan({ ...wish, targets: ["ko"] }, only).targets, ["ko"]);
  assertEquals(plan({ ...wish, targets: ["ko", "es"] }, only).targets, ["ko", "es"]);
  const two = assertThrows(() => plan({ ...wish, targets: ["es", "ko"] }, only), PipelineError);
  assertEquals(two.kind, "unsupported_language");
  const format = assertThrows(
    () => plan({ ...wish, targets: ["ko"], outputs: [pcm(16_000)] }, only),
    PipelineError,
  );
  assertEquals(format.kind, "unsupported_language");
});
