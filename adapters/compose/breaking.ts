import type { BackgroundTasks } from "../../flow/background_tasks.ts";
import type { Clock } from "../../flow/clock.ts";
import type { Task } from "../../flow/together.ts";
import { Lifetime } from "../lifetime.ts";
import { type AnswerEngine, type Answering, type Answers, around } from "./answering.ts";
import type { Breaker } from "./breaker.ts";
import { outcomeOf } from "./outcome.ts";
import { Prober } from "./prober.ts";

/** What stands between an engine and its callers. */
export interface BreakingOptions {
  readonly clock: Clock;
  readonly breaker: Breaker;
  readonly background: BackgroundTasks;
}

/** A breaker at its place before an engine: lets calls through or refuses them, takes note of their ends, and has the engine probed. */
export class Gate {
  readonly #breaker: Breaker;
  readonly #prober: Prober;
  readonly #lifetime: Lifetime;
  #probe: Task<void> | undefined;

  constructor(name: string, { clock, breaker, background }: BreakingOptions) {
    this.#breaker = breaker;
    this.#lifetime = new Lifetime(`breaker of ${name}`);
    this.#prober = new Prober({ name, breaker, clock, background, signal: this.#lifetime.signal });
  }

  /** The latest way to find out whether the engine works. */
  set probe(probe: Task<void>) {
    this.#probe = probe;
  }

  /** @throws {PipelineError} when the breaker refuses. */
  enter(): void {
    this.#plan();
    this.#breaker.check();
  }

  /** A call has ended by itself. That a session opened is not counted: it says little about the requests to come. */
  leave(outcome: "ok" | "empty"): void {
    this.#breaker.record(outcome);
  }

  /** A call has failed, or was cancelled by its `signal`. */
  fail(error: unknown, signal: AbortSignal): void {
    this.#breaker.record(outcomeOf(error, signal).outcome, error);
    this.#plan();
  }

  /** No more probes. */
  end(): void {
    this.#lifetime.end();
  }

  #plan(): void {
    if (this.#probe) this.#prober.plan(this.#probe);
  }
}

/**
 * An engine that is not asked while its breaker is open. The probes of an open breaker open a session and make the smallest request; they are made in the
 * background, whether there is traffic or not.
 */
export function breaking<A extends Answers>(
  answering: Answering<A>,
  engine: AnswerEngine<A>,
  options: BreakingOptions,
): AnswerEngine<A> {
  const gate = new Gate(engine.name, options);

  async function probe(wanted: A["options"], signal: AbortSignal): Promise<void> {
    await using session = await engine.open({ ...wanted, signal });
    for await (const _ of answering.ask(session, answering.probe(), signal));
  }

  async function* answer(
    session: A["session"],
    request: A["request"],
    signal: AbortSignal,
  ): AsyncGenerator<A["event"]> {
    gate.enter();
    let outcome: "ok" | "empty" = "empty";
    try {
      for await (const event of answering.ask(session, request, signal)) {
        if (answering.isResult(event)) outcome = "ok";
        yield event;
      }
      gate.leave(outcome);
    } catch (error) {
      gate.fail(error, signal);
      throw error;
    }
  }

  return around(engine, async (wanted) => {
    wanted.signal.throwIfAborted();
    gate.enter();
    const options = answering.probeOptions(wanted);
    gate.probe = (signal) => probe(options, signal);
    const session = await engine.open(wanted).catch((error) => {
      gate.fail(error, wanted.signal);
      throw error;
    });
    return answering.session(
      session,
      (request, signal) => answer(session, request, signal),
      () => session[Symbol.asyncDispose](),
    );
  }, { end: () => gate.end() });
}
