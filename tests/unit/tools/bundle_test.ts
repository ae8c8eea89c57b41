import { assert, assertEquals } from "@std/assert";
import { bundle } from "../../../tools/bundle.ts";

const build = new URL("../../../web/build/", import.meta.url);

/** A module as it is built, and the modules that it imports before it runs. */
async function imported(name: string, known = new Set<string>()): Promise<ReadonlySet<string>> {
  known.add(name);
  const code = await Deno.readTextFile(new URL(name, build));
  for (const [, part] of code.matchAll(/(?:from|import)"\.\/([^"]+)"/g)) {
    if (!known.has(part!)) await imported(part!, known);
  }
  return known;
}

/** The bytes of a module as they are served. */
async function servedBytes(name: string): Promise<number> {
  const bytes = await Deno.readFile(new URL(name, build));
  const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream("gzip"));
  return (await new Response(stream).arrayBuffer()).byteLength;
}

Deno.test("bundle() makes a client of at most 15 kB, and parts that are fetched when they are wanted", async () => {
  await bundle();
  const modules = [...await imported("client.js")];
  const sizes = await Promise.all(modules.map(servedBytes));
  const sum = sizes.reduce((sum, size) => sum + size, 0);
  assert(
    sum <= 15_000,
    `${sum} bytes: ${modules.map((name, index) => `${name} ${sizes[index]}`).join(", ")}`,
  );
  const code = await Deno.readTextFile(new URL("client.js", build));
  const parts = [...code.matchAll(/import\("\.\/([a-z]+(?:_[a-z]+)*)-[A-Z0-9]{8}\.js"\)/g)].map(([, part]) =>
    part!
  );
  assertEquals(parts.toSorted(), ["microphone", "open_source", "speaker", "unreachable"]);
});
