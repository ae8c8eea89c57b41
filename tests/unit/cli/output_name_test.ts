import { assertEquals } from "@std/assert";
import { outputName } from "../../../cli/output_name.ts";

Deno.test("outputName() puts the language in where there are several", () => {
  assertEquals(outputName("talks.d/out.wav", "es", 1), "talks.d/out.wav");
  assertEquals(outputName("talks.d/out.wav", "es", 2), "talks.d/out.es.wav");
  assertEquals(outputName("talks.d/out", "es", 2), "talks.d/out.es");
  assertEquals(outputName("out.wav", "../../es", 2), "out.______es.wav", "a language leaves the folder");
});
