import { assertEquals } from "@std/assert";
import {
  capitalize,
  capitalizeNames,
  isCaseless,
  withoutSentenceCapital,
  wordsOf,
} from "../../../../../adapters/local/apertium/letter_case.ts";

Deno.test("isCaseless() tells text without capitals from text with them and text without letters", () => {
  assertEquals(["i met john", "I met john", "42!", "日本語"].map(isCaseless), [true, false, false, false]);
});

Deno.test("wordsOf() and capitalizeNames() see the same words", () => {
  const text = "john's friend don't know o'brien, élan, john";
  assertEquals(wordsOf(text), ["john", "friend", "don't", "know", "o'brien", "élan"]);
  assertEquals(
    capitalizeNames(text, (word) => ["john", "élan"].includes(word)),
    "John's friend don't know o'brien, Élan, John",
  );
  assertEquals(capitalize("ǆ"), "Ǆ");
});

Deno.test("withoutSentenceCapital() takes the capital that marks the beginning of a sentence", () => {
  assertEquals(withoutSentenceCapital("La casa es grande", "the house is big"), "la casa es grande");
  assertEquals(withoutSentenceCapital("zqxa Es grande", "zqxa is big"), "zqxa es grande");
  assertEquals(withoutSentenceCapital("¿Qué", "what"), "¿qué");
});

Deno.test("withoutSentenceCapital() leaves the capitals of names and of I", () => {
  assertEquals(withoutSentenceCapital("Londres es grande", "London is big"), "Londres es grande");
  assertEquals(withoutSentenceCapital("hola Londres", "hello London"), "hola Londres");
  assertEquals(withoutSentenceCapital("Marianne estuvo", "Marianne was"), "Marianne estuvo");
  assertEquals(withoutSentenceCapital("I think", "creo"), "I think");
  assertEquals(withoutSentenceCapital("Quiero ir", "I want to go"), "quiero ir");
});
