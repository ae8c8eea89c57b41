import { assertEquals } from "@std/assert";
import { protectTerms } from "../../../../../adapters/local/apertium/protected_terms.ts";

Deno.test("protectTerms() puts the glossary's words where the terms were", () => {
  const terms = protectTerms("the big house and parley, Parley!", {
    "big house": "CASA",
    Parley: "PARLEY",
    house: "x",
  });
  assertEquals(terms.text, "the Qxzjaa and Qxzjab, Qxzjac!");
  assertEquals(terms.restore("La Qxzjaa y Qxzjab, Qxzjac!"), "La CASA y PARLEY, PARLEY!");
});

Deno.test("protectTerms() leaves parts of words alone", () => {
  assertEquals(
    protectTerms("housing and a house-boat C++", { house: "x", "C++": "y", "": "z" }).text,
    "housing and a Qxzjaa-boat Qxzjab",
  );
});

Deno.test("protectTerms() knows when a term was lost or doubled", () => {
  const terms = protectTerms("house", { house: "x" });
  assertEquals(terms.restore("La casa"), undefined);
  assertEquals(terms.restore("Qxzjaa Qxzjaa"), undefined);
});

Deno.test("protectTerms() takes names of built-in properties and dollar signs as they are", () => {
  const terms = protectTerms("constructor cost", { cost: "$& $1" });
  assertEquals(terms.restore(terms.text), "constructor $& $1");
});
