import { assertEquals } from "@std/assert";
import { packagesFor } from "../../../../../adapters/local/apertium/packages.ts";

Deno.test("packagesFor() names what a pair needs", () => {
  assertEquals(packagesFor("en", "es"), ["apertium-eng-spa"]);
  assertEquals(packagesFor("en-US", "pt-BR"), ["apertium-eng-spa", "apertium-es-pt"]);
  assertEquals(packagesFor("en", "fr"), ["apertium-eng-spa", "apertium-fr-es"]);
  assertEquals(packagesFor("es", "ca"), ["apertium-spa-cat", "cg3"]);
  assertEquals(packagesFor("en", "ja"), []);
});
