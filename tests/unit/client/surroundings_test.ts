import { assertEquals } from "@std/assert";
import { pageSurroundings } from "../../../client/surroundings.ts";

Deno.test("pageSurroundings tell of the network and of a page that wakes up, until nobody listens", () => {
  const document = new EventTarget();
  Object.defineProperty(globalThis, "document", { configurable: true, value: document });
  try {
    let news = 0;
    const unwatch = pageSurroundings.watch(() => news += 1);
    const happen = () => {
      for (const type of ["online", "offline", "pageshow"]) globalThis.dispatchEvent(new Event(type));
      for (const type of ["visibilitychange", "resume"]) document.dispatchEvent(new Event(type));
    };
    happen();
    assertEquals(news, 5);
    unwatch();
    happen();
    assertEquals(news, 5);
  } finally {
    Reflect.deleteProperty(globalThis, "document");
  }
});
