import { assertEquals, assertThrows } from "@std/assert";
import * as v from "valibot";
import {
  fakeRecognizerProvider,
  fakeSynthesizerProvider,
  fakeTranslatorProvider,
} from "../../../../adapters/fake/mod.ts";

Deno.test("The fake providers need no settings and make engines called fake", async () => {
  await using recognizer = fakeRecognizerProvider.create({});
  const mt = v.parse(v.object(fakeTranslatorProvider.settings), {});
  await using translator = fakeTranslatorProvider.create(mt);
  const tts = v.parse(v.object(fakeSynthesizerProvider.settings), { PARLEY_FAKE_TTS_DELAY_MS: "20" });
  await using synthesizer = fakeSynthesizerProvider.create(tts);
  assertEquals([recognizer.name, translator.name, synthesizer.name], ["fake", "fake", "fake"]);
  assertEquals([mt.PARLEY_FAKE_MT_DELAY_MS, tts.PARLEY_FAKE_TTS_DELAY_MS], [0, 20]);
});

Deno.test("The fake providers refuse a delay that is not a number", () => {
  const schema = v.object(fakeTranslatorProvider.settings);
  assertThrows(() => v.parse(schema, { PARLEY_FAKE_MT_DELAY_MS: "soon" }), Error, "whole milliseconds");
});
