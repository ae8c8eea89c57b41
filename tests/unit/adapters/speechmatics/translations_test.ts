import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import type { WireTranslated } from "../../../../adapters/net/recognizer_wire.ts";
import { translatedPairs, Translations } from "../../../../adapters/speechmatics/translations.ts";

function said(
  final: boolean,
  ...sentences: readonly (readonly [text: string, startMs: number, endMs: number])[]
) {
  return {
    type: "translation",
    final,
    language: "es",
    sentences: sentences.map(([text, startMs, endMs]) => ({ text, startMs, endMs })),
  } as const;
}

const appended = (events: readonly WireTranslated[]) => events.map(({ append }) => append).join("");

Deno.test("Translations tell where each sentence begins and ends", () => {
  const translations = new Translations(["es-MX"]);
  assertEquals(translations.codes, ["es"]);
  const event = { type: "translated", target: "es-MX", tentative: "" };
  assertEquals<unknown>(translations.read(said(true, ["Hola.", 100, 900], ["Vamos.", 1200, 2000])), [
    { ...event, append: "", toMs: 100 },
    { ...event, append: " Hola.", toMs: 900 },
    { ...event, append: "", toMs: 1200 },
    { ...event, append: " Vamos.", toMs: 2000 },
  ]);
  assertEquals(translations.read({ ...said(true, ["Ciao.", 2100, 2500]), language: "it" }), []);
});

Deno.test("Translations show what may still change of what is not final, and no more of what is", () => {
  const translations = new Translations(["es"]);
  const shown = (...sentences: Parameters<typeof said> extends [boolean, ...infer Rest] ? Rest : never) =>
    translations.read(said(false, ...sentences)).map(({ tentative }) => tentative);
  assertEquals(shown(["Hola", 100, 500]), [" Hola"]);
  assertEquals(shown(["Hola", 100, 600]), [], "Nothing new");
  translations.read(said(true, ["Hola.", 100, 900]));
  assertEquals(shown(["Hola.", 100, 900], ["Vamos", 1200, 1500]), [" Vamos"]);
  assertEquals(shown(["Hola.", 100, 900]), [""]);
});

Deno.test("Translations say nothing twice, and nothing whose place is over", () => {
  const translations = new Translations(["es"]);
  const read = (...sentence: readonly [string, number, number]) =>
    appended(translations.read(said(true, sentence)));
  assertEquals(read("Hola.", 100, 900), " Hola.");
  assertEquals(read("Hola.", 100, 900), "");
  assertEquals(read("Adiós.", 100, 900), "");
  assertEquals(read("", 1000, 1900), "", "Nothing to say is told by nothing");
  assertEquals(translations.reach(1900), true);
  assertEquals(read("Tarde.", 1000, 1900), "");
  assertEquals(read("Hola. Vamos a casa.", 100, 4000), " Hola. Vamos a casa.", "Most of it is new");
});

Deno.test("Translations reach as far as the last of their targets", () => {
  const translations = new Translations(["es", "fr"]);
  assert(new Translations([]).reach(5000));
  translations.read(said(true, ["Hola.", 100, 900]));
  assertEquals(translations.reach(900), false);
  translations.read({ ...said(true, ["Salut.", 100, 899.9]), language: "fr" });
  assertEquals([translations.reach(900), translations.reach(1000)], [true, false]);
});

Deno.test("Translations go forward, whatever comes", () => {
  const time = fc.integer({ min: 0, max: 5000 });
  const sentence = fc.tuple(fc.constantFrom("Uno.", "Dos", ""), time, time);
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.boolean(), fc.array(sentence, { maxLength: 3 }))), (messages) => {
      const translations = new Translations(["es"]);
      let toMs = 0;
      for (const [final, sentences] of messages) {
        for (const event of translations.read(said(final, ...sentences))) {
          assert((event.toMs ?? toMs) >= toMs, `${event.toMs} after ${toMs}`);
          assert(event.append === "" || event.toMs !== undefined, "Text without a place");
          toMs = event.toMs ?? toMs;
        }
      }
    }),
  );
});

Deno.test("translatedPairs() are from English and into it", () => {
  const pairs = translatedPairs(["en-GB", "zh-Hans", "yue", "nb"]);
  const into = pairs.filter(({ target }) => target === "en").map(({ source }) => source);
  assertEquals([pairs.length, into], [36, ["zh-Hans", "nb"]]);
  assert(pairs.some(({ source, target }) => source === "en-GB" && target === "zh"));
});
