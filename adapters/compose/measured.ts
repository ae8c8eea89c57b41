import type { Clock } from "../../flow/clock.ts";
import { type AnswerEngine, type Answering, type Answers, around } from "./answering.ts";
import type { EngineObserver, EngineStage, Operation } from "./engine_event.ts";
import type { Acquired, Opening, Traced, Usage } from "../../pipeline/ports.ts";
import type { LatencyWindow } from "./latency_window.ts";
import { type Outcome, outcomeOf } from "./outcome.ts";
import { traced } from "../traced.ts";
import type { PriceTable } from "./prices.ts";

/** What measures the calls of one engine. */
export interface MeasureOptions {
  readonly clock: Clock;
  readonly observe: EngineObserver;
  /** How long the engine takes to open a session, and to its first result: noted here. */
  readonly opening: LatencyWindow;
  readonly firstResult: LatencyWindow;
  /** What things cost; nothing when absent. */
  readonly prices?: PriceTable;
}

/** Opens a session and tells how that went. */
export async function measureOpening<Session>(
  who: { readonly stage: EngineStage; readonly engine: string },
  { clock, observe, opening }: MeasureOptions,
  { signal, ...wanted }: Opening,
  open: () => Promise<Session>,
): Promise<Session> {
  const startMs = clock.now();
  const tell = (how: ReturnType<typeof outcomeOf>) =>
    observe({
      type: "call",
      ...who,
      operation: "open",
      ...how,
      durationMs: clock.now() - startMs,
      ...traced(wanted),
    });
  try {
    const session = await open();
    opening.add(clock.now() - startMs);
    tell({ outcome: "ok" });
    return session;
  } catch (error) {
    tell(outcomeOf(error, signal));
    throw error;
  }
}

/** Which call it is. */
interface Who extends Traced {
  readonly stage: EngineStage;
  readonly engine: string;
  readonly operation: Operation;
}

/** One call of an engine, from its beginning to its end. */
export class Measurement {
  readonly #who: Who;
  readonly #options: MeasureOptions;
  readonly #startMs: number;
  #givenMs: number | undefined;
  #firstResultMs: number | undefined;
  #end: { readonly outcome: Outcome } = { outcome: "cancelled" };

  constructor(
    who: Who,
    options: MeasureOptions,
  ) {
    this.#who = who;
    this.#options = options;
    this.#startMs = options.clock.now();
  }

  /** There is more to work on. */
  given(): void {
    this.#givenMs = this.#options.clock.now();
  }

  /** A result came. */
  result(): void {
    if (this.#firstResultMs !== undefined) return;
    this.#firstResultMs = this.#waitedMs();
    this.#options.firstResult.add(this.#firstResultMs);
  }

  /** The engine charged for something. */
  used({ audioMs, characters, tokens }: Usage): void {
    const { observe, prices } = this.#options;
    const { stage, engine } = this.#who;
    const used = {
      ...(audioMs === undefined ? {} : { audioMs }),
      ...(characters === undefined ? {} : { characters }),
      ...(tokens === undefined ? {} : { tokens }),
    };
    observe({ type: "usage", stage, engine, ...used, cost: prices?.cost(stage, engine, used) ?? 0 });
  }

  /** The provider was got hold of. */
  acquired({ waitedMs, reused }: Acquired): void {
    const { stage, engine } = this.#who;
    this.#options.observe({ type: "acquired", stage, engine, waitedMs, reused });
  }

  /** It has come to its end by itself. */
  ended(): void {
    this.#end = { outcome: this.#firstResultMs === undefined ? "empty" : "ok" };
  }

  /** It failed. */
  failed(error: unknown, signal: AbortSignal): void {
    this.#end = outcomeOf(error, signal);
  }

  /** Tells how it went; without `ended` or `failed` before, its caller has left. */
  tell(): void {
    const { clock, observe, firstResult } = this.#options;
    const waitedMs = this.#waitedMs();
    // One that was given up for being slow is not forgotten: else only the fast ones would be remembered.
    const slow = this.#firstResultMs === undefined && this.#givenMs !== undefined &&
      this.#end.outcome === "cancelled" &&
      waitedMs > (firstResult.p95 ?? Infinity);
    if (slow) firstResult.giveUp(waitedMs);
    observe({
      type: "call",
      ...this.#who,
      ...this.#end,
      ...(this.#firstResultMs === undefined ? {} : { firstResultMs: this.#firstResultMs }),
      durationMs: clock.now() - this.#startMs,
    });
  }

  #waitedMs(): number {
    return this.#options.clock.now() - (this.#givenMs ?? this.#startMs);
  }
}

/** An engine whose every call is observed. */
export function measured<A extends Answers>(
  answering: Answering<A>,
  engine: AnswerEngine<A>,
  options: MeasureOptions,
): AnswerEngine<A> {
  const { stage } = answering;
  const { name } = engine;

  async function* answer(
    session: A["session"],
    request: A["request"],
    signal: AbortSignal,
  ): AsyncGenerator<A["event"]> {
    const call = new Measurement({ stage, engine: name, operation: "answer", ...traced(request) }, options);
    answering.noteGiven(request, () => call.given());
    try {
      for await (const event of answering.ask(session, request, signal)) {
        const usage = answering.usageOf(event);
        const acquired = answering.acquiredOf(event);
        if (acquired) call.acquired(acquired);
        else if (usage) call.used(usage);
        else if (answering.isResult(event)) call.result();
        yield event;
      }
      call.ended();
    } catch (error) {
      call.failed(error, signal);
      throw error;
    } finally {
      call.tell();
    }
  }

  return around(engine, async (wanted) => {
    const session = await measureOpening({ stage, engine: name }, options, wanted, () => engine.open(wanted));
    return answering.session(
      session,
      (request, signal) => answer(session, request, signal),
      () => session[Symbol.asyncDispose](),
    );
  });
}
