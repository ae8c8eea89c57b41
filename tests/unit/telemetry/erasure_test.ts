import { assertEquals } from "@std/assert";
import { Erasure } from "../../../telemetry/erasure.ts";

Deno.test("Erasure.show() counts the words at the end that a revision takes back", () => {
  const erasure = new Erasure("en");
  assertEquals(erasure.show(1, "the old", false), { erased: 0, words: 0 });
  assertEquals(erasure.show(1, "the old house is", false), { erased: 0, words: 0 });
  assertEquals(erasure.show(1, "the cold house is near", false), { erased: 3, words: 0 });
  assertEquals(erasure.show(1, "the cold house", true), { erased: 2, words: 3 });
});

Deno.test("Erasure.show() begins anew with every segment", () => {
  const erasure = new Erasure("en-GB");
  erasure.show(1, "the old house", true);
  assertEquals(erasure.show(2, " we go ", false), { erased: 0, words: 0 });
  assertEquals(erasure.show(2, "we go", true), { erased: 0, words: 2 });
});

Deno.test("Erasure.show() counts characters where no spaces are written", () => {
  const erasure = new Erasure("ja");
  erasure.show(1, "古い家", false);
  assertEquals(erasure.show(1, "古い本", true), { erased: 1, words: 3 });
});
