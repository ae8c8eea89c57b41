import { assert, assertEquals, assertRejects } from "@std/assert";
import fc from "fast-check";
import { Concurrency } from "../../../../adapters/net/concurrency.ts";
import { ConnectionPool, type Lease } from "../../../../adapters/net/connection_pool.ts";
import type { ConnectionLimits, PooledConnection } from "../../../../adapters/net/held_connection.ts";
import { PipelineError } from "../../../../pipeline/error.ts";
import { FakeClock, settle } from "../../../support/fake_clock.ts";

const never = new AbortController().signal;
const openMs = 300;

/** A connection that the test can break, as its provider would. */
class Line implements PooledConnection {
  ended = false;
  readonly #gone = Promise.withResolvers<void>();

  constructor(readonly number: number) {}

  get gone(): Promise<void> {
    return this.#gone.promise;
  }

  break(): void {
    this.ended = true;
    this.#gone.resolve();
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.break();
    return Promise.resolve();
  }
}

/** A pool whose connections take 300 ms to open. */
function pooled(
  limits: Partial<ConnectionLimits> & { concurrency?: number; connections?: number } = {},
) {
  const clock = new FakeClock();
  const { concurrency: limit = 8, connections = 16, ...rest } = limits;
  const concurrency = new Concurrency({ provider: "Acme", limit, clock });
  const lines: Line[] = [];
  const faults: unknown[] = [];
  const pool = new ConnectionPool<Line>({
    provider: "Acme",
    clock,
    concurrency,
    connections,
    limits: { places: 2, idleMs: 60_000, sessionMs: 600_000, ...rest },
  });
  const open = async (signal: AbortSignal) => {
    await clock.sleep(openMs, signal);
    const fault = faults.shift();
    if (fault) throw fault;
    const line = new Line(lines.length);
    lines.push(line);
    return line;
  };
  const joining = (kind = "es") => pool.join(kind, open, never);
  const join = async (kind = "es") => {
    const member = joining(kind);
    await clock.advance(openMs);
    return await member;
  };
  const alive = () => lines.filter(({ ended }) => !ended).map(({ number }) => number);
  return { clock, pool, open, join, joining, lines, faults, concurrency, alive };
}

Deno.test("ConnectionPool.join() opens a connection, which is there without waiting when it is needed", async () => {
  const { pool, join, lines } = pooled();
  await using _ = pool;
  const member = await join();
  assertEquals([lines.length, pool.connections], [1, { busy: 0, idle: 1, waiting: 0 }]);
  const lease = await member.take(never);
  assertEquals([lease.connection, lease.reused, lease.waitedMs], [lines[0], true, 0]);
  assertEquals(pool.connections, { busy: 1, idle: 0, waiting: 0 });
  lease.end();
  assertEquals(pool.connections, { busy: 0, idle: 1, waiting: 0 });
});

Deno.test("ConnectionPool opens nothing for one who joins where there is a connection", async () => {
  const { pool, join, lines } = pooled();
  await using _ = pool;
  await join();
  await pool.join("es", () => Promise.reject(new Error("not needed")), never);
  assertEquals(lines.length, 1);
});

Deno.test("ConnectionPool keeps kinds apart", async () => {
  const { pool, join, lines } = pooled();
  await using _ = pool;
  const [spanish, german] = [await join("es"), await join("de")];
  const leases = [await spanish.take(never), await german.take(never)];
  assertEquals(leases.map(({ connection }) => connection), [lines[0], lines[1]]);
});

Deno.test("ConnectionPool opens another connection ahead when the last place is taken, and fills the fullest first", async () => {
  const { clock, pool, join, lines } = pooled({ places: 2 });
  await using _ = pool;
  const member = await join();
  const first = await member.take(never);
  await clock.advance(openMs);
  assertEquals(lines.length, 1);
  const second = await member.take(never);
  await clock.advance(openMs);
  assertEquals(lines.length, 2);
  const third = await member.take(never);
  assertEquals([first, second, third].map(({ connection, waitedMs }) => [connection.number, waitedMs]), [
    [0, 0],
    [0, 0],
    [1, 0],
  ]);
  first.end();
  // Back to the fuller one: both have one user, the older is as good.
  third.end();
  assertEquals((await member.take(never)).connection.number, 0);
});

