import { assertEquals, assertInstanceOf, assertThrows } from "@std/assert";
import fc from "fast-check";
import { Breaker, type BreakerOptions, type BreakerState } from "../../../../adapters/compose/breaker.ts";
import type { Outcome } from "../../../../adapters/compose/outcome.ts";
import { PipelineError } from "../../../../pipeline/error.ts";
import { FakeClock } from "../../../support/fake_clock.ts";

function setUp(options: Partial<BreakerOptions> = {}) {
  const clock = new FakeClock();
  const states: BreakerState[] = [];
  const breaker = new Breaker({
    name: "deepl",
    clock,
    random: () => 0,
    onState: (state) => states.push(state),
    ...options,
  });
  const record = (...outcomes: readonly Outcome[]) => outcomes.forEach((outcome) => breaker.record(outcome));
  return { clock, breaker, states, record };
}

function refusal(breaker: Breaker): PipelineError {
  const error = assertThrows(() => breaker.check(), PipelineError);
  assertInstanceOf(error, PipelineError);
  return error;
}

Deno.test("Breaker opens when half of at least five calls have failed", () => {
  const { breaker, states, record } = setUp();
  record("failed", "failed", "failed", "failed");
  assertEquals([breaker.state, breaker.rate], ["closed", { calls: 4, failureShare: 1 }]);
  breaker.check();
  record("failed");
  assertEquals([breaker.state, states], ["open", ["open"]]);
});

Deno.test("Breaker stays closed while fewer than half of the calls fail, however many do", () => {
  const { breaker, record } = setUp();
  for (let round = 0; round < 100; round += 1) record("ok", "failed", "ok");
  assertEquals([breaker.state, breaker.rate.calls], ["closed", 300]);
});

Deno.test("Breaker does not count what was cancelled, refused, empty or only busy", () => {
  const { breaker, record } = setUp();
  for (let round = 0; round < 20; round += 1) record("cancelled", "refused", "empty", "busy");
  assertEquals([breaker.state, breaker.rate], ["closed", { calls: 0, failureShare: 0 }]);
  record("failed", "failed", "failed", "failed");
  assertEquals(breaker.state, "closed");
});

Deno.test("Breaker forgets calls that have left the window", async () => {
  const { clock, breaker, record } = setUp();
  record("failed", "failed", "failed", "failed");
  await clock.advance(26_000);
  assertEquals(breaker.rate.calls, 4);
  await clock.advance(5000);
  assertEquals(breaker.rate.calls, 0);
  record("failed");
  assertEquals(breaker.state, "closed");
});

Deno.test("Breaker.check() refuses while it is open, and says when to come back", async () => {
  const { clock, breaker, record } = setUp();
  record("failed", "failed", "failed", "failed", "failed");
  await clock.advance(2000);
  const { kind, message, retryAfterMs } = refusal(breaker);
  assertEquals([kind, retryAfterMs], ["unavailable", 3000]);
  assertEquals(message, "Cannot use deepl: it has failed too often");
});

Deno.test("Breaker stays open when its time is over, until a probe went well", async () => {
  const { clock, breaker, states, record } = setUp();
  record("failed", "failed", "failed", "failed", "failed");
  await clock.advance(60_000);
  assertEquals(breaker.state, "open");
  refusal(breaker);
  breaker.beginProbe();
  assertEquals(breaker.state, "half_open");
  refusal(breaker);
  breaker.endProbe(true);
  breaker.check();
  assertEquals([states, breaker.rate.calls], [["open", "half_open", "closed"], 0]);
});

Deno.test("Breaker waits twice as long after each probe that fails, up to a minute", () => {
  const { breaker, record } = setUp();
  record("failed", "failed", "failed", "failed", "failed");
  const waits = [breaker.waitMs];
  for (let round = 0; round < 5; round += 1) {
    breaker.beginProbe();
    breaker.endProbe(false);
    waits.push(breaker.waitMs);
  }
  assertEquals(waits, [5000, 10_000, 20_000, 40_000, 60_000, 60_000]);
  breaker.beginProbe();
  breaker.endProbe(true);
  record("failed", "failed", "failed", "failed", "failed");
  assertEquals(breaker.waitMs, 5000);
});

