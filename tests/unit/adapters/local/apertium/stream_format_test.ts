import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { decodeText, encodeText, isWhole } from "../../../../../adapters/local/apertium/stream_format.ts";

Deno.test("encodeText() marks the end and escapes what has a meaning", () => {
  assertEquals(
    encodeText("a [b] {c} ^d/e$ <f> @g \\h"),
    "a \\[b\\] \\{c\\} \\^d\\/e\\$ \\<f\\> \\@g \\\\h.[][\n]",
  );
});

Deno.test("encodeText() leaves no control characters and no runs of white space", () => {
  assertEquals(encodeText(" a\0b\n\n c\u2028d\t"), "a b c d.[][\n]");
});

Deno.test("decodeText() takes away our full stop and no other", () => {
  assertEquals(decodeText("La casa.[][\n]"), "La casa");
  assertEquals(decodeText("La casa..[][\n]"), "La casa.");
  assertEquals(decodeText(" Dijo  qué?.[][\n]"), "Dijo qué?");
  assertEquals(decodeText("sin marca."), "sin marca.");
});

Deno.test("decodeText() undoes encodeText()", () => {
  fc.assert(fc.property(fc.string({ unit: "grapheme" }), (text) => {
    const plain = text.replaceAll(/[\p{Cc}\s]+/gu, " ").trim();
    const encoded = encodeText(text);
    assertEquals(decodeText(encoded), plain);
    assert(!encoded.includes("\0"));
  }));
});

Deno.test("isWhole() knows a text that was cut short", () => {
  const encoded = encodeText("La casa [x]");
  assert(isWhole(encoded));
  for (let end = 0; end < encoded.length; end += 1) assert(!isWhole(encoded.slice(0, end)));
  assert(!isWhole(`\0${encoded}`));
});
