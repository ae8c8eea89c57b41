import { assertEquals } from "@std/assert";
import * as v from "valibot";
import { rangeSetting } from "../../../../adapters/net/range_setting.ts";

const setting = rangeSetting(0.7, { min: -1, max: 1 }, "A threshold");

Deno.test("rangeSetting() takes numbers of the range, and has a fallback", () => {
  const taken = [undefined, "-1", "1", " 0.25 ", "0"].map((text) => v.parse(setting, text));
  assertEquals(taken, [0.7, -1, 1, 0.25, 0]);
});

Deno.test("rangeSetting() says what it wants instead of anything else", () => {
  for (const text of ["", "2", "-1.001", "1e0", "0x1", "one", "0.12345", "NaN", "Infinity"]) {
    const { issues } = v.safeParse(setting, text);
    assertEquals(issues?.[0].message, "expected a number from -1 to 1", text);
  }
});
