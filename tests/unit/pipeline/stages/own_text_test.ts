import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { OwnText } from "../../../../pipeline/stages/own_text.ts";
import type { Segment } from "../../../../pipeline/stages/segment.ts";
import type { Share } from "../../../../pipeline/stages/share.ts";

function segment(number: number, text: string, endMs: number): Segment {
  const words = text.split(" ").filter((word) => word !== "").map((word) => ({
    text: word,
    startMs: 0,
    endMs,
    timing: "measured" as const,
  }));
  return { segment: number, utterance: 1, language: "en", text, words, startMs: 0, endMs };
}

/** What each segment got: `1: la casa|` where it is over. */
function given(shares: readonly Share[]): string[] {
  const texts = new Map<number, string>();
  for (const { segment, append, over } of shares) {
    texts.set(segment, `${texts.get(segment) ?? ""}${append}${over ? "|" : ""}`);
  }
  return [...texts].sort(([one], [other]) => one - other).map(([segment, text]) => `${segment}:${text}`);
}

Deno.test("OwnText shares a translation out by where in the source it comes from", () => {
  const text = new OwnText("es");
  const shares = [
    ...text.cut(segment(1, "When I was young,", 1500)),
    ...text.cut(segment(2, "I lived in Rome.", 3000)),
    ...text.take("Cuando era", "", 1000),
    ...text.take(" joven,", "", 1520),
    ...text.take(" vivía en Roma.", "", 2980),
  ];
  assertEquals(given(shares), ["1:Cuando era joven,|", "2: vivía en Roma.|"]);
});

Deno.test("OwnText gives a text that covers two segments to the one in which its middle lies", () => {
  const text = new OwnText("es");
  const shares = [
    ...text.cut(segment(1, "Yes,", 400)),
    ...text.cut(segment(2, "I lived in Rome.", 3000)),
    ...text.take("Sí, vivía en Roma.", "", 3000),
  ];
  assertEquals(given(shares), ["1:|", "2:Sí, vivía en Roma.|"]);
});

Deno.test("OwnText keeps a text until there is its segment", () => {
  const text = new OwnText("es");
  assertEquals(text.take("Hola.", " Vamos", 900), []);
  assert(text.stranded);
  const shares = [...text.cut(segment(1, "Hello.", 900)), ...text.cut(segment(2, "We go", 2000))];
  assertEquals(given(shares), ["1:Hola.|", "2:"]);
  assertEquals(shares.at(-1)?.tentative, " Vamos");
  assert(!text.stranded);
});

Deno.test("OwnText goes by the marks of both texts where it does not know the place", () => {
  const text = new OwnText("es");
  const shares = [
    ...text.cut(segment(1, "Hello, my dear friends,", 900)),
    ...text.cut(segment(2, "we go home.", 1800)),
    ...text.cut(segment(3, "Good night.", 2500)),
    ...text.take("Ho", "", undefined),
    ...text.take("la, mis queridos amigos", "", undefined),
    ...text.take(", vamos a casa. Buenas", "", undefined),
    ...text.take(" noches.", "", undefined),
  ];
  assertEquals(given(shares), [
    "1:Hola, mis queridos amigos,|",
    "2: vamos a casa.|",
    "3: Buenas noches.|",
  ]);
});

Deno.test("OwnText ends all clauses of a sentence with it, whatever its commas", () => {
  const text = new OwnText("es");
  const shares = [
    ...text.cut(segment(1, "When I was young,", 900)),
    ...text.cut(segment(2, "I lived here.", 1800)),
    ...text.cut(segment(3, "Really.", 2500)),
    ...text.take("De joven vivía aquí. De verdad.", "", undefined),
  ];
  assertEquals(given(shares), ["1:De joven vivía aquí.|", "2:|", "3: De verdad.|"]);
});

Deno.test("OwnText gives up what is late", () => {
  const text = new OwnText("es");
  text.cut(segment(1, "One.", 500));
  text.cut(segment(2, "Two.", 8000));
  assertEquals(given(text.heard(10_000)), []);
  assertEquals(given(text.heard(10_600)), ["1:|"]);
  assertEquals(given(text.end()), ["2:|"]);
  const many = Array.from({ length: 20 }, (_, index) => text.cut(segment(index + 3, "More", 9000))).flat();
  assertEquals(given(many).length, 12);
});

Deno.test("OwnText gives all of the text once, in order, to segments that go forward and end once", () => {
  const piece = fc.record({
    text: fc.constantFrom(" uno", " dos,", " tres.", "mente", " 你好。", " "),
    toMs: fc.option(fc.integer({ min: 0, max: 500 }), { nil: undefined }),
    cut: fc.option(fc.constantFrom("One", "Two,", "Three."), { nil: undefined }),
  });
  fc.assert(fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
    const text = new OwnText("es");
    const shares: Share[] = [];
    let cuts = 0;
    let ms = 0;
    for (const { text: append, toMs, cut } of pieces) {
      ms += 300;
      if (cut) shares.push(...text.cut(segment(++cuts, cut, ms)));
      shares.push(...text.take(append, "", toMs === undefined ? undefined : ms + toMs));
      shares.push(...text.heard(ms));
    }
    if (text.stranded) shares.push(...text.cut(segment(++cuts, "", ms)));
    assert(!text.stranded);
    shares.push(...text.end());
    assertEquals(shares.map(({ append }) => append).join(""), pieces.map(({ text }) => text).join(""));
    const over = new Set<number>();
    let at = 0;
    for (const share of shares) {
      assert(share.segment >= at && !over.has(share.segment));
      at = share.segment;
      if (share.over) over.add(share.segment);
    }
    assertEquals(over.size, cuts);
  }));
});
