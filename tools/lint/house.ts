/**
 * The rules of this house that no tool checks by itself, for `lint.plugins` in `deno.json`.
 *
 * @module
 */
import documented from "./documented.ts";
import imports from "./imports.ts";

const plugin: Deno.lint.Plugin = { name: "house", rules: { documented, imports } };

export default plugin;
