import type { Clock } from "../../flow/clock.ts";
import { LinkedAbort } from "../../flow/linked_abort.ts";
import { Lifetime } from "../lifetime.ts";
import type { AnswerEngine, Answering, Answers, JoinedAnswer } from "./answering.ts";
import { Countdown } from "./countdown.ts";
import type { EngineObserver } from "./engine_event.ts";
import { type Contender, firstAnswer } from "./first_answer.ts";
import { jointAnswer } from "./joint_answer.ts";
import { deadlineOf, type DeadlineRule, type LatencyWindow } from "./latency_window.ts";
import { mostHopeful, outcomeOf } from "./outcome.ts";
import { Renewable } from "./renewable.ts";
import { RetryBudget } from "./retries.ts";

/** An engine of a chain. */
export interface Link<A extends Answers> {
  readonly engine: AnswerEngine<A>;
  /** How long it takes to its first result: what hedging goes by. */
  readonly firstResult: LatencyWindow;
}

/** Options of {@linkcode fallback}. */
export interface FallbackOptions {
  readonly clock: Clock;
  readonly observe: EngineObserver;
  /** When an engine counts as late, so that the next one is asked too; it is not asked before the first has failed when absent. */
  readonly hedge?: DeadlineRule;
  /** Whether a second engine may be asked at the moment: it costs. Always, when absent. */
  readonly mayHedge?: () => boolean;
}

/** Within a session, an engine that failed is asked last for so long, in ms. */
const avoidMs = 5000;
/** With hedging, at most this share of the requests is asked twice, and as many more at the start. */
const hedgeShare = 0.1;
const hedgeFloor = 2;

/** An engine of a chain as one session uses it. */
interface Candidate<A extends Answers> {
  readonly name: string;
  readonly sessions: Renewable<A["session"]>;
  readonly firstResult: LatencyWindow;
  avoidUntilMs: number;
}

/**
 * Engines as one: each request is answered by the first of them that can. When one fails before its first result, or is late and hedging is wanted, the
 * next one is asked the same; the answer that was begun first is the only one that is heard. The order of preference holds for every request, so that the
 * first engine is back as soon as it is well. When one fails after its first result, another one goes on with the answer where it broke off; where nobody is
 * left, the failure is passed on.
 */
export function fallback<A extends Answers>(
  answering: Answering<A>,
  links: readonly [Link<A>, ...Link<A>[]],
  options: FallbackOptions,
): AnswerEngine<A> {
  const name = links.map(({ engine }) => engine.name).join(",");
  const lifetime = new Lifetime(`engines ${name}`);
  let together: A["traits"] | undefined;
  return {
    name,
    get traits() {
      return together ??= answering.together(links.map(({ engine }) => engine.traits));
    },
    async open(wanted) {
      lifetime.check();
      wanted.signal.throwIfAborted();
      const traits = links.map(({ engine }) => engine.traits);
      const candidates = answering.cast(traits, wanted).map(({ index, options }): Candidate<A> => {
        const { engine, firstResult } = links[index]!;
        const sessions = new Renewable((signal) => engine.open({ ...options, signal }));
        return { name: engine.name, sessions, firstResult, avoidUntilMs: -Infinity };
      });
      const team = new Team(answering, candidates, options, lifetime);
      using either = new LinkedAbort(wanted.signal, lifetime.signal);
      try {
        return await team.open(either.signal);
      } catch (error) {
        await team.end();
        throw wanted.signal.aborted ? wanted.signal.reason : error;
      }
    },
    async [Symbol.asyncDispose]() {
      lifetime.end();
      await Promise.all(links.map(({ engine }) => engine[Symbol.asyncDispose]()));
    },
  };
}

/** The engines of a chain at work in one session. */
class Team<A extends Answers> {
  readonly #answering: Answering<A>;
  readonly #candidates: readonly Candidate<A>[];
  readonly #options: FallbackOptions;
  readonly #engine: Lifetime;
  readonly #lifetime = new Lifetime("session of several engines");
  readonly #hedges = new RetryBudget(hedgeShare, hedgeFloor);
  readonly #join: (request: A["request"]) => JoinedAnswer<A>;

  constructor(
    answering: Answering<A>,
    candidates: readonly Candidate<A>[],
    options: FallbackOptions,
    engine: Lifetime,
  ) {
    this.#answering = answering;
    this.#candidates = candidates;
    this.#options = options;
    this.#engine = engine;
    this.#join = answering.joining();
  }

