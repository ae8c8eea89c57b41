import { assertEquals } from "@std/assert";
import { memoryIn } from "../../../web/memory.ts";

Deno.test("memoryIn() keeps things in the storage", () => {
  sessionStorage.clear();
  memoryIn(() => sessionStorage).keep("a", "1");
  assertEquals(memoryIn(() => sessionStorage).recall("a"), "1");
  sessionStorage.clear();
});

Deno.test("memoryIn() keeps things in the page where the storage is forbidden", () => {
  const memory = memoryIn(() => {
    throw new DOMException("Forbidden", "SecurityError");
  });
  assertEquals(memory.recall("a"), null);
  memory.keep("a", "1");
  assertEquals(memory.recall("a"), "1");
});
