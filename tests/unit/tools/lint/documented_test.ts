import { assertEquals } from "@std/assert";
import plugin from "../../../../tools/lint/house.ts";

/** The names that the rule wants a docstring for. */
function undocumented(source: string): (string | undefined)[] {
  return Deno.lint.runPlugin(plugin, "/anywhere/a.ts", source)
    .filter(({ id }) => id === "house/documented")
    .map(({ message }) => /^Cannot export (\S+) without a docstring/.exec(message)?.[1]);
}

const declarations: readonly [kind: string, declaration: string][] = [
  ["a function", "function f(): void {}"],
  ["an async function", "async function f(): Promise<void> {}"],
  ["a class", "class f {}"],
  ["an abstract class", "abstract class f {}"],
  ["an interface", "interface f {}"],
  ["a type", "type f = 1;"],
  ["a constant", "const f = 1;"],
  ["an enumeration", "enum f {}"],
  ["a declared value", "declare const f: number;"],
];

for (const [kind, declaration] of declarations) {
  Deno.test(`house/documented wants a docstring on ${kind}`, () => {
    assertEquals(undocumented(`export ${declaration}`), ["f"]);
    assertEquals(undocumented(`// not one\nexport ${declaration}`), ["f"]);
    assertEquals(undocumented(`/* not one */\nexport ${declaration}`), ["f"]);
    assertEquals(undocumented(`/** What it is for. */\nexport ${declaration}`), []);
    assertEquals(
      undocumented(`/** What it is for. */\n// deno-lint-ignore no-empty\nexport ${declaration}`),
      [],
    );
    assertEquals(undocumented(declaration), []);
  });
}

Deno.test("house/documented does not count the docstring of something else", () => {
  assertEquals(undocumented("/** Of a. */\nconst a = 1;\nexport const b = a;"), ["b"]);
  assertEquals(undocumented("/** Of a. */\nexport const a = 1;\nexport const b = 2;"), ["b"]);
});

Deno.test("house/documented asks for one docstring on a function with overloads", () => {
  const overloads =
    "export function f(a: string): void;\nexport function f(a: number): void;\nexport function f(a: unknown): void {}";
  assertEquals(undocumented(overloads), ["f"]);
  assertEquals(undocumented(`/** What it is for. */\n${overloads}`), []);
});

Deno.test("house/documented leaves re-exports, members and private things alone", () => {
  assertEquals(
    undocumented('export { a } from "./a.ts";\nexport * from "./b.ts";\nconst c = 1;\nexport { c };'),
    [],
  );
  assertEquals(undocumented("/** D. */\nexport interface D { readonly type: string }"), []);
  assertEquals(undocumented('declare module "std" { export function f(): void; }'), []);
});
