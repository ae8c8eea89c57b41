import { assertEquals } from "@std/assert";
import * as v from "valibot";
import { millisecondsSetting } from "../../../../adapters/net/milliseconds_setting.ts";

Deno.test("millisecondsSetting() takes whole numbers within its bounds", () => {
  const schema = millisecondsSetting(500, { min: 200, max: 2000 }, "How long it takes, in ms");
  for (const [text, value] of [[undefined, 500], ["200", 200], [" 2000 ", 2000]] as const) {
    assertEquals(v.parse(schema, text), value);
  }
  for (const text of ["", "199", "2001", "1e3", "-300", "300.5", "12345678", "soon"]) {
    const { success, issues } = v.safeParse(schema, text);
    assertEquals([success, issues?.[0].message], [false, "expected a whole number from 200 to 2000"], text);
  }
  assertEquals(v.getDescription(schema), "How long it takes, in ms");
});
