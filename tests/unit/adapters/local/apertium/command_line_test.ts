import { assertEquals, assertThrows } from "@std/assert";
import { nullFlushing, parsePipeline } from "../../../../../adapters/local/apertium/command_line.ts";

Deno.test("parsePipeline() reads words, quotes, pipes and the two places for options", () => {
  const line =
    "lt-proc '/a b/x.bin' | apertium-tagger -g $2 '/c.prob'|apertium-pretransfer | lt-proc $1 /d.bin";
  assertEquals(parsePipeline(line), [
    ["lt-proc", "/a b/x.bin"],
    ["apertium-tagger", "-g", "/c.prob"],
    ["apertium-pretransfer"],
    ["lt-proc", "-n", "/d.bin"],
  ]);
});

Deno.test("parsePipeline() joins the parts of a word", () => {
  assertEquals(parsePipeline("lt-proc --x='a | b'.bin '$2'"), [["lt-proc", "--x=a | b.bin", "$2"]]);
});

Deno.test("parsePipeline() refuses what is not a plain pipeline of Apertium's programs", () => {
  for (
    const line of [
      "",
      "lt-proc |",
      "sed s/a/b/",
      "lt-proc x; rm y",
      "lt-proc $3",
      "lt-proc 'x",
      "lt-proc `x`",
      'lt-proc "x"',
      "/bin/lt-proc",
      "lt-proc $(x)",
      "lt-proc x > y",
    ]
  ) {
    assertThrows(() => parsePipeline(line), SyntaxError, "Cannot read the mode");
  }
});

Deno.test("nullFlushing() adds -z", () => {
  assertEquals(nullFlushing([["lt-proc", "-b", "x"], ["apertium-pretransfer"]]), [
    ["lt-proc", "-z", "-b", "x"],
    ["apertium-pretransfer", "-z"],
  ]);
});
