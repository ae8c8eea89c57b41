import { assert, assertEquals } from "@std/assert";
import * as v from "valibot";
import {
  addressSetting,
  keySetting,
  languagesSetting,
  namesSetting,
} from "../../../../adapters/net/settings.ts";

Deno.test("keySetting() wants a key, and never tells it", () => {
  assertEquals(v.parse(keySetting("X"), " sk-1 "), "sk-1");
  for (const bad of [undefined, "", "two words", "line\nend", "ключ"]) {
    const result = v.safeParse(keySetting("X"), bad);
    assert(!result.success);
    assertEquals(result.issues.map(({ message }) => message), ["expected the key of X"]);
  }
});

Deno.test("addressSetting() takes an address without a key in it", () => {
  const setting = addressSetting("http://127.0.0.1:5000", "");
  assertEquals(v.parse(setting, undefined), "http://127.0.0.1:5000");
  assertEquals(v.parse(setting, "https://x.example/v1//"), "https://x.example/v1");
  for (const bad of ["", "x.example", "ftp://x", "http://u:p@x", "http://x?key=1", "http://x#1"]) {
    assert(!v.safeParse(setting, bad).success, bad);
  }
  assertEquals(v.parse(addressSetting("", ""), undefined), "");
});

Deno.test("languagesSetting() gives canonical tags", () => {
  assertEquals(v.parse(languagesSetting("en", ""), "EN, pt-br,,zh-hant"), ["en", "pt-BR", "zh-Hant"]);
  for (const bad of ["", "x_y", "en;es"]) assert(!v.safeParse(languagesSetting("en", ""), bad).success, bad);
});

Deno.test("namesSetting() gives names", () => {
  assertEquals(v.parse(namesSetting("a", ""), "b, c/d:1"), ["b", "c/d:1"]);
  for (const bad of ["", "a b"]) assert(!v.safeParse(namesSetting("a", ""), bad).success, bad);
});
