import { assertEquals } from "@std/assert";
import { asWritten } from "../../../../../adapters/local/apertium/spoken_words.ts";

Deno.test("asWritten() writes English titles and I, and nothing else", () => {
  assertEquals(
    asWritten("mister and missus smith, i'm optimistern", "en-GB"),
    "Mr and Mrs smith, I'm optimistern",
  );
  assertEquals(asWritten("mister i'm", "es"), "mister i'm");
});
