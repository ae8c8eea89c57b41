import { assertEquals } from "@std/assert";
import { findPath, modesOf, pairsOf } from "../../../../../adapters/local/apertium/modes.ts";

const modes = modesOf([
  "README",
  "eng-spa.mode",
  "spa-eng.mode",
  "spa-eng_US.mode",
  "es-pt_BR.mode",
  "es-pt.mode",
  "eng-cat.mode",
  "spa-cat_valencia.mode",
  "cat-ita.mode",
  "eng-spa-tagger.mode",
]);

function path(source: string, target: string): string {
  return findPath(modes, source, target).map((mode) => mode.name).join(" ");
}

Deno.test("modesOf() reads languages from file names", () => {
  assertEquals(
    modes.map(({ source, target }) => `${source}>${target}`),
    ["ca>it", "en>ca", "en>es", "es>pt", "es>pt-BR", "es>ca-valencia", "es>en", "es>en-US"],
  );
});

Deno.test("findPath() prefers a direct mode, and the very region", () => {
  assertEquals(path("en-GB", "es"), "eng-spa");
  assertEquals([path("es", "en-US"), path("es", "en-GB"), path("es", "pt-BR")], [
    "spa-eng_US",
    "spa-eng",
    "es-pt_BR",
  ]);
  assertEquals(path("en", "ca"), "eng-cat");
});

Deno.test("findPath() goes through Spanish, or another language where Spanish does not lead there", () => {
  assertEquals([path("en", "pt"), path("en", "it")], ["eng-spa es-pt", "eng-cat cat-ita"]);
});

Deno.test("findPath() finds nothing where there is no way", () => {
  assertEquals([path("pt", "en"), path("en", "ja"), path("it", "ca")], ["", "", ""]);
});

Deno.test("pairsOf() offers what there is a path for", () => {
  const pairs = pairsOf(modes).map(({ source, target }) => `${source}>${target}`);
  assertEquals(pairs, [
    "ca>it",
    "en>it",
    "en>ca",
    "en>es",
    "en>pt",
    "en>pt-BR",
    "en>ca-valencia",
    "es>it",
    "es>ca",
    "es>pt",
    "es>pt-BR",
    "es>ca-valencia",
    "es>en",
    "es>en-US",
  ]);
});