Deno.test("Breaker spreads the probes of several instances", () => {
  const { breaker, record } = setUp({ random: () => 0.5 });
  record("failed", "failed", "failed", "failed", "failed");
  assertEquals(breaker.waitMs, 4750);
});

Deno.test("Breaker does not count calls that end while it is open", () => {
  const { breaker, record } = setUp();
  record("failed", "failed", "failed", "failed", "failed", "ok", "failed", "ok");
  breaker.beginProbe();
  record("failed");
  assertEquals(breaker.state, "half_open");
  breaker.endProbe(true);
  assertEquals(breaker.rate.calls, 0);
});

Deno.test("Breaker gives a provider the rest that it asks for, and no more than a minute of it", async () => {
  const { clock, breaker } = setUp();
  const limited = (retryAfterMs: number) =>
    breaker.record("failed", new PipelineError("rate_limited", "too fast", { retryAfterMs }));
  limited(2000);
  assertEquals([breaker.state, refusal(breaker).kind, refusal(breaker).retryAfterMs], [
    "closed",
    "rate_limited",
    2000,
  ]);
  await clock.advance(2000);
  breaker.check();
  limited(3_600_000);
  assertEquals(refusal(breaker).retryAfterMs, 60_000);
});

Deno.test("Breaker takes no rest from a call that was cancelled", () => {
  const { breaker } = setUp();
  breaker.record("cancelled", new PipelineError("rate_limited", "too fast", { retryAfterMs: 2000 }));
  breaker.check();
});

type Step =
  | { readonly type: "call"; readonly outcome: Outcome }
  | { readonly type: "probe" }
  | { readonly type: "probed"; readonly well: boolean }
  | { readonly type: "wait"; readonly ms: number };

/** The breaker's rules, written down in the most obvious way: every call is remembered with its slot. */
class Twin {
  state: BreakerState = "closed";
  #calls: { readonly slot: number; readonly failed: boolean }[] = [];

  step(step: Step, nowMs: number): void {
    switch (step.type) {
      case "call":
        if (this.state === "closed") this.#count(step.outcome, Math.floor(nowMs / 3000));
        return;
      case "probe":
        if (this.state === "open") this.state = "half_open";
        return;
      case "probed":
        if (this.state !== "half_open") return;
        this.state = step.well ? "closed" : "open";
        this.#calls = [];
    }
  }

  #count(outcome: Outcome, slot: number): void {
    if (outcome !== "ok" && outcome !== "failed") return;
    this.#calls.push({ slot, failed: outcome === "failed" });
    const recent = this.#calls.filter((call) => call.slot > slot - 10);
    const failures = recent.filter(({ failed }) => failed).length;
    if (outcome === "failed" && recent.length >= 5 && failures * 2 >= recent.length) this.state = "open";
  }
}

Deno.test("Breaker agrees with its twin, and lets calls through exactly when it is closed", async () => {
  const outcomes = ["ok", "failed", "failed", "cancelled", "empty", "refused", "busy"] as const;
  const step: fc.Arbitrary<Step> = fc.oneof(
    {
      weight: 8,
      arbitrary: fc.record({ type: fc.constant("call" as const), outcome: fc.constantFrom(...outcomes) }),
    },
    { weight: 2, arbitrary: fc.record({ type: fc.constant("probe" as const) }) },
    { weight: 2, arbitrary: fc.record({ type: fc.constant("probed" as const), well: fc.boolean() }) },
    { weight: 1, arbitrary: fc.record({ type: fc.constant("wait" as const), ms: fc.nat({ max: 20_000 }) }) },
  );
  await fc.assert(fc.asyncProperty(fc.array(step, { maxLength: 80 }), async (steps) => {
    const { clock, breaker } = setUp();
    const twin = new Twin();
    for (const step of steps) {
      if (step.type === "wait") await clock.advance(step.ms);
      else if (step.type === "probe") breaker.beginProbe();
      else if (step.type === "probed") breaker.endProbe(step.well);
      else breaker.record(step.outcome);
      twin.step(step, clock.now());
      assertEquals(breaker.state, twin.state);
      assertEquals(breaker.waitMs === 0, twin.state === "closed");
    }
  }));
});
