import { assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { Renewable } from "../../../../adapters/compose/renewable.ts";
import { FakeClock } from "../../../support/fake_clock.ts";

const { signal } = new AbortController();

function setUp(openMs = 0) {
  const clock = new FakeClock();
  const calls: string[] = [];
  let count = 0;
  const sessions = new Renewable(async (signal) => {
    const name = `session ${++count}`;
    calls.push(`open ${name}`);
    await clock.sleep(openMs, signal);
    return {
      name,
      [Symbol.asyncDispose]: () => {
        calls.push(`end ${name}`);
        return Promise.resolve();
      },
    };
  });
  return { clock, calls, sessions };
}

Deno.test("Renewable.borrow() opens once for all who need it", async () => {
  const { clock, calls, sessions } = setUp(100);
  const loans = Promise.all([sessions.borrow(signal), sessions.borrow(signal)]);
  await clock.advance(100);
  const [one, other] = await loans;
  assertStrictEquals(one.session, other.session);
  one.end(false);
  other.end(false);
  assertEquals(calls, ["open session 1"]);
  await sessions[Symbol.asyncDispose]();
  assertEquals(calls, ["open session 1", "end session 1"]);
});

Deno.test("Renewable ends a spent session when the last one has given it back, and opens another for the next", async () => {
  const { clock, calls, sessions } = setUp();
  const borrow = async () => {
    const loan = sessions.borrow(signal);
    await clock.advance(0);
    return await loan;
  };
  const [one, other] = [await borrow(), await borrow()];
  one.end(true);
  one.end(true);
  await clock.advance(0);
  assertEquals(calls, ["open session 1"]);
  const next = await borrow();
  other.end(false);
  await clock.advance(0);
  assertEquals([calls, next.session.name], [
    ["open session 1", "open session 2", "end session 1"],
    "session 2",
  ]);
});

Deno.test("Renewable.borrow() goes on opening for the others when one leaves, and stops with the last", async () => {
  const { clock, calls, sessions } = setUp(100);
  const stops = [new AbortController(), new AbortController()];
  const loans = stops.map(({ signal }) => sessions.borrow(signal));
  for (const loan of loans) loan.catch(() => {});
  await clock.advance(10);
  stops[0]!.abort(new Error("one"));
  await assertRejects(() => loans[0]!, Error, "one");
  assertEquals(clock.pending, 1);
  stops[1]!.abort(new Error("other"));
  await assertRejects(() => loans[1]!, Error, "other");
  const next = sessions.borrow(signal);
  await clock.advance(100);
  assertEquals([(await next).session.name, calls, clock.pending], [
    "session 2",
    ["open session 1", "open session 2"],
    0,
  ]);
});

Deno.test("Renewable.borrow() tells everybody of a failure, and tries again for the next", async () => {
  let fails = true;
  const sessions = new Renewable(() =>
    fails
      ? Promise.reject(new Error("down"))
      : Promise.resolve({ [Symbol.asyncDispose]: () => Promise.resolve() })
  );
  const loans = [sessions.borrow(signal), sessions.borrow(signal)];
  for (const loan of loans) await assertRejects(() => loan, Error, "down");
  fails = false;
  (await sessions.borrow(signal)).end(false);
  await sessions[Symbol.asyncDispose]();
});

Deno.test("Renewable ends a session that was opened too late", async () => {
  let ended = 0;
  const opened = Promise.withResolvers<AsyncDisposable>();
  const sessions = new Renewable(() => opened.promise);
  const stop = new AbortController();
  const loan = sessions.borrow(stop.signal);
  loan.catch(() => {});
  stop.abort(new Error("enough"));
  await assertRejects(() => loan, Error, "enough");
  opened.resolve({
    [Symbol.asyncDispose]: () => {
      ended += 1;
      return Promise.resolve();
    },
  });
  await sessions[Symbol.asyncDispose]();
  await new Promise((resolve) => setImmediate(resolve));
  assertEquals(ended, 1);
});
