import { assertEquals, assertStrictEquals } from "@std/assert";
import { LinkedAbort } from "../../../flow/linked_abort.ts";
import { CountedSignal } from "../../support/counted_signal.ts";

Deno.test("LinkedAbort aborts with whichever of the others aborts first, and with its reason", () => {
  const [one, other] = [new AbortController(), new AbortController()];
  const linked = new LinkedAbort(one.signal, other.signal);
  assertEquals(linked.signal.aborted, false);
  other.abort("other");
  one.abort("one");
  assertEquals([linked.signal.aborted, linked.signal.reason], [true, "other"]);
});

Deno.test("LinkedAbort is aborted from the start when one of the others is", () => {
  const reason = new Error("before");
  const counted = new CountedSignal();
  const linked = new LinkedAbort(counted.signal, AbortSignal.abort(reason));
  assertStrictEquals(linked.signal.reason, reason);
  assertEquals(counted.listeners, 0);
});

Deno.test("LinkedAbort.abort() aborts it alone", () => {
  const other = new AbortController();
  const linked = new LinkedAbort(other.signal);
  linked.abort("enough");
  assertEquals([linked.signal.reason, other.signal.aborted], ["enough", false]);
});

Deno.test("LinkedAbort leaves nothing at the others once it is disposed, and follows them no longer", () => {
  const counted = new CountedSignal();
  const other = new AbortController();
  {
    using linked = new LinkedAbort(counted.signal, other.signal);
    assertEquals([counted.listeners, linked.signal.aborted], [1, false]);
  }
  assertEquals(counted.listeners, 0);
  const linked = new LinkedAbort(other.signal);
  linked[Symbol.dispose]();
  linked[Symbol.dispose]();
  other.abort();
  assertEquals(linked.signal.aborted, false);
});
