import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { clip, type Line, lineWidth, paint, printable, wrap } from "../../../cli/line.ts";

const plain = (lines: readonly Line[]) => lines.map((line) => paint(line, false));

Deno.test("wrap() breaks at spaces, and within words that are too long", () => {
  assertEquals(plain(wrap([{ text: "the old house is near" }], 9)), ["the old", "house is", "near"]);
  assertEquals(plain(wrap([{ text: "a veryverylongword" }], 6)), ["a", "veryve", "rylong", "word"]);
  assertEquals(plain(wrap([{ text: "" }], 6)), [""]);
});

Deno.test("wrap() counts two columns for wide characters, and breaks between them", () => {
  assertEquals(plain(wrap([{ text: "古い家は海の" }], 5)), ["古い", "家は", "海の"]);
});

Deno.test("wrap() keeps the styles", () => {
  const line: Line = [{ text: "stable " }, { text: "and tentative", style: "tentative" }];
  assertEquals(wrap(line, 10), [
    [{ text: "stable " }, { text: "and", style: "tentative" }],
    [{ text: "tentative", style: "tentative" }],
  ]);
});

Deno.test("wrap() loses nothing but spaces, and no part is too wide", () => {
  const text = fc.string({ unit: fc.constantFrom("a", "b", " ", "é", "海", "👩‍👩‍👧") });
  fc.assert(fc.property(fc.array(text), fc.integer({ min: 2, max: 20 }), (texts, width) => {
    const line: Line = texts.map((text, index) => index % 2 === 0 ? { text } : { text, style: "faint" });
    const lines = wrap(line, width);
    const letters = (text: string) => text.replaceAll(" ", "");
    assertEquals(letters(plain(lines).join("")), letters(texts.join("")));
    for (const one of lines) assert(lineWidth(one) <= width);
  }));
});

Deno.test("clip() shows that something was cut off", () => {
  assertEquals(paint(clip([{ text: "the old house" }], 8), false), "the old…");
  assertEquals(paint(clip([{ text: "the old house" }], 13), false), "the old house");
  assert(lineWidth(clip([{ text: "海海海海" }], 4)) <= 4);
});

Deno.test("paint() uses no escape sequence without colours", () => {
  const line: Line = [{ text: "a", style: "strong" }, { text: "b" }];
  assertEquals([paint(line, false), paint(line, true)], ["ab", "\x1b[1ma\x1b[0mb"]);
});

Deno.test("printable() takes escape sequences and line feeds apart", () => {
  assertEquals(printable("a\x1b[2Jb\nc\x9bd"), "a [2Jb c d");
});
