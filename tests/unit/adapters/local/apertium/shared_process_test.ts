import { assert, assertEquals, assertNotEquals, assertRejects, assertStrictEquals } from "@std/assert";
import {
  SharedProcess,
  type SharedProcessOptions,
} from "../../../../../adapters/local/apertium/shared_process.ts";
import { PipelineError } from "../../../../../pipeline/error.ts";
import { FakeClock } from "../../../../support/fake_clock.ts";

const signal = new AbortController().signal;

/** A shared process that answers each text with the text, unless it is told otherwise. */
function echo(options: Partial<SharedProcessOptions> = {}, commands = [["cat"], ["cat"]]): SharedProcess {
  return new SharedProcess({ name: "echo", commands: () => Promise.resolve(commands), ...options });
}

Deno.test("SharedProcess.exchange() answers in order, texts of any length", async () => {
  await using shared = echo();
  const texts = ["one", "", "two", "é".repeat(300_000), "three"];
  assertEquals(await Promise.all(texts.map((text) => shared.exchange(text, signal))), texts);
});

Deno.test("SharedProcess.exchange() goes on after an abort without mixing up the answers", async () => {
  await using shared = echo();
  const abort = new AbortController();
  const reason = new Error("enough");
  const answers = [
    shared.exchange("in hand", abort.signal).catch((error) => error),
    shared.exchange("waits", abort.signal).catch((error) => error),
    shared.exchange("other", signal),
  ];
  await Promise.resolve();
  abort.abort(reason);
  assertEquals(await Promise.all(answers), [reason, reason, "other"]);
  assertStrictEquals(await shared.exchange("late", abort.signal).catch((error) => error), reason);
});

Deno.test("SharedProcess.exchange() starts the process again when it broke", async () => {
  await using shared = echo();
  assertEquals(await shared.exchange("one", signal), "one");
  const before = shared.group!;
  Deno.kill(-before, "SIGKILL");
  assertEquals(await shared.exchange("two", signal), "two");
  assertNotEquals(shared.group, before);
});

Deno.test("SharedProcess.exchange() tries again when the answer was cut short", async () => {
  let starts = 0;
  await using shared = new SharedProcess({
    name: "echo",
    commands: () => Promise.resolve([starts++ === 0 ? ["sh", "-c", "head -c 3; printf '\\0'"] : ["cat"]]),
    isWhole: (answer) => answer.endsWith("."),
  });
  assertEquals(await shared.exchange("one two.", signal), "one two.");
  assertEquals(starts, 2);
});

Deno.test("SharedProcess.exchange() gives up on a process that ends when it is used", async () => {
  await using shared = echo({}, [["head", "-c", "1"]]);
  const error = await assertRejects(() => shared.exchange("one", signal), PipelineError);
  assertEquals(error.kind, "unavailable");
  assertEquals(shared.group, undefined);
});

Deno.test("SharedProcess.exchange() gives up on a process that cannot be started", async () => {
  const reason = new Error("no file");
  await using shared = new SharedProcess({ name: "echo", commands: () => Promise.reject(reason) });
  const error = await assertRejects(() => shared.exchange("one", signal), PipelineError);
  assertEquals([error.kind, error.cause], ["unavailable", reason]);
});

Deno.test("SharedProcess.exchange() does not wait for an answer for longer than the deadline", async () => {
  const clock = new FakeClock();
  let commands = [["sleep", "1000"]];
  await using shared = new SharedProcess({
    name: "echo",
    commands: () => Promise.resolve(commands),
    deadlineMs: 500,
    clock,
  });
  const outcome = shared.exchange("one", signal).catch((error) => error);
  while (clock.pending === 0) await clock.advance(0);
  const stuck = shared.group!;
  await clock.advance(499);
  assertEquals(shared.group, stuck);
  await clock.advance(1);
  assertEquals((await outcome).kind, "timeout");
  commands = [["cat"]];
  assertEquals(await shared.exchange("two", signal), "two");
  // The stuck one is killed when its time to end by itself is over.
  await clock.advance(1000);
});

Deno.test("SharedProcess.exchange() lets only so many wait", async () => {
  await using shared = echo({ waitingLimit: 3 });
  const texts = ["one", "two", "three"].map((text) => shared.exchange(text, signal));
  const error = await assertRejects(() => shared.exchange("four", signal), PipelineError);
  assertEquals(error.kind, "overloaded");
  assertEquals(await Promise.all(texts), ["one", "two", "three"]);
});

Deno.test("SharedProcess.hold() keeps the process until it was idle for long enough", async () => {
  const clock = new FakeClock();
  await using shared = echo({ idleMs: 1000, clock });
  const [one, other] = [shared.hold(), shared.hold()];
  await shared.exchange("one", signal);
  one();
  one();
  await clock.advance(5000);
  assert(shared.group !== undefined, "It ended while it was held");
  other();
  await clock.advance(999);
  const again = shared.hold();
  await clock.advance(5000);
  assert(shared.group !== undefined, "It ended although it was held again");
  again();
  await clock.advance(1000);
  assertEquals(shared.group, undefined);
  assertEquals(await shared.exchange("two", signal), "two");
});

Deno.test("SharedProcess ends at once when it is disposed, with what waits for it", async () => {
  const shared = echo({}, [["sh", "-c", "cat >/dev/null"]]);
  const outcomes = [1, 2].map(() => shared.exchange("one", signal).catch((error) => error.kind));
  while (shared.group === undefined) await new Promise((resolve) => setTimeout(resolve, 1));
  await shared[Symbol.asyncDispose]();
  await shared[Symbol.asyncDispose]();
  assertEquals(await Promise.all(outcomes), ["unavailable", "unavailable"]);
  assertEquals(
    (await assertRejects(() => shared.exchange("two", signal), PipelineError)).kind,
    "unavailable",
  );
});
