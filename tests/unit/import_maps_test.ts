import { assert, assertEquals } from "@std/assert";

interface Configuration {
  readonly imports: Readonly<Record<string, string>>;
  readonly compilerOptions: Readonly<Record<string, unknown>>;
  readonly lock: unknown;
}

async function read(name: string): Promise<Configuration> {
  return JSON.parse(await Deno.readTextFile(new URL(`../../${name}`, import.meta.url)));
}

Deno.test("deno.json and deno.jsr.json define the same names", async () => {
  const [main, jsr] = [await read("deno.json"), await read("deno.jsr.json")];
  assertEquals(Object.keys(jsr.imports), Object.keys(main.imports));
});

Deno.test("deno.json resolves with the npm registry alone", async () => {
  for (const [name, target] of Object.entries((await read("deno.json")).imports)) {
    assert(/^(npm:|\.\/)/.test(target), `${name} is mapped to ${target}, expected npm: or a file`);
  }
});

Deno.test("deno.json pins every package to one version", async () => {
  for (const [name, target] of Object.entries((await read("deno.json")).imports)) {
    if (target.startsWith("npm:")) {
      assert(/@\d+\.\d+\.\d+(\/|$)/.test(target), `${name} is mapped to ${target}`);
    }
  }
});

Deno.test("deno.jsr.json takes the standard library from JSR, with its own types and no lock", async () => {
  const [main, jsr] = [await read("deno.json"), await read("deno.jsr.json")];
  for (const [name, target] of Object.entries(jsr.imports)) {
    if (name.startsWith("@std/")) assert(target.startsWith(`jsr:${name}@`), `${name} is mapped to ${target}`);
    else if (target.startsWith("npm:")) assertEquals(target, main.imports[name]);
  }
  const { types: _, ...strictness } = main.compilerOptions;
  assertEquals(jsr.compilerOptions, strictness);
  assertEquals(jsr.lock, false);
});
