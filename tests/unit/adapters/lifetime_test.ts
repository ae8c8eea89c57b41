import { assertEquals, assertInstanceOf, assertThrows } from "@std/assert";
import { Lifetime } from "../../../adapters/lifetime.ts";
import { PipelineError } from "../../../pipeline/error.ts";
import { CountedSignal } from "../../support/counted_signal.ts";

Deno.test("Lifetime.check() throws after the end and not before", () => {
  const lifetime = new Lifetime("engine");
  lifetime.check();
  lifetime.end();
  lifetime.end();
  assertThrows(() => lifetime.check(), TypeError, "Cannot use the engine: it was disposed");
});

Deno.test("Lifetime.link() aborts at the end or with one of the given signals, until it is disposed of", () => {
  const lifetime = new Lifetime("engine");
  const abort = new AbortController();
  const never = new AbortController().signal;
  const [one, other] = [lifetime.link(never, abort.signal), lifetime.link(never)];
  const past = lifetime.link(abort.signal);
  past[Symbol.dispose]();
  abort.abort("enough");
  assertEquals([one.signal.reason, other.signal.aborted, past.signal.aborted], ["enough", false, false]);
  lifetime.end();
  const { reason } = other.signal;
  assertInstanceOf(reason, PipelineError);
  assertEquals([reason.kind, one.signal.reason, past.signal.aborted], ["unavailable", "enough", false]);
});

Deno.test("Lifetime.link() leaves nothing on the signals when it is disposed of", () => {
  const counted = new CountedSignal();
  const lifetime = new Lifetime("engine");
  for (let call = 0; call < 100; call += 1) {
    using either = lifetime.link(counted.signal);
    either.signal.throwIfAborted();
  }
  assertEquals(counted.listeners, 0);
});
