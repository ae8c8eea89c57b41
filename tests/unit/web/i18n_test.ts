import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { dictionaries, lookUp } from "../../../web/i18n/mod.ts";

const markup = await Deno.readTextFile(new URL("../../../web/static/index.html", import.meta.url));

Deno.test("lookUp() finds a text by its path and nothing else", () => {
  assertEquals(lookUp(dictionaries.en, "phase.live"), "Live");
  assertEquals(lookUp(dictionaries.en, "phase"), undefined);
  assertEquals(lookUp(dictionaries.en, "headline"), undefined);
  assertEquals(lookUp(dictionaries.en, "no.such.text"), undefined);
});

Deno.test("Every text that the markup names is in every dictionary", () => {
  const names = [...markup.matchAll(/data-(?:text|label)="([^"]+)"/g)].map(([, name]) => name!);
  assert(names.length > 30);
  for (const [language, words] of Object.entries(dictionaries)) {
    for (const name of names) assertNotEquals(lookUp(words, name), undefined, `${name} in ${language}`);
  }
});

Deno.test("The markup says in English what the English dictionary says", () => {
  const told = [...markup.matchAll(/data-text="([^"]+)">([^<]+)</g)];
  assert(told.length > 15);
  for (const [, name, text] of told) assertEquals(text, lookUp(dictionaries.en, name!), name);
});

Deno.test("The markup has neither inline script nor inline style", () => {
  assertEquals(
    [...markup.matchAll(/<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=/g)].map(([found]) => found),
    [],
  );
});
