import { assert, assertEquals, assertInstanceOf, assertThrows } from "@std/assert";
import { Lifetime } from "../../../adapters/lifetime.ts";
import { PipelineError } from "../../../pipeline/error.ts";

Deno.test("Lifetime.check() throws after the end and not before", () => {
  const lifetime = new Lifetime("engine");
  lifetime.check();
  lifetime.end();
  lifetime.end();
  assertThrows(() => lifetime.check(), TypeError, "Cannot use the engine: it was disposed");
});

Deno.test("Lifetime.within() aborts at the end or with the given signal", () => {
  const lifetime = new Lifetime("engine");
  const abort = new AbortController();
  const [one, other] = [lifetime.within(abort.signal), lifetime.within(new AbortController().signal)];
  abort.abort("enough");
  assertEquals([one.reason, other.aborted], ["enough", false]);
  lifetime.end();
  assert(other.aborted);
  assertInstanceOf(other.reason, PipelineError);
  assertEquals(other.reason.kind, "unavailable");
});
