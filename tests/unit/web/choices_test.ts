import { assertEquals } from "@std/assert";
import {
  choosePair,
  languageName,
  languageTitle,
  readCapabilities,
  sourcesOf,
  targetsOf,
} from "../../../web/choices.ts";

const engines = { stt: "a", mt: "b", tts: "c" };
const pairs = [
  { source: "en", target: "es" },
  { source: "en", target: "ca" },
  { source: "es", target: "en" },
];
const can = { pairs, engines };

Deno.test("sourcesOf() and targetsOf() name each language once", () => {
  assertEquals(sourcesOf(can), ["en", "es"]);
  assertEquals(targetsOf(can, "en"), ["es", "ca"]);
});

Deno.test("choosePair() keeps as much of a wish as it can", () => {
  assertEquals(choosePair(can, { source: "en", target: "ca" }), pairs[1]);
  assertEquals(choosePair(can, { source: "es", target: "ca" }), pairs[2]);
  assertEquals(choosePair(can, { source: "fr", target: "ca" }), pairs[0]);
  assertEquals(choosePair({ pairs: [], engines }, { source: "en", target: "es" }), undefined);
});

Deno.test("readCapabilities() takes the service's answer and refuses others", () => {
  assertEquals(readCapabilities({ pairs, engines, voices: [] }), can);
  for (const answer of [{}, { pairs }, { pairs: [{}], engines }, { pairs: {}, engines }]) {
    assertEquals(readCapabilities(answer), undefined);
  }
});

Deno.test("languageName() fits into a sentence, languageTitle() stands alone", () => {
  assertEquals([languageName("es", "es"), languageTitle("es", "es")], ["español", "Español"]);
  assertEquals(languageName("es", "en"), "Spanish");
  assertEquals(languageName("not a tag", "en"), "not a tag");
});
