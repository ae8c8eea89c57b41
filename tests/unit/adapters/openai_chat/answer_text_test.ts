import { assertEquals } from "@std/assert";
import * as fc from "fast-check";
import { AnswerText } from "../../../../adapters/openai_chat/answer_text.ts";

function read(parts: readonly string[]): string {
  const answer = new AnswerText();
  return parts.map((part) => answer.push(part)).join("") + answer.end();
}

Deno.test("AnswerText leaves out what is no translation", () => {
  for (
    const [answer, text] of [
      ["  uno dos \n", "uno dos"],
      ["<think>a <b> </thin </think>\n uno", "uno"],
      ["<think>never ends", ""],
      ["<think></think>", ""],
      ["<thin ice", "<thin ice"],
      ["<source>uno</source> dos </source>", "uno dos"],
      ["1 < 2 <- 3", "1 < 2 <- 3"],
      ["", ""],
    ] as const
  ) {
    assertEquals(read([answer]), text);
    assertEquals(read([...answer]), text, `letter by letter: ${answer}`);
  }
});

Deno.test("AnswerText gives the same text however it is cut, and trims its ends", () => {
  const piece = fc.constantFrom("a", " ", "<", "<source>", "</source>", "ñ", "<think>", "</think>", "b c");
  fc.assert(fc.property(fc.array(piece), (parts) => {
    const whole = read([parts.join("")]);
    assertEquals(read(parts), whole);
    assertEquals(read([...parts.join("")]), whole);
  }));
});

Deno.test("AnswerText.given counts what was given", () => {
  const answer = new AnswerText();
  assertEquals([answer.push("uno dos "), answer.given], ["uno dos", 7]);
});
