import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { OwnText } from "../../../../pipeline/stages/own_text.ts";
import type { Segment } from "../../../../pipeline/stages/segment.ts";
import type { Share } from "../../../../pipeline/stages/share.ts";

function segment(number: number, text: string, endMs: number, startMs = 0): Segment {
  const words = text.split(" ").filter((word) => word !== "").map((word) => ({
    text: word,
    startMs: 0,
    endMs,
    timing: "measured" as const,
  }));
  return { segment: number, utterance: 1, language: "en", text, words, startMs, endMs };
}

/** What each segment got: `1: la casa|` where it is over, `1:?|` where it is missing. */
function given(shares: readonly Share[]): string[] {
  const texts = new Map<number, string>();
  for (const { segment, append, over, missing } of shares) {
    texts.set(segment, `${texts.get(segment) ?? ""}${append}${missing ? "?" : ""}${over ? "|" : ""}`);
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

/** Text from a stretch of the source, as one tells it who knows where it begins. */
function* placed(text: OwnText, append: string, fromMs: number, toMs: number): Generator<Share> {
  yield* text.take("", "", fromMs);
  yield* text.take(append, "", toMs);
}

Deno.test("OwnText tells as missing what does not come in time after its sentence, and drops it when it comes later", () => {
  const text = new OwnText("es", 3000);
  const early = [
    ...text.cut(segment(1, "When I was young,", 1500)),
    ...text.cut(segment(2, "I lived here.", 4000, 1600)),
    ...text.heard(7000),
  ];
  assertEquals(given(early), [], "The clause waits for the end of its sentence");
  const late = text.heard(7001);
  assertEquals(given(late), ["1:?|", "2:?|"]);
  const next = [
    ...text.cut(segment(3, "Good night.", 7500, 6800)),
    ...placed(text, "De joven vivía aquí.", 0, 4000),
    ...placed(text, "Buenas noches.", 6810, 7490),
  ];
  assertEquals(given(next), ["3:Buenas noches.|"]);
});

Deno.test("OwnText does not wait for a sentence without an end for ever, and drops its translation then", () => {
  const text = new OwnText("es", 3000);
  text.cut(segment(1, "One and two", 2000));
  assertEquals(given(text.heard(12_000)), []);
  const shares = [
    ...text.cut(segment(2, "and three.", 11_000, 9000)),
    ...text.heard(12_001),
    ...placed(text, "Uno y dos y tres.", 0, 11_000),
  ];
  assertEquals(given(shares), ["1:?|", "2:?|"], "The translator has the beginning: it gets the rest");
});

Deno.test("OwnText tells as missing what is passed over or not there at the end, but no clause that another one's text holds", () => {
  const text = new OwnText("es", 3000);
  const shares = [
    ...text.cut(segment(1, "Hello.", 500)),
    ...text.cut(segment(2, "When I was young,", 2000, 900)),
    ...text.cut(segment(3, "I lived here.", 4000, 2100)),
    ...text.cut(segment(4, "Really.", 5000, 4500)),
    ...placed(text, "De joven vivía aquí.", 900, 3990),
  ];
  assertEquals(given(shares), ["1:?|", "2:|", "3:De joven vivía aquí.|"]);
  assertEquals(given(text.end()), ["4:?|"]);
  assertEquals([...placed(text, "De verdad.", 4500, 5000)], [], "It comes after the answer to a flush");
  const none = new OwnText("es", 3000);
  assertEquals(given([...none.cut(segment(1, "", 500)), ...none.end()]), ["1:|"], "Nothing was said");
});

Deno.test("OwnText gives a place to nobody but those who have it, whatever is missing or late", () => {
  const sentence = fc.record({
    clauses: fc.integer({ min: 1, max: 3 }),
    told: fc.constantFrom("at once", "late", "never", "after the next"),
    flushed: fc.boolean(),
  });
  fc.assert(fc.property(fc.array(sentence, { maxLength: 12 }), (sentences) => {
    const text = new OwnText("es", 3000);
    const shares: Share[] = [];
    const clauses = new Map<number, number>();
    let ms = 0;
    let late: (() => void)[] = [];
    for (const [index, { clauses: count, told, flushed }] of sentences.entries()) {
      const fromMs = ms;
      for (let clause = 1; clause <= count; clause += 1) {
        clauses.set(clauses.size + 1, index);
        const mark = clause === count ? "." : ",";
        shares.push(...text.cut(segment(clauses.size, `word${mark}`, ms + 900, ms)));
        ms += 1000;
      }
      const toMs = ms - 100;
      const tell = () => void shares.push(...placed(text, `<${index}>`, fromMs, toMs));
      const before = late;
      late = [];
      if (told === "at once") tell();
      for (const one of before) one();
      if (told === "after the next") late.push(tell);
      if (told === "late") {
        ms += 4000;
        shares.push(...text.heard(ms));
        tell();
      }
      if (flushed) shares.push(...text.end());
    }
    shares.push(...text.end());
    const over = shares.filter(({ over }) => over);
    assertEquals(over.map(({ segment }) => segment), [...clauses.keys()]);
    for (const { segment, append } of shares) {
      assert(append === "" || append === `<${clauses.get(segment)}>`, `${append} went to segment ${segment}`);
    }
    for (const [index] of sentences.entries()) {
      const own = shares.filter(({ segment }) => clauses.get(segment) === index);
      const texts = own.filter(({ append }) => append !== "").length;
      const missing = own.filter(({ missing }) => missing).length;
      const all = own.filter(({ over }) => over).length;
      assert(texts === 1 && missing === 0 || texts === 0 && missing === all, `sentence ${index}`);
    }
  }));
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
