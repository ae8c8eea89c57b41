import { assertEquals } from "@std/assert";

async function linesOf(name: string): Promise<string[]> {
  const url = new URL(`../../../../cli/sample/${name}`, import.meta.url);
  return (await Deno.readTextFile(url)).trimEnd().split("\n");
}

Deno.test("the sample talk and its reference translation agree line by line", async () => {
  const source = await linesOf("talk.txt");
  const target = await linesOf("talk.es.txt");
  const shape = (lines: readonly string[]) => lines.map((line) => line === "" ? "" : line.at(-1));
  assertEquals(shape(target), shape(source));
});
