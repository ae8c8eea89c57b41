import { assertEquals } from "@std/assert";
import { readTraceParent, traceParentOf } from "../../../telemetry/trace_parent.ts";

const text = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

Deno.test("traceParentOf() and readTraceParent() are each other's inverse", () => {
  assertEquals(readTraceParent(text), {
    traceId: "0af7651916cd43dd8448eb211c80319c",
    spanId: "b7ad6b7169203331",
    traceFlags: 1,
  });
  assertEquals(traceParentOf(readTraceParent(text)!), text);
});

Deno.test("readTraceParent() takes nothing else", () => {
  for (const odd of ["", text.slice(1), `${text}-00`, text.replace(/[1-9a-f]/g, "0"), text.toUpperCase()]) {
    assertEquals(readTraceParent(odd), undefined, odd);
  }
});
