import { assertEquals } from "@std/assert";
import { gapBetween, wholeText } from "../../../web/clause.ts";

Deno.test("wholeText() puts a space between what stays and what may change", () => {
  assertEquals(wholeText({ stable: "the old", tentative: "house", final: false }), "the old house");
  assertEquals(wholeText({ stable: "", tentative: "house", final: false }), "house");
  assertEquals(wholeText({ stable: "the old", tentative: "", final: true }), "the old");
});

Deno.test("gapBetween() knows scripts without spaces, and text that brings its own", () => {
  assertEquals(gapBetween("今日は", "いい"), "");
  assertEquals(gapBetween("วันนี้", "ดี"), "");
  assertEquals(gapBetween("오늘은", "좋은"), " ");
  assertEquals(gapBetween("the ", "old"), "");
  assertEquals(gapBetween("the", " old"), "");
});
