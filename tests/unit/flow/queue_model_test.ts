import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { Queue } from "../../../flow/queue.ts";
import { settle } from "../../support/fake_clock.ts";

/** One call, or the abort of the wait that call number `of` began. */
type Step =
  | { type: "push" | "send"; weight: number }
  | { type: "receive" | "clear" | "close" | "fail" }
  | { type: "abort"; of: number };

/** What became of each call, by its number; a wait that has not ended has no entry. */
type Outcomes = Map<number, unknown>;

interface Item {
  readonly id: number;
  readonly weight: number;
}

/** The queue's rules, written down in the most obvious way: nothing waits, every outcome is noted when it is decided. */
class Twin {
  readonly outcomes: Outcomes = new Map();
  #limit: number;
  #items: Item[] = [];
  #senders: Item[] = [];
  #receiver: number | undefined;
  #ending: "open" | "closed" | "failed" = "open";

  constructor(limit: number) {
    this.#limit = limit;
  }

  get weight(): number {
    return this.#items.reduce((sum, item) => sum + item.weight, 0);
  }

  get state(): unknown {
    return { size: this.#items.length, weight: this.weight, closed: this.#ending !== "open" };
  }

  step(id: number, step: Step): void {
    switch (step.type) {
      case "push": {
        const room = this.#ending === "open" && this.#senders.length === 0 && this.#fits(step.weight);
        this.outcomes.set(id, room);
        if (room) this.#items.push({ id, weight: step.weight });
        break;
      }
      case "send":
        if (this.#ending === "open") this.#senders.push({ id, weight: step.weight });
        else this.outcomes.set(id, this.#ending);
        break;
      case "receive":
        if (this.#ending === "failed") this.outcomes.set(id, "failed");
        else if (this.#receiver !== undefined) this.outcomes.set(id, "taken");
        else this.#receiver = id;
        break;
      case "clear":
        this.outcomes.set(id, this.#items.map((item) => item.id));
        this.#items = [];
        break;
      case "close":
      case "fail":
        if (this.#ending === "failed" || (this.#ending === "closed" && step.type === "close")) break;
        this.#ending = step.type === "close" ? "closed" : "failed";
        for (const sender of this.#senders.splice(0)) this.outcomes.set(sender.id, this.#ending);
        if (step.type === "fail") {
          this.#items = [];
          if (this.#receiver !== undefined) this.outcomes.set(this.#receiver, "failed");
          this.#receiver = undefined;
        }
        break;
      case "abort":
        if (this.#receiver === step.of) this.#receiver = undefined;
        else if (this.#senders.some((sender) => sender.id === step.of)) {
          this.#senders = this.#senders.filter((sender) => sender.id !== step.of);
        } else break;
        this.outcomes.set(step.of, "aborted");
    }
    this.#move();
  }

  #fits(weight: number): boolean {
    return this.#items.length === 0 || this.weight + weight <= this.#limit;
  }

  #move(): void {
    while (true) {
      const sender = this.#senders[0];
      if (sender && this.#fits(sender.weight)) {
        this.#senders.shift();
        this.#items.push(sender);
        this.outcomes.set(sender.id, "sent");
      } else if (this.#receiver !== undefined && this.#items.length > 0) {
        this.outcomes.set(this.#receiver, this.#items.shift()!.id);
        this.#receiver = undefined;
      } else break;
    }
    if (this.#receiver !== undefined && this.#ending === "closed") {
      this.outcomes.set(this.#receiver, "ended");
      this.#receiver = undefined;
    }
  }
}

/** The same calls on the real queue, each wait with a signal of its own. */
class Subject {
  readonly outcomes: Outcomes = new Map();
  #queue: Queue<Item>;
  #stops = new Map<number, AbortController>();

  constructor(limit: number) {
    this.#queue = new Queue({ limit, weigh: (item) => item.weight });
  }

  get state(): unknown {
    return { size: this.#queue.size, weight: this.#queue.weight, closed: this.#queue.closed };
  }

  step(id: number, step: Step): void {
    const stop = new AbortController();
    const ended = (wait: Promise<unknown>) => {
      this.#stops.set(id, stop);
      wait.then((value) => this.outcomes.set(id, value), (reason) => this.outcomes.set(id, label(reason)));
    };
    switch (step.type) {
      case "push":
        this.outcomes.set(id, this.#queue.push({ id, weight: step.weight }));
        break;
      case "send":
        ended(this.#queue.send({ id, weight: step.weight }, stop.signal).then(() => "sent"));
        break;
      case "receive":
        ended(this.#queue.receive(stop.signal).then((item) => item ? item.id : "ended"));
        break;
      case "clear":
        this.outcomes.set(id, this.#queue.clear().map((item) => item.id));
        break;
      case "close":
        this.#queue.close();
        break;
      case "fail":
        this.#queue.fail("failed");
        break;
      case "abort":
        this.#stops.get(step.of)?.abort("aborted");
    }
  }
}

function label(reason: unknown): unknown {
  if (!(reason instanceof TypeError)) return reason;
  return reason.message.includes("closed") ? "closed" : "taken";
}

const weight = fc.integer({ min: 1, max: 12 });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ type: fc.constant("send" as const), weight }) },
  { weight: 4, arbitrary: fc.record({ type: fc.constant("push" as const), weight }) },
  { weight: 8, arbitrary: fc.record({ type: fc.constant("receive" as const) }) },
  { weight: 4, arbitrary: fc.record({ type: fc.constant("abort" as const), of: fc.nat(60) }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constantFrom("clear" as const, "close" as const) }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constantFrom("clear" as const, "fail" as const) }) },
);

/** Runs the steps on both, `turns` of them between two looks, and compares every outcome. */
async function compare(limit: number, steps: readonly Step[], turns: number): Promise<void> {
  const twin = new Twin(limit);
  const subject = new Subject(limit);
  for (const [id, each] of steps.entries()) {
    twin.step(id, each);
    subject.step(id, each);
    assertEquals(subject.state, twin.state);
    if (id % turns === 0 || id === steps.length - 1) {
      await settle();
      assertEquals(sorted(subject.outcomes), sorted(twin.outcomes));
    }
  }
}

function sorted(outcomes: Outcomes): [number, unknown][] {
  return [...outcomes].sort(([one], [other]) => one - other);
}

Deno.test("Queue agrees with a naive twin over any sequence of calls and aborts", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 10 }),
      fc.array(step, { maxLength: 60, size: "max" }),
      fc.integer({ min: 1, max: 5 }),
      compare,
    ),
    { numRuns: 500 },
  );
});

Deno.test("Queue loses and repeats nothing between several senders and a receiver that is often aborted", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 5 }),
      fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 4 }),
      fc.array(fc.boolean(), { minLength: 1, maxLength: 50 }),
      async (limit, pauses, aborts) => {
        const queue = new Queue<{ sender: number; count: number }>({ limit });
        const never = new AbortController().signal;
        const perSender = 30;
        const sends = pauses.map(async (pause, sender) => {
          for (let count = 0; count < perSender; count += 1) {
            await queue.send({ sender, count }, never);
            if (count % pause === 0) await Promise.resolve();
          }
        });
        const seen = pauses.map((): number[] => []);
        for (let turn = 0, left = perSender * pauses.length; left > 0; turn += 1) {
          const stop = new AbortController();
          const received = queue.receive(stop.signal);
          if (aborts[turn % aborts.length] && turn % 3 !== 0) stop.abort("aborted");
          const item = await received.catch(() => undefined);
          if (item === undefined) continue;
          seen[item.sender]!.push(item.count);
          left -= 1;
        }
        await Promise.all(sends);
        for (const counts of seen) {
          assertEquals(
            counts,
            Array.from({ length: perSender }, (_, index) => index),
          );
        }
      },
    ),
  );
});
