import { assert, assertEquals } from "@std/assert";
import { providers } from "../../../adapters/mod.ts";

const root = new URL("../../../", import.meta.url);
const shown = [
  "adapters/libretranslate/wire.ts",
  "adapters/libretranslate/mod.ts",
  "adapters/vosk/recognizer.ts",
  "tests/support/contract/libretranslate.ts",
  "tests/contract/libretranslate_test.ts",
];

async function read(path: string): Promise<string> {
  return await Deno.readTextFile(new URL(path, root));
}

/** The text without indentation: documentation is formatted by itself. */
function flat(text: string): string {
  return text.split("\n").map((line) => line.trim()).filter((line) => line !== "").join("\n");
}

Deno.test("docs/adding-a-provider.md shows code as it is", async () => {
  const code = flat((await Promise.all(shown.map(read))).join("\n"));
  const blocks = [...(await read("docs/adding-a-provider.md")).matchAll(/```ts\n(.*?)```/gs)];
  assert(blocks.length >= 6, `Blocks of code: ${blocks.length}`);
  for (const [, block] of blocks) assert(code.includes(flat(block!)), `No such code:\n${block}`);
});

Deno.test("docs/providers.md has a row for each remote provider, with its settings", async () => {
  const text = await read("docs/providers.md");
  const local = new Set(["pocketsphinx", "apertium", "espeak", "fake", "simulated"]);
  for (
    const { name, settings } of Object.values(providers).flat().filter(({ name }) => !local.has(name))
  ) {
    const rows = text.split("\n").filter((line) => line.startsWith(`| \`${name}\``));
    const missing = Object.keys(settings).filter((setting) =>
      !rows.some((row) => row.includes(`\`${setting}\``))
    );
    assertEquals(missing, [], `Settings of ${name} that are not in its row`);
  }
});
