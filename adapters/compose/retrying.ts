import { PipelineError } from "../../pipeline/error.ts";
import { type AnswerEngine, type Answering, type Answers, around } from "./answering.ts";
import type { EngineObserver, EngineStage, Operation } from "./engine_event.ts";
import { Retries, RetryBudget, type RetryOptions } from "./retries.ts";

/** Options of {@linkcode retrying}. */
export interface RetryingOptions extends RetryOptions {
  readonly observe: EngineObserver;
}

/** Waits before the next attempt, and tells of it; rejects with the error when there is to be none. */
export async function pauseBeforeRetry(
  error: unknown,
  retries: Retries,
  who: { readonly stage: EngineStage; readonly engine: string; readonly operation: Operation },
  { clock, observe }: RetryingOptions,
  signal: AbortSignal,
): Promise<void> {
  signal.throwIfAborted();
  const waitMs = retries.pauseAfter(error);
  if (waitMs === undefined || !(error instanceof PipelineError)) throw error;
  observe({ type: "retry", ...who, kind: error.kind, waitMs });
  await clock.sleep(waitMs, signal);
}

/** Opens a session, again after a pause when that failed for a reason that may pass. */
export async function openRetrying<Session>(
  who: { readonly stage: EngineStage; readonly name: string },
  options: RetryingOptions,
  signal: AbortSignal,
  open: () => Promise<Session>,
): Promise<Session> {
  const retries = new Retries(options);
  while (true) {
    try {
      return await open();
    } catch (error) {
      const operation = { stage: who.stage, engine: who.name, operation: "open" } as const;
      await pauseBeforeRetry(error, retries, operation, options, signal);
    }
  }
}

/**
 * An engine that tries again what failed for a reason that may pass, within a budget for each session, and never once the listener has got something
 * of the answer. A synthesizer has to be within `rereading`.
 */
export function retrying<A extends Answers>(
  answering: Answering<A>,
  engine: AnswerEngine<A>,
  options: RetryingOptions,
): AnswerEngine<A> {
  const { stage } = answering;
  const who = { stage, engine: engine.name, operation: "answer" } as const;

  async function* answer(
    session: A["session"],
    budget: RetryBudget,
    request: A["request"],
    signal: AbortSignal,
  ): AsyncGenerator<A["event"]> {
    const retries = new Retries(options, budget);
    budget.earn();
    let handedOn = false;
    while (true) {
      try {
        for await (const event of answering.ask(session, request, signal)) {
          handedOn ||= answering.isResult(event);
          yield event;
        }
        return;
      } catch (error) {
        if (handedOn) throw error;
        await pauseBeforeRetry(error, retries, who, options, signal);
      }
    }
  }

  return around(engine, async (wanted) => {
    const budget = new RetryBudget();
    const session = await openRetrying(
      { stage, name: engine.name },
      options,
      wanted.signal,
      () => engine.open(wanted),
    );
    return answering.session(
      session,
      (request, signal) => answer(session, budget, request, signal),
      () => session[Symbol.asyncDispose](),
    );
  });
}
