import type { EngineEvent, EngineObserver } from "../adapters/compose/engine_event.ts";
import type { Clock } from "../flow/clock.ts";
import type { Exits, Recorder } from "./exits.ts";
import type { Log } from "./log.ts";
import { type SpanOptions, writeCallSpan } from "./spans.ts";
import type { Tally } from "./tally.ts";

/** What engines are counted in, and who tells it. */
export interface EngineCalls {
  /** To be told what happens to engines. */
  readonly observe: EngineObserver;
  readonly outcomes: Tally;
  readonly retries: Tally;
  readonly switches: Tally;
  readonly lookups: Tally;
  readonly usage: Tally;
  readonly cost: Tally;
  readonly acquires: Recorder;
  readonly acquired: Tally;
}

/** Counts and measures the calls of providers; breakers and hand-overs are told in the log as well. */
export function engineCalls(
  exits: Exits,
  log: Log,
  { clock, spans }: { readonly clock: Clock; readonly spans: Pick<SpanOptions, "tracer" | "epochMs"> },
): EngineCalls {
  const calls = exits.histogram("calls");
  const firstResults = exits.histogram("firstResults");
  const outcomes = exits.counter("outcomes");
  const retries = exits.counter("retries");
  const switches = exits.counter("switches");
  const lookups = exits.counter("lookups");
  const usage = exits.counter("usage");
  const cost = exits.counter("cost");
  const acquires = exits.histogram("acquires");
  const acquired = exits.counter("acquired");

  const called = (event: Extract<EngineEvent, { type: "call" }>) => {
    const { stage, engine: provider, operation, outcome, kind = "", firstResultMs, durationMs } = event;
    outcomes.add({ stage, provider, operation, outcome, kind });
    calls.record(durationMs / 1000, { stage, provider, operation });
    if (firstResultMs !== undefined) firstResults.record(firstResultMs / 1000, { stage, provider });
    if (event.traceParent !== undefined) {
      const endMs = clock.now();
      const { traceParent } = event;
      writeCallSpan(spans, {
        traceParent,
        stage,
        provider,
        operation,
        outcome,
        kind,
        startMs: endMs - durationMs,
        endMs,
      });
    }
    if (outcome === "failed") log.warn("call failed", { stage, provider, operation, kind });
  };

  const observe = (event: EngineEvent) => {
    switch (event.type) {
      case "call":
        return called(event);
      case "usage": {
        const { stage, engine: provider, audioMs = 0, characters = 0, tokens = 0 } = event;
        if (audioMs > 0) usage.add({ stage, provider, unit: "minutes" }, audioMs / 60_000);
        if (characters > 0) usage.add({ stage, provider, unit: "characters" }, characters);
        if (tokens > 0) usage.add({ stage, provider, unit: "tokens" }, tokens);
        if (event.cost > 0) cost.add({ stage, provider }, event.cost);
        return;
      }
      case "acquired": {
        const { stage, engine: provider, waitedMs, reused } = event;
        acquires.record(waitedMs / 1000, { stage, provider });
        return acquired.add({ stage, provider, result: reused ? "reused" : "opened" });
      }
      case "breaker":
        return log.warn("breaker changed", {
          stage: event.stage,
          provider: event.engine,
          state: event.state,
        });
      case "retry":
        return retries.add({ stage: event.stage, provider: event.engine, kind: event.kind });
      case "switch": {
        const { stage, from, to, why } = event;
        switches.add({ stage, from, to, why });
        return log.warn("provider changed", { stage, from, to, why });
      }
      case "cache":
        return lookups.add({ stage: event.stage, provider: event.engine, result: event.result });
    }
  };
  return { observe, outcomes, retries, switches, lookups, usage, cost, acquires, acquired };
}
