import { assertEquals, assertThrows } from "@std/assert";
import * as v from "valibot";
import { pocketsphinx } from "../../../../../adapters/local/pocketsphinx/mod.ts";

const schema = v.object(pocketsphinx.settings);

Deno.test("pocketsphinx.settings have defaults", () => {
  const settings = v.parse(schema, {});
  assertEquals(settings.PARLEY_POCKETSPHINX_MODEL, "/usr/share/pocketsphinx/model/en-us");
  assertEquals(settings.PARLEY_POCKETSPHINX_WARM, 1);
  assertEquals(settings.PARLEY_POCKETSPHINX_MAX, 3 * navigator.hardwareConcurrency);
});

Deno.test("pocketsphinx.settings take whole numbers within their limits", () => {
  assertEquals(v.parse(schema, { PARLEY_POCKETSPHINX_WARM: "0" }).PARLEY_POCKETSPHINX_WARM, 0);
  for (
    const wrong of [{ WARM: "-1" }, { WARM: "1.5" }, { WARM: "65" }, { MAX: "0" }, { MAX: "" }, { MODEL: "" }]
  ) {
    const [[name, value]] = Object.entries(wrong) as [[string, string]];
    assertThrows(() => v.parse(schema, { [`PARLEY_POCKETSPHINX_${name}`]: value }));
  }
});
