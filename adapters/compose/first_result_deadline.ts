import type { Clock } from "../../flow/clock.ts";
import { LinkedAbort } from "../../flow/linked_abort.ts";
import { type AnswerEngine, type Answering, type Answers, around } from "./answering.ts";
import { Countdown } from "./countdown.ts";
import { deadlineOf, type DeadlineRule, type LatencyWindow } from "./latency_window.ts";

/** How long an engine usually takes to open a session, and how long it may take. */
export interface OpeningDeadline {
  readonly clock: Clock;
  readonly opening: LatencyWindow;
  readonly openingRule: DeadlineRule;
}

/** Options of {@linkcode firstResultDeadline}. */
export interface DeadlineOptions extends OpeningDeadline {
  /** How long the engine usually takes to its first result, and how long it may take. */
  readonly firstResult: LatencyWindow;
  readonly firstResultRule: DeadlineRule;
  /** How long it may give nothing more after that, in ms; more than its deadline for the first result. */
  readonly silenceMs: number;
}

/**
 * Opens a session within its deadline.
 *
 * @throws {PipelineError} of kind `timeout`.
 */
export async function openInTime<Session>(
  name: string,
  { clock, opening, openingRule }: OpeningDeadline,
  signal: AbortSignal,
  open: (signal: AbortSignal) => Promise<Session>,
): Promise<Session> {
  const countdown = new Countdown(clock);
  const deadlineMs = deadlineOf(opening, openingRule);
  countdown.restart(deadlineMs, `Cannot use ${name}: it did not open`);
  using either = new LinkedAbort(signal, countdown.signal);
  try {
    return await open(either.signal);
  } catch (error) {
    signal.throwIfAborted();
    if (!countdown.signal.aborted) throw error;
    opening.add(2 * deadlineMs);
    throw countdown.signal.reason;
  } finally {
    countdown.stop();
  }
}

/**
 * An engine that fails with `timeout` when the first result is later than what is usual for it: a stall before the first result is a failure like any
 * other. The wait counts from the last moment at which it was given something to work on. Requests that were too late are noted, so that
 * an engine that has become slower gets longer deadlines. Between results there is only a wide limit, against engines that fall silent for good.
 */
export function firstResultDeadline<A extends Answers>(
  answering: Answering<A>,
  engine: AnswerEngine<A>,
  options: DeadlineOptions,
): AnswerEngine<A> {
  const { clock, firstResult, firstResultRule, silenceMs } = options;
  const noFirstResult = `Cannot use ${engine.name}: it gave no first result`;
  const nothingMore = `Cannot use ${engine.name}: it gave nothing more`;

  async function* answer(
    session: A["session"],
    request: A["request"],
    signal: AbortSignal,
  ): AsyncGenerator<A["event"]> {
    const countdown = new Countdown(clock);
    const deadlineMs = deadlineOf(firstResult, firstResultRule);
    let answered = false;
    let waiting = true;
    const restart = () => {
      if (!waiting) return;
      if (answered) countdown.restart(silenceMs, nothingMore);
      else countdown.restart(deadlineMs, noFirstResult);
    };
    answering.noteGiven(request, restart);
    using either = new LinkedAbort(signal, countdown.signal);
    try {
      for await (const event of answering.ask(session, request, either.signal)) {
        answered ||= answering.isResult(event);
        if (!answered) {
          yield event;
          continue;
        }
        // While the reader has its turn, the engine is not late.
        waiting = false;
        countdown.pause();
        yield event;
        waiting = true;
        restart();
      }
    } catch (error) {
      signal.throwIfAborted();
      if (!countdown.signal.aborted) throw error;
      if (!answered) firstResult.giveUp(deadlineMs);
      throw countdown.signal.reason;
    } finally {
      countdown.stop();
    }
  }

  return around(engine, async (wanted) => {
    const session = await openInTime(
      engine.name,
      options,
      wanted.signal,
      (signal) => engine.open({ ...wanted, signal }),
    );
    return answering.session(
      session,
      (request, signal) => answer(session, request, signal),
      () => session[Symbol.asyncDispose](),
    );
  });
}
