import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  placeAfter,
  saysSomething,
  spokenLength,
  wordBeginning,
} from "../../../../adapters/compose/spoken_length.ts";

Deno.test("spokenLength() counts letters, and more for digits and for characters that are syllables or words", () => {
  const lengths = ["", " \n", "una casa", "Straße, 8!", "我们回家", "ありがとう", "กลับบ้าน"].map(spokenLength);
  assertEquals(lengths, [0, 0, 7, 11, 12, 10, 6]);
});

Deno.test("saysSomething() is for letters and digits", () => {
  assertEquals(["", " . ", "a", "8", "家"].map(saysSomething), [false, false, true, true, true]);
});

Deno.test("placeAfter() is the beginning of the word that is being said", () => {
  const text = "una casa vieja";
  const places = [0, 1, 2, 2.6, 3, 6.4, 6.6, 7, 11, 12, 100].map((length) => placeAfter(text, length));
  assertEquals(places, [0, 0, 0, 4, 4, 4, 9, 9, 9, 14, 14]);
  assertEquals([placeAfter("", 3), placeAfter("  una", 0)], [0, 2]);
});

Deno.test("placeAfter() parts words where a script has no spaces", () => {
  assertEquals([0, 5, 6, 12].map((length) => placeAfter("我们回家", length)), [0, 0, 2, 4]);
});

Deno.test("placeAfter() never goes back, and leaves nothing out but what was said", () => {
  const words = fc.array(fc.constantFrom("la", "casa,", "我们", "3.5", "—", "vieja"), {
    minLength: 1,
    maxLength: 9,
  });
  fc.assert(
    fc.property(
      words,
      fc.double({ min: 0, max: 60, noNaN: true }),
      fc.double({ min: 0, max: 9, noNaN: true }),
      (
        words,
        length,
        more,
      ) => {
        const text = words.join(" ");
        const place = placeAfter(text, length);
        assert(spokenLength(text.slice(0, place)) <= length + 0.5);
        assert(placeAfter(text, length + more) >= place);
        assertEquals(placeAfter(text, spokenLength(text)), text.length);
      },
    ),
  );
});

Deno.test("wordBeginning() is the beginning of the word that holds a character", () => {
  assertEquals([0, 2, 3, 4, 6, 99].map((at) => wordBeginning("una casa vieja", at)), [0, 0, 0, 4, 4, 9]);
});
