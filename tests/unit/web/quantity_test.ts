import { assertEquals } from "@std/assert";
import { clockTime, quantitiesIn } from "../../../web/quantity.ts";

Deno.test("quantitiesIn() writes numbers as the language does", () => {
  assertEquals(quantitiesIn("en").seconds(1_234), "1.2");
  assertEquals(quantitiesIn("es").seconds(1_234), "1,2");
  assertEquals(quantitiesIn("en").short(2_000), "2");
  assertEquals(quantitiesIn("en").whole(269.6), "270");
});

Deno.test("clockTime() shows hours only where there are some", () => {
  assertEquals([0, 65_900, 3_605_000].map(clockTime), ["0:00", "1:05", "1:00:05"]);
});
