import type { Clock } from "../../flow/clock.ts";
import { PipelineError } from "../../pipeline/error.ts";

/** Options of {@linkcode Retries}; times in ms. */
export interface RetryOptions {
  readonly clock: Clock;
  /** Gives numbers from 0 up to 1. */
  readonly random: () => number;
  /** How often the work is tried in all; 3 by default. */
  readonly attempts?: number;
  /** The longest first pause, 100 by default; it doubles with every further one, up to `maxMs`, 2,000 by default. */
  readonly baseMs?: number;
  readonly maxMs?: number;
  /** No pause begins that would end later than this after the start; 4,000 by default. */
  readonly patienceMs?: number;
}

/**
 * Keeps retries from becoming a storm: every request adds a share of a retry, every retry takes one. Belongs to a session, so that no session can use up
 * what others need.
 */
export class RetryBudget {
  readonly #share: number;
  readonly #most: number;
  #tokens: number;

  /** @param share retries for each request; 0.2 by default. @param floor how many there are to begin with; 3 by default. */
  constructor(share = 0.2, floor = 3) {
    this.#share = share;
    this.#most = 3 * floor;
    this.#tokens = floor;
  }

  /** A request is made. */
  earn(): void {
    this.#tokens = Math.min(this.#most, this.#tokens + this.#share);
  }

  /** Takes a retry, if there is one. */
  spend(): boolean {
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }
}

/** The pauses between the attempts at one piece of work: exponential, with full jitter, or what the provider asks for. */
export class Retries {
  readonly #options: Required<RetryOptions>;
  readonly #budget: RetryBudget | undefined;
  readonly #startMs: number;
  #failures = 0;

  constructor(options: RetryOptions, budget?: RetryBudget) {
    this.#options = { attempts: 3, baseMs: 100, maxMs: 2000, patienceMs: 4000, ...options };
    this.#budget = budget;
    this.#startMs = options.clock.now();
  }

  /** How long to wait before the work is tried again, in ms; `undefined` when it is to be given up. */
  pauseAfter(error: unknown): number | undefined {
    const { clock, random, attempts, baseMs, maxMs, patienceMs } = this.#options;
    this.#failures += 1;
    if (!(error instanceof PipelineError && error.retryable) || this.#failures >= attempts) return undefined;
    const jitter = random() * Math.min(maxMs, baseMs * 2 ** (this.#failures - 1));
    const pauseMs = error.retryAfterMs === undefined ? jitter : error.retryAfterMs + jitter;
    if (clock.now() - this.#startMs + pauseMs > patienceMs) return undefined;
    return this.#budget && !this.#budget.spend() ? undefined : pauseMs;
  }
}
