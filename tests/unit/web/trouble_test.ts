import { assertEquals } from "@std/assert";
import { dictionaries } from "../../../web/i18n/mod.ts";
import { remedyFor, troubleKinds } from "../../../web/trouble.ts";
import { TroubleError, troubleOf } from "../../../web/trouble_of.ts";

Deno.test("troubleOf() tells a missing key from a wrong one", () => {
  const error = { code: "unauthenticated", message: "x" };
  assertEquals(troubleOf(error, false), { kind: "key_needed" });
  assertEquals(troubleOf(error, true), { kind: "key_wrong" });
});

Deno.test("troubleOf() keeps the service's words where the page's do not say it all", () => {
  assertEquals(troubleOf({ code: "permission_denied", message: "x" }, false), { kind: "denied" });
  assertEquals(troubleOf({ code: "failed", message: "x" }, false), { kind: "service", detail: "x" });
  assertEquals(troubleOf(new Error("odd"), false), { kind: "service", detail: "odd" });
  assertEquals(troubleOf(new TroubleError("no_sample"), false), { kind: "no_sample" });
});

Deno.test("Every trouble has words and advice in every language, and a remedy with a name", () => {
  for (const words of Object.values(dictionaries)) {
    for (const kind of troubleKinds) {
      const { title, advice } = words.trouble[kind];
      assertEquals([title.length > 0, advice.length > 0], [true, true], kind);
      const remedy = remedyFor(kind);
      if (remedy !== "none") assertEquals(words.remedy[remedy].length > 0, true);
    }
  }
});