Deno.test("ConnectionPool opens no connection ahead that nobody could use, or for nobody", async () => {
  const { clock, pool, join, lines } = pooled({ places: 1, concurrency: 1 });
  await using _ = pool;
  const member = await join();
  const lease = await member.take(never);
  await clock.advance(openMs);
  assertEquals(lines.length, 1);
  member.leave();
  lease.end();
  await clock.advance(openMs);
  assertEquals(lines.length, 1);
});

Deno.test("ConnectionPool says what one waited who came while a connection was opening", async () => {
  const { clock, pool, join, lines } = pooled({ places: 1 });
  await using _ = pool;
  const member = await join();
  await member.take(never);
  await clock.advance(100);
  const waiting = member.take(never);
  await clock.advance(openMs);
  const { waitedMs, reused, connection } = await waiting;
  assertEquals([waitedMs, reused, connection.number, lines.length], [200, false, 1, 2]);
});

Deno.test("ConnectionPool never hands out what has ended, and replaces it ahead unless it lived shortly", async () => {
  const { clock, pool, join, lines } = pooled();
  await using _ = pool;
  const member = await join();
  await clock.advance(10_000);
  lines[0]!.break();
  await clock.advance(openMs);
  assertEquals(lines.length, 2);
  lines[1]!.break();
  await clock.advance(60_000);
  assertEquals(lines.length, 2);
  const waiting = member.take(never);
  await clock.advance(openMs);
  const lease = await waiting;
  assertEquals([lease.connection.number, lease.reused, lease.waitedMs], [2, false, openMs]);
});

Deno.test("ConnectionPool exchanges a connection before the provider's limit of silence, while somebody is there", async () => {
  const { clock, pool, join, lines, alive } = pooled({ idleMs: 60_000 });
  await using _ = pool;
  const member = await join();
  await clock.advance(53_999);
  assertEquals(alive(), [0]);
  await clock.advance(1);
  // The old one serves until the new one is there.
  assertEquals([alive(), lines.length], [[0], 1]);
  await clock.advance(openMs);
  assertEquals(alive(), [1]);
  member.leave();
  await clock.advance(60_000);
  assertEquals(alive(), []);
});

Deno.test("ConnectionPool does not begin on a connection that reaches its age, and lets what is on it end", async () => {
  const { clock, pool, join, alive } = pooled({ sessionMs: 100_000, idleMs: 1_000_000, places: 4 });
  await using _ = pool;
  const member = await join();
  const long = await member.take(never);
  await clock.advance(90_000 + openMs + 6000);
  const next = await member.take(never);
  assertEquals([long.connection.number, next.connection.number, next.reused], [0, 1, true]);
  assertEquals(alive(), [0, 1]);
  long.end();
  await settle();
  assertEquals(alive(), [1]);
});

Deno.test("ConnectionPool closes after half a minute what nobody is there to use", async () => {
  const { clock, pool, join, alive } = pooled({ idleMs: 600_000 });
  await using _ = pool;
  (await join()).leave();
  await clock.advance(29_000);
  // The next one finds it open.
  const member = await pool.join("es", () => Promise.reject(new Error("not needed")), never);
  await clock.advance(100_000);
  assertEquals(alive(), [0]);
  member.leave();
  member.leave();
  await clock.advance(30_000);
  assertEquals([alive(), clock.pending], [[], 0]);
});

Deno.test("ConnectionPool.join() rejects as the opening does, or with the signal's reason, and stops what nobody waits for", async () => {
  const { clock, pool, open, faults, joining, lines } = pooled();
  await using _ = pool;
  faults.push(new PipelineError("unauthenticated", "no"));
  const refused = joining().catch((error) => error);
  await clock.advance(openMs);
  assertEquals((await refused).kind, "unauthenticated");
  const stop = new AbortController();
  const stopped = pool.join("es", open, stop.signal).catch((error) => error);
  stop.abort("enough");
  assertEquals(await stopped, "enough");
  await clock.advance(openMs);
  assertEquals([lines.length, clock.pending], [0, 0]);
});

