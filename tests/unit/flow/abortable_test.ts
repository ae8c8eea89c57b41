import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { abortable, unlessAborted } from "../../../flow/abortable.ts";
import { CountedSignal } from "../../support/counted_signal.ts";

async function* never(): AsyncGenerator<number> {
  yield 1;
  await new Promise(() => {});
}

Deno.test("abortable() gives every item and leaves no listener behind", async () => {
  const counted = new CountedSignal();
  const items: number[] = [];
  for await (
    const item of abortable(
      (async function* () {
        yield* [1, 2, 3];
      })(),
      counted.signal,
    )
  ) items.push(item);
  assertEquals(items, [1, 2, 3]);
  assertEquals(counted.listeners, 0);
});

Deno.test("abortable() ends a wait that does not hear the signal", async () => {
  const abort = new AbortController();
  const reason = new Error("enough");
  const items: number[] = [];
  const outcome = await (async () => {
    for await (const item of abortable(never(), abort.signal)) {
      items.push(item);
      queueMicrotask(() => abort.abort(reason));
    }
  })().catch((error) => error);
  assertStrictEquals(outcome, reason);
  assertEquals(items, [1]);
});

Deno.test("abortable() does not begin when the signal is aborted already", async () => {
  let begun = false;
  const items = { [Symbol.asyncIterator]: () => (begun = true, never()) };
  const reason = new Error("enough");
  const outcome = await abortable(items, AbortSignal.abort(reason)).next().catch((error) => error);
  assertStrictEquals(outcome, reason);
  assert(!begun);
});

Deno.test("abortable() passes on a failure", async () => {
  const failure = new Error("broken");
  const items = { [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(failure) }) };
  const outcome = await abortable(items, new AbortController().signal).next().catch((error) => error);
  assertStrictEquals(outcome, failure);
});

Deno.test("abortable() tells the source to return when it is left", async () => {
  let ended = false;
  const source = async function* () {
    try {
      yield 1;
      yield 2;
    } finally {
      ended = true;
    }
  };
  for await (const _item of abortable(source(), new AbortController().signal)) break;
  assert(ended);
});

Deno.test("unlessAborted() gives the value, the failure or the signal's reason, whichever is first", async () => {
  const counted = new CountedSignal();
  assertEquals(await unlessAborted(Promise.resolve(1), counted.signal), 1);
  const failure = new Error("broken");
  assertStrictEquals(
    await unlessAborted(Promise.reject(failure), counted.signal).catch((error) => error),
    failure,
  );
  assertEquals(counted.listeners, 0);
  const abort = new AbortController();
  const waiting = unlessAborted(new Promise(() => {}), abort.signal).catch((error) => error);
  const reason = new Error("enough");
  abort.abort(reason);
  assertStrictEquals(await waiting, reason);
  assertStrictEquals(
    await unlessAborted(Promise.reject(failure), abort.signal).catch((error) => error),
    reason,
  );
});
