import { assertAlmostEquals, assertEquals } from "@std/assert";
import fc from "fast-check";
import { chrF } from "../../../bench/chrf.ts";

/** Computed with sacreBLEU 2.6.0. */
const known: readonly [hypothesis: string, reference: string, score: number][] = [
  ["the cat sat on the mat", "the cat sat on the mat", 100],
  ["el gato", "el perro", 10.226741467975687],
  [
    "El pueblo tuvo trescientas palabras",
    "Seis meses después el pueblo tenía trescientas palabras.",
    51.415980786318606,
  ],
  ["aaa", "aa", 87.49999999999999],
  ["ab", "ab", 100],
  ["日本語を話します", "日本語を話せます", 45.654761904761905],
  ["hi 😀😀 there", "hi 😀 there", 68.69335737563276],
  ["xyz", "abc", 0],
  ["", "abc", 0],
  ["abc", "", 0],
  ["", "", 0],
];

for (const [hypothesis, reference, score] of known) {
  Deno.test(`chrF() of ${JSON.stringify(hypothesis)} against ${JSON.stringify(reference)}`, () => {
    assertAlmostEquals(chrF(hypothesis, reference), score, 1e-9);
  });
}

Deno.test("chrF() favours recall: saying all and more is better than saying less", () => {
  const reference = "seis meses después";
  assertEquals(chrF(`${reference} ${reference}`, reference) > chrF("seis meses", reference), true);
});

Deno.test("chrF() is between 0 and 100, 100 for the same text, and blind to white space", () => {
  fc.assert(fc.property(fc.string({ unit: "grapheme" }), fc.string({ unit: "grapheme" }), (one, other) => {
    const score = chrF(one, other);
    assertEquals(score >= 0 && score <= 100 + 1e-9, true);
    if (one.trim() !== "") assertAlmostEquals(chrF(one, ` ${one}\n`), 100, 1e-9);
  }));
});