Deno.test("Membership.take() waits for a place of the key, in order, and fails with concurrency when there is none in time", async () => {
  const { clock, pool, join, concurrency } = pooled({ concurrency: 2, places: 4 });
  await using _ = pool;
  const member = await join();
  const [one, other] = [await member.take(never), await member.take(never)];
  const waiting = member.take(never);
  const stop = new AbortController();
  const cancelled = member.take(stop.signal).catch((error) => error);
  const late = member.take(never).catch((error) => error);
  await settle();
  assertEquals(pool.connections.waiting, 3);
  stop.abort("left");
  assertEquals(await cancelled, "left");
  await clock.advance(400);
  one.end();
  assertEquals((await waiting).waitedMs, 400);
  await clock.advance(600);
  assertEquals((await late).kind, "concurrency");
  other.end();
  (await waiting).end();
  assertEquals([concurrency.used, concurrency.waiting], [0, 0]);
});

Deno.test("ConnectionPool closes an idle connection of another kind for one that is needed, or says that there is no room", async () => {
  const { clock, pool, join, joining, alive } = pooled({ connections: 2, places: 1 });
  await using _ = pool;
  const spanish = await join("es");
  await clock.advance(1000);
  (await join("de")).leave();
  // German has nobody: it goes, though Spanish was idle for longer.
  const french = await join("fr");
  await settle();
  assertEquals(alive(), [0, 2]);
  const [one, other] = [await spanish.take(never), await french.take(never)];
  const { kind } = await joining("it").catch((error) => error);
  assertEquals(kind, "concurrency");
  one.end();
  other.end();
});

Deno.test("ConnectionPool gives the place back when the opening fails", async () => {
  const { clock, pool, join, lines, faults, concurrency } = pooled();
  await using _ = pool;
  const member = await join();
  lines[0]!.break();
  faults.push(new PipelineError("unavailable", "down"));
  const failing = member.take(never).catch((error) => error);
  await clock.advance(openMs);
  assertEquals([(await failing).kind, concurrency.used], ["unavailable", 0]);
});

Deno.test("ConnectionPool closes everything when it is disposed of, what is opening too", async () => {
  const { clock, pool, join, joining, alive } = pooled({ places: 1 });
  const lease = await (await join()).take(never);
  const opening = joining("de").catch((error) => error);
  await settle();
  await pool[Symbol.asyncDispose]();
  assertEquals([alive(), clock.pending], [[], 0]);
  assertEquals((await opening) instanceof DOMException, true);
  lease.end();
  await assertRejects(() => joining(), TypeError, "disposed");
});

Deno.test("ConnectionPool keeps to its limits and loses nothing, whatever happens", async () => {
  const step = fc.oneof(
    fc.record({ type: fc.constant("take" as const), member: fc.nat(3) }),
    fc.record({ type: fc.constant("end" as const), lease: fc.nat(9) }),
    fc.record({ type: fc.constant("break" as const), line: fc.nat(9) }),
    fc.record({ type: fc.constant("wait" as const), ms: fc.constantFrom(10, 300, 5000, 60_000) }),
    fc.constant({ type: "fail" as const }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 50 }), async (steps) => {
      const { clock, pool, join, lines, faults, concurrency, alive } = pooled({
        places: 2,
        concurrency: 4,
        connections: 6,
        idleMs: 20_000,
        sessionMs: 100_000,
      });
      const members = [await join("es"), await join("es"), await join("de"), await join("fr")];
      const leases: Lease<Line>[] = [];
      for (const step of steps) {
        if (step.type === "take") {
          members[step.member]!.take(never).then((lease) => {
            assert(!lease.connection.ended, "A connection was handed out that has ended");
            leases.push(lease);
          }, (error) => {
            assert(error instanceof PipelineError);
          });
        } else if (step.type === "end") leases.splice(step.lease % (leases.length || 1), 1)[0]?.end();
        else if (step.type === "break") lines[step.line]?.break();
        else if (step.type === "fail") faults.push(new PipelineError("unavailable", "down"));
        else await clock.advance(step.ms);
        await settle();
        assert(concurrency.used <= 4);
        assert(alive().length <= 6, `${alive().length} connections`);
        for (const line of lines) {
          const users = leases.filter(({ connection }) => connection === line).length;
          assert(users <= 2, `${users} on one connection`);
        }
      }
      await clock.advance(2000);
      while (leases.length > 0) leases.pop()!.end();
      await clock.advance(2000);
      while (leases.length > 0) leases.pop()!.end();
      assertEquals([concurrency.used, concurrency.waiting], [0, 0]);
      await pool[Symbol.asyncDispose]();
      assertEquals([alive(), clock.pending], [[], 0]);
    }),
    { numRuns: 150 },
  );
});
