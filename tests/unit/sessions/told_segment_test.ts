import { assertEquals } from "@std/assert";
import { segmentOfTold } from "../../../sessions/told_segment.ts";

const told = { utterance: 3, start: 8_000, end: 16_000, text: "we go home", language: "en" };

Deno.test("segmentOfTold() is the segment that was told, with words for who reads its marks", () => {
  const { words, ...segment } = segmentOfTold(told, 7, 16_000);
  assertEquals(segment, {
    segment: 7,
    utterance: 3,
    language: "en",
    text: "we go home",
    startMs: 500,
    endMs: 1_000,
  });
  assertEquals(words.map(({ text, startMs, endMs }) => [text, startMs, endMs]), [
    ["we", 500, 600],
    ["go", 650, 750],
    ["home", 800, 1_000],
  ]);
});

Deno.test("segmentOfTold() has no words where none were told", () => {
  assertEquals(segmentOfTold({ ...told, text: "" }, 7, 16_000).words, []);
});
