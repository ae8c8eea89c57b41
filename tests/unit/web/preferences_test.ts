import { assertEquals } from "@std/assert";
import { defaultPreferences, readPreferences } from "../../../web/preferences.ts";

Deno.test("defaultPreferences() takes the first of the browser's languages that there is", () => {
  assertEquals(defaultPreferences(["ca-ES", "es-ES", "en"], false).interface, "es");
  assertEquals(defaultPreferences(["fr"], false).interface, "en");
});

Deno.test("defaultPreferences() has the contrast that the system wants", () => {
  assertEquals(defaultPreferences(["en"], true).contrast, "more");
});

Deno.test("readPreferences() keeps what makes sense and nothing else", () => {
  const otherwise = defaultPreferences(["en"], false);
  const kept = JSON.stringify({ textSize: 4, theme: "dark", contrast: "purple", interface: "es", extra: 1 });
  assertEquals(readPreferences(kept, otherwise), {
    ...otherwise,
    textSize: 4,
    theme: "dark",
    interface: "es",
  });
  for (const broken of [null, "", "null", "[", "7", '{"textSize":99}', '{"textSize":"1"}']) {
    assertEquals(readPreferences(broken, otherwise), otherwise);
  }
});