  /** Opens a session of the first engine that has one, and aside from that one of the next; those of the others are opened when they are needed. */
  async open(signal: AbortSignal): Promise<A["session"]> {
    const errors: unknown[] = [];
    for (const [index, { name, sessions }] of this.#candidates.entries()) {
      try {
        const loan = await sessions.borrow(signal);
        loan.end(false);
        this.#warm(this.#candidates[index + 1]);
        return this.#answering.session(
          loan.session,
          (request, signal) => this.#answer(request, signal),
          () => this.end(),
        );
      } catch (error) {
        signal.throwIfAborted();
        errors.push(error);
        this.#avoid(this.#candidates[index]!, error);
        const next = this.#candidates[index + 1];
        if (next) this.#tellSwitch(name, next.name, "failed");
      }
    }
    throw mostHopeful(errors);
  }

  /** Ends every session. */
  async end(): Promise<void> {
    this.#lifetime.end();
    await Promise.all(this.#candidates.map(({ sessions }) => sessions[Symbol.asyncDispose]()));
  }

  async *#answer(request: A["request"], outer: AbortSignal): AsyncGenerator<A["event"]> {
    this.#engine.check();
    this.#lifetime.check();
    using either = new LinkedAbort(outer, this.#lifetime.signal, this.#engine.signal);
    const { signal } = either;
    signal.throwIfAborted();
    this.#hedges.earn();
    const answering = this.#answering;
    const contender = (candidate: Candidate<A>, request: A["request"]) => this.#contender(candidate, request);
    const onSwitch = ({ name: from }: Candidate<A>, { name: to }: Candidate<A>, why: "failed" | "late") =>
      this.#tellSwitch(from, to, why);
    const [first, second] = this.#candidates;
    if (first && !second) {
      const { isResult } = answering;
      return yield* firstAnswer([contender(first, request)], { isResult, onSwitch: () => {} }, signal);
    }
    const joined = this.#join(request);
    yield* jointAnswer({ answering, joined, order: () => this.#order(), contender, onSwitch }, signal);
  }

  #order(): readonly Candidate<A>[] {
    const now = this.#options.clock.now();
    const well = this.#candidates.filter(({ avoidUntilMs }) => avoidUntilMs <= now);
    return [...well, ...this.#candidates.filter(({ avoidUntilMs }) => avoidUntilMs > now)];
  }

  #contender(candidate: Candidate<A>, request: A["request"]): Contender<A["event"]> {
    return {
      ask: (signal) => this.#ask(candidate, request, signal),
      late: (signal) => this.#late(candidate, request, signal),
      failed: (error) => this.#avoid(candidate, error),
    };
  }

  async *#ask(
    candidate: Candidate<A>,
    request: A["request"],
    signal: AbortSignal,
  ): AsyncGenerator<A["event"]> {
    const loan = await candidate.sessions.borrow(signal);
    let spent = false;
    try {
      yield* this.#answering.ask(loan.session, request, signal);
    } catch (error) {
      spent = outcomeOf(error, signal).outcome === "failed";
      throw error;
    } finally {
      loan.end(spent);
      if (spent) this.#warm(candidate);
    }
  }

  async #late(
    { name, firstResult }: Candidate<A>,
    request: A["request"],
    signal: AbortSignal,
  ): Promise<void> {
    const { clock, hedge, mayHedge = always } = this.#options;
    if (!hedge) throw notHedged();
    const countdown = new Countdown(clock);
    const afterMs = deadlineOf(firstResult, hedge);
    this.#answering.noteGiven(request, () => countdown.restart(afterMs, `${name} did not answer`));
    using either = new LinkedAbort(signal, countdown.signal);
    try {
      await aborted(either.signal);
      signal.throwIfAborted();
      if (!mayHedge() || !this.#hedges.spend()) throw notHedged();
    } finally {
      countdown.stop();
    }
  }

  /** Opens a session before it is needed, away from the path of the work; why that fails shows when it is needed. */
  #warm(candidate: Candidate<A> | undefined): void {
    if (this.#lifetime.ended) return;
    candidate?.sessions.borrow(this.#lifetime.signal).then((loan) => loan.end(false), () => {});
  }

  /** A client's mistake is nothing to avoid an engine for. */
  #avoid(candidate: Candidate<A>, error: unknown): void {
    const { outcome } = outcomeOf(error);
    if (outcome !== "refused") candidate.avoidUntilMs = this.#options.clock.now() + avoidMs;
  }

  #tellSwitch(from: string, to: string, why: "failed" | "late"): void {
    this.#options.observe({ type: "switch", stage: this.#answering.stage, from, to, why });
  }
}

const always = () => true;

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}

function notHedged(): DOMException {
  return new DOMException("No other engine is to be asked", "AbortError");
}
