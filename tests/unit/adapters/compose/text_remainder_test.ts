import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { TextRemainder } from "../../../../adapters/compose/text_remainder.ts";

/** All that is given of a text that comes in pieces, after another one. */
function remainder(given: string, ...pieces: readonly string[]): string {
  const text = new TextRemainder(given);
  return pieces.map((piece) => text.push(piece)).join("") + text.end();
}

/** A text cut into pieces at any places. */
const cut = (text: string, lengths: readonly number[]) => {
  const pieces: string[] = [];
  let at = 0;
  for (const length of lengths) {
    pieces.push(text.slice(at, at + length));
    at += length;
  }
  return [...pieces, text.slice(at)];
};
const lengths = fc.array(fc.integer({ min: 0, max: 6 }), { maxLength: 40 });

Deno.test("TextRemainder gives the rest of the same text, wherever it was broken off and however it comes", () => {
  const words = fc.array(
    fc.constantFrom("la", "casa", "casas", "La", "vieja,", "¿qué?", "3.5", "l'eau", "-"),
    {
      minLength: 1,
      maxLength: 12,
    },
  );
  const spaced = words.map((words) => words.join(" "));
  const unspaced = fc.array(fc.constantFrom("我们", "回家", "。", "OpenAI", "ครับ", "データ", "、"), {
    minLength: 1,
    maxLength: 12,
  }).map((words) => words.join(""));
  fc.assert(
    fc.property(fc.oneof(spaced, unspaced), fc.nat(), lengths, (text, at, lengths) => {
      const given = text.slice(0, 1 + at % text.length);
      assertEquals(given + remainder(given, ...cut(text, lengths)), text);
    }),
    { numRuns: 500 },
  );
});

Deno.test("TextRemainder goes on where the best alignment ends, as does one that sees the whole text and tries all", () => {
  const words = fc.array(fc.constantFrom("a", "b", "c", "d"), { maxLength: 7 });
  fc.assert(
    fc.property(words, words, lengths, (given, text, lengths) => {
      const spaced = given.map((word) => `${word} `).join("");
      const found = remainder(spaced, ...cut(text.join(" "), lengths));
      assertEquals(found, text.slice(bestPrefix(given, text)).join(" "));
    }),
    { numRuns: 1000 },
  );
});

Deno.test("TextRemainder gives what it can before the text has ended", () => {
  const same = new TextRemainder("la casa ");
  assertEquals(["la ", "casa", " vie", "ja"].map((piece) => same.push(piece)), ["", "", "vie", "ja"]);
  assertEquals(same.end(), "");
  const other = new TextRemainder("una");
  const words = "we go home now and then we sleep".split(" ").map((word) => other.push(`${word} `));
  assert(words.slice(3).every((word) => word !== ""), "it holds everything back");
});

Deno.test("TextRemainder goes on with another translation without saying anything again", () => {
  const cases = [
    ["la vieja casa", "la casa antigua está cerca", " antigua está cerca"],
    ["The big", "the big house", " house"],
    ["a b", "a x b y", " y"],
    ["x y", "a b c d", " c d"],
    ["we go home,", "we go home. Then we sleep", " Then we sleep"],
    ["one two three", "one two", ""],
    ["es:hou", "es:house es:sea", "se es:sea"],
    ["hou", "perro grande", " grande"],
    ["我们回", "我们走回家", "家"],
    ["家", "home again", " again"],
    ["home ", "我家", "家"],
    ["  ", " house", "house"],
  ] as const;
  for (const [given, text, rest] of cases) assertEquals(remainder(given, text), rest, given);
});

/** How many words of the text the best alignment with the given ones takes, by a table of all of them. */
function bestPrefix(given: readonly string[], text: readonly string[]): number {
  type Cost = readonly [edits: number, uncommon: number];
  const less = (one: Cost, other: Cost) => one[0] - other[0] || one[1] - other[1];
  const table: Cost[][] = [];
  for (let row = 0; row <= given.length; row += 1) {
    table.push([]);
    for (let column = 0; column <= text.length; column += 1) {
      const ways: Cost[] = row + column === 0 ? [[0, 0]] : [];
      const before = table[row - 1];
      if (before) ways.push([before[column]![0] + 1, before[column]![1]]);
      if (column > 0) ways.push([table[row]![column - 1]![0] + 1, table[row]![column - 1]![1]]);
      if (before && column > 0) {
        const [edits, uncommon] = before[column - 1]!;
        const same = given[row - 1] === text[column - 1];
        ways.push(same ? [edits, uncommon - 1] : [edits + 1, uncommon]);
      }
      table[row]!.push(ways.sort(less)[0]!);
    }
  }
  const last = table.at(-1)!;
  const off = (column: number) => Math.abs(column - given.length);
  return last.map((_, column) => column).sort((one, other) =>
    less(last[one]!, last[other]!) || off(one) - off(other) || other - one
  )[0]!;
}
