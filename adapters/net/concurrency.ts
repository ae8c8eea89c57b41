import type { Clock } from "../../flow/clock.ts";
import { PipelineError } from "../../pipeline/error.ts";

/** Options of {@linkcode Concurrency}. */
export interface ConcurrencyOptions {
  /** What the provider is called in messages. */
  readonly provider: string;
  /** How much a key may have at work at a time: what the provider's plan allows, whatever it counts. */
  readonly limit: number;
  readonly clock: Clock;
  /** How long one who comes when every place is taken waits for one, in ms; 1,000 by default. */
  readonly waitMs?: number;
}

/** A place among those that a key has; disposing of it, once or again, gives it back. */
export interface Place extends Disposable {
  /** How long it was waited for, in ms. */
  readonly waitedMs: number;
}

interface Waiting {
  readonly admit: () => void;
}

/**
 * How much may be at work at a time with one key of a provider: a limit of ours in place of the provider's refusals. Who comes when all places are taken waits
 * in order. One for each key, shared by all that counts towards the same plan.
 */
export class Concurrency {
  readonly #options: Required<ConcurrencyOptions>;
  /** In the order in which they came. */
  readonly #waiting = new Set<Waiting>();
  #used = 0;

  /** @throws {RangeError} when the limit is not a whole number from 1 up. */
  constructor(options: ConcurrencyOptions) {
    const { limit } = options;
    if (!Number.isInteger(limit) || limit < 1) {
      throw new RangeError(`Cannot limit what is at work: limit is ${limit}, expected at least 1`);
    }
    this.#options = { waitMs: 1000, ...options };
  }

  /** How many places there are. */
  get limit(): number {
    return this.#options.limit;
  }

  /** How many places are taken. */
  get used(): number {
    return this.#used;
  }

  /** How many wait for a place. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /**
   * Takes a place, waiting in order while there is none.
   *
   * @throws {PipelineError} `concurrency` when none became free in time; `signal.reason` when the signal aborts.
   */
  async take(signal: AbortSignal): Promise<Place> {
    signal.throwIfAborted();
    const { clock } = this.#options;
    let waitedMs = 0;
    if (this.#used < this.#options.limit && this.#waiting.size === 0) this.#used += 1;
    else {
      const sinceMs = clock.now();
      await this.#wait(signal);
      waitedMs = clock.now() - sinceMs;
    }
    let given = false;
    return {
      waitedMs,
      [Symbol.dispose]: () => {
        if (given) return;
        given = true;
        this.#giveBack();
      },
    };
  }

  /** Resolves when a place was handed over. */
  #wait(signal: AbortSignal): Promise<void> {
    const { provider, limit, clock, waitMs } = this.#options;
    const over = new AbortController();
    return new Promise<void>((resolve, reject) => {
      const leave = (reason: unknown) => {
        if (this.#waiting.delete(waiting)) reject(reason);
      };
      const waiting: Waiting = { admit: resolve };
      const onAbort = () => leave(signal.reason);
      this.#waiting.add(waiting);
      signal.addEventListener("abort", onAbort, { once: true });
      over.signal.addEventListener("abort", () => signal.removeEventListener("abort", onAbort));
      clock.sleep(waitMs, over.signal).then(() => {
        const message = `Cannot use ${provider}: none of its ${limit} places became free within ${waitMs} ms`;
        leave(new PipelineError("concurrency", message));
      }, () => {});
    }).finally(() => over.abort());
  }

  #giveBack(): void {
    const [next] = this.#waiting;
    if (!next) {
      this.#used -= 1;
      return;
    }
    // The place goes from hand to hand, so that nobody who comes now can take it.
    this.#waiting.delete(next);
    next.admit();
  }
}
