import type { Clock } from "../../flow/clock.ts";
import { PipelineError } from "../../pipeline/error.ts";
import type { Outcome } from "./outcome.ts";

/** Whether calls go through, are refused, or are refused while a probe finds out whether they could. */
export type BreakerState = "closed" | "open" | "half_open";

/** Options of a {@linkcode Breaker}; times in ms. */
export interface BreakerOptions {
  /** Whose breaker it is, for errors. */
  readonly name: string;
  readonly clock: Clock;
  /** Gives numbers from 0 up to 1. */
  readonly random: () => number;
  /** Calls count for so long; 30,000 by default. */
  readonly windowMs?: number;
  /** It opens when at least `minCalls` calls, 5 by default, have ended within the window, and a `failureShare`, 0.5 by default, of them failed. */
  readonly minCalls?: number;
  readonly failureShare?: number;
  /** How long it stays open before it is probed, 5,000 by default; twice as long after each probe that fails, up to `maxCoolDownMs`, 60,000 by default. */
  readonly coolDownMs?: number;
  readonly maxCoolDownMs?: number;
  /** Is told of every change. */
  readonly onState?: (state: BreakerState) => void;
}

/** The window is counted in so many slots, which fall out of it one by one. */
const slots = 10;
/** A provider that asks for a longer rest than this is asked again then all the same, in ms. */
const longestRestMs = 60_000;

/**
 * Stops asking a provider that fails too often: opens on the share of failures in a sliding window, and closes again when a probe went well. What
 * was cancelled, refused, empty or only busy is not counted. A provider that asks for a rest (`Retry-After`) is given it.
 */
export class Breaker {
  readonly #options: Required<Omit<BreakerOptions, "onState">> & Pick<BreakerOptions, "onState">;
  readonly #calls = new Float64Array(slots);
  readonly #failures = new Float64Array(slots);
  #slot: number;
  #state: BreakerState = "closed";
  #openedMs = 0;
  #coolDownMs: number;
  #restUntilMs = -Infinity;

  constructor(options: BreakerOptions) {
    this.#options = {
      windowMs: 30_000,
      minCalls: 5,
      failureShare: 0.5,
      coolDownMs: 5000,
      maxCoolDownMs: 60_000,
      ...options,
    };
    this.#coolDownMs = this.#options.coolDownMs;
    this.#slot = this.#slotNow();
  }

  get state(): BreakerState {
    return this.#state;
  }

  /** How many calls counted within the window, and what share of them failed. */
  get rate(): { readonly calls: number; readonly failureShare: number } {
    this.#slide();
    const calls = this.#calls.reduce((sum, count) => sum + count);
    const failures = this.#failures.reduce((sum, count) => sum + count);
    return { calls, failureShare: calls === 0 ? 0 : failures / calls };
  }

  /** How long until calls may go through, in ms: 0 when they do. */
  get waitMs(): number {
    const now = this.#options.clock.now();
    if (this.#state === "closed") return Math.max(0, this.#restUntilMs - now);
    return Math.max(1, this.#openedMs + this.#coolDownMs - now);
  }

  /** @throws {PipelineError} of kind `unavailable` when it is not closed, or `rate_limited` while the provider rests. */
  check(): void {
    const { waitMs } = this;
    if (waitMs === 0) return;
    const { name } = this.#options;
    throw this.#state === "closed"
      ? new PipelineError("rate_limited", `Cannot use ${name}: it asked for a rest`, { retryAfterMs: waitMs })
      : new PipelineError("unavailable", `Cannot use ${name}: it has failed too often`, {
        retryAfterMs: waitMs,
      });
  }

  /** Takes note of how a call ended. One that began before it opened says nothing new. */
  record(outcome: Outcome, error?: unknown): void {
    if (error instanceof PipelineError && error.retryAfterMs !== undefined && outcome !== "cancelled") {
      this.#restUntilMs = this.#options.clock.now() + Math.min(error.retryAfterMs, longestRestMs);
    }
    if (this.#state !== "closed" || (outcome !== "ok" && outcome !== "failed")) return;
    this.#slide();
    this.#calls[this.#slot % slots]! += 1;
    if (outcome === "failed") this.#failures[this.#slot % slots]! += 1;
    const { calls, failureShare } = this.rate;
    if (
      outcome === "failed" && calls >= this.#options.minCalls && failureShare >= this.#options.failureShare
    ) {
      this.#open(this.#options.coolDownMs);
    }
  }

  /** A probe begins: half-open, when it was open. */
  beginProbe(): void {
    if (this.#state === "open") this.#become("half_open");
  }

  /** The probe has ended: closes the breaker, or opens it again for longer. */
  endProbe(well: boolean): void {
    if (this.#state !== "half_open") return;
    if (!well) return this.#open(2 * this.#coolDownMs);
    this.#calls.fill(0);
    this.#failures.fill(0);
    this.#restUntilMs = -Infinity;
    this.#become("closed");
  }

  #open(coolDownMs: number): void {
    const { clock, random, maxCoolDownMs } = this.#options;
    this.#openedMs = clock.now();
    // Up to a tenth less, so that several instances do not all probe at the same moment.
    this.#coolDownMs = Math.min(coolDownMs, maxCoolDownMs) * (1 - random() / 10);
    this.#become("open");
  }

  #become(state: BreakerState): void {
    this.#state = state;
    this.#options.onState?.(state);
  }

  #slotNow(): number {
    return Math.floor(this.#options.clock.now() * slots / this.#options.windowMs);
  }

  #slide(): void {
    const now = this.#slotNow();
    for (let slot = Math.max(this.#slot + 1, now - slots + 1); slot <= now; slot += 1) {
      this.#calls[slot % slots] = 0;
      this.#failures[slot % slots] = 0;
    }
    this.#slot = now;
  }
}
