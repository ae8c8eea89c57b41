import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import type { Word } from "../../../../pipeline/ports.ts";
import { defaultSegmentRules, Segmenter } from "../../../../pipeline/stages/segment.ts";

/** Words of 250 ms with gaps of 50 ms; `|` in the text is a pause of 400 ms. */
function timed(text: string, from = 0): Word[] {
  let startMs = from;
  const words: Word[] = [];
  for (const token of text.split(" ")) {
    if (token === "|") startMs += 400;
    else {
      words.push({ text: token, startMs, endMs: startMs + 250, timing: "measured" });
      startMs += 300;
    }
  }
  return words;
}

function cut(text: string, language = "en"): string[] {
  const segmenter = new Segmenter();
  const segments = segmenter.add(timed(text), 1, language);
  return [...segments, ...segmenter.close()].map((segment) => segment.text);
}

Deno.test("Segmenter.add() cuts at every sentence mark, however short the sentence", () => {
  assertEquals(cut("Yes. We came home late. Why? Nobody knows"), [
    "Yes.",
    "We came home late.",
    "Why?",
    "Nobody knows",
  ]);
});

Deno.test("Segmenter.add() does not take an abbreviation or an initial for a sentence", () => {
  assertEquals(cut("Mr. Dashwood met J. Smith."), ["Mr. Dashwood met J. Smith."]);
  assertEquals(cut("El Sr. López llegó.", "es"), ["El Sr. López llegó."]);
});

Deno.test("Segmenter.add() cuts at a comma only when enough was said", () => {
  assertEquals(cut("Well, we came back from the sea, and slept"), [
    "Well, we came back from the sea,",
    "and slept",
  ]);
});

Deno.test("Segmenter.add() starts a new clause at a conjunction when there is no mark", () => {
  const short = "the people wanted to help us so they opened the doors";
  assertEquals(cut(short), [short]);
  assertEquals(cut("the people of the village wanted to help everybody so they opened the doors"), [
    "the people of the village wanted to help everybody",
    "so they opened the doors",
  ]);
});

Deno.test("Segmenter.add() cuts at a pause between words", () => {
  assertEquals(cut("we walked home | it was raining"), ["we walked home", "it was raining"]);
  assertEquals(cut("so | it rained"), ["so it rained"]);
});

Deno.test("Segmenter.add() cuts an overlong clause at the widest gap of its second half", () => {
  const long = timed(Array.from({ length: 40 }, (_, index) => `word${index}`).join(" "));
  const segments = new Segmenter().add(long, 1, "en");
  assert(segments.length >= 2);
  for (const { startMs, endMs, text } of segments) {
    assert(text.length <= defaultSegmentRules.maxChars + 10);
    assert(endMs - startMs <= defaultSegmentRules.maxMs + 300);
  }
});

Deno.test("Segmenter.quiet() closes a clause when nothing follows for a while", () => {
  const segmenter = new Segmenter();
  segmenter.add(timed("we walked home"), 1, "en");
  assertEquals(segmenter.quiet(900), []);
  assertEquals(segmenter.quiet(1200).map((segment) => segment.text), ["we walked home"]);
  assertEquals(segmenter.quiet(2000), []);
});

Deno.test("Segmenter.add() closes the clause of the utterance before", () => {
  const segmenter = new Segmenter();
  segmenter.add(timed("one"), 1, "en");
  assertEquals(segmenter.add(timed("two", 400), 2, "en").map(({ text, utterance }) => [text, utterance]), [[
    "one",
    1,
  ]]);
});

Deno.test("Segmenter cuts Chinese and Japanese without spaces at their own marks", () => {
  const word = (text: string): Word => ({ text, startMs: 0, endMs: 4000, timing: "measured" });
  const segmenter = new Segmenter();
  assertEquals(segmenter.add([word("你好。我们今天去海边")], 1, "zh").map((segment) => segment.text), [
    "你好。",
  ]);
  assertEquals(segmenter.close().map((segment) => segment.text), ["我们今天去海边"]);
});

Deno.test("Segmenter numbers segments without gaps and gives the bounds of their speech", () => {
  const segmenter = new Segmenter(7);
  const segments = segmenter.add(timed("One. Two three."), 1, "en");
  assertEquals(segments.map(({ segment, startMs, endMs }) => [segment, startMs, endMs]), [[7, 0, 250], [
    8,
    300,
    850,
  ]]);
});

Deno.test("Segmenter loses and repeats no word, whatever the words and pauses", () => {
  const token = fc.constantFrom("a", "and", "house.", "sea,", "wonderful", "Mr.", "|", "because", "now?");
  fc.assert(fc.property(fc.array(token, { maxLength: 80 }), (tokens) => {
    const words = timed(tokens.join(" ")).filter((word) => word.text !== "");
    const segmenter = new Segmenter();
    const segments = [...words.flatMap((word) => segmenter.add([word], 1, "en")), ...segmenter.close()];
    assertEquals(segments.flatMap((segment) => segment.words), words);
    assertEquals(segments.map((segment) => segment.segment), segments.map((_, index) => index + 1));
  }));
});

Deno.test("Segmenter never moves a word that was shown with a clause into the next one", () => {
  const gaps = fc.array(fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 0, max: 240 })), {
    minLength: 20,
    maxLength: 80,
  });
  fc.assert(fc.property(gaps, fc.integer({ min: 1, max: 5 }), (shapes, atOnce) => {
    let startMs = 0;
    const words: Word[] = shapes.map(([letters, gapMs]) => {
      const word = { text: "x".repeat(letters), startMs, endMs: startMs + 80, timing: "measured" as const };
      startMs = word.endMs + gapMs;
      return word;
    });
    const segmenter = new Segmenter();
    for (let at = 0; at < words.length; at += atOnce) {
      const shown = segmenter.pendingText;
      const [first] = segmenter.add(words.slice(at, at + atOnce), 1, "en");
      assert((first?.text ?? segmenter.pendingText).startsWith(shown));
    }
  }));
});
