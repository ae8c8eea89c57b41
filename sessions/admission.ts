import { PipelineError } from "../pipeline/error.ts";
import type { Limits } from "./limits.ts";

/** How busy an instance is. */
export interface Load {
  /** How many sessions are live. */
  readonly sessions: number;
  /** Whether the instance is going away. */
  readonly draining: boolean;
  /** How late the event loop is on average, in ms. */
  readonly loopLagMs: number;
  /** What the process holds. */
  readonly memoryBytes: number;
  /** How long until there may be money again for what providers charge, in ms; absent while there is some. */
  readonly moneyInMs?: number;
}

/** The load that has to be measured. */
export type Measured = Pick<Load, "loopLagMs" | "memoryBytes" | "moneyInMs">;

/** How long whoever was refused should wait, in ms: the longer the slower what is scarce comes back. */
const waitMs = { draining: 1000, sessions: 5000, loopLag: 2000, memory: 10_000 };

/** Why no session can be started at the moment; `undefined` when one can. Sessions that run are not hurt: they may always go on. */
export function refusal(load: Load, limits: Limits): PipelineError | undefined {
  if (load.draining) return overloaded("this instance is going away", waitMs.draining);
  if (load.sessions >= limits.maxSessions) {
    return overloaded(
      `${load.sessions} sessions run, expected fewer than ${limits.maxSessions}`,
      waitMs.sessions,
    );
  }
  if (load.loopLagMs > limits.maxLoopLagMs) {
    const lag = `${Math.round(load.loopLagMs)} ms late, expected at most ${limits.maxLoopLagMs}`;
    return overloaded(`the event loop is ${lag}`, waitMs.loopLag);
  }
  if (load.memoryBytes > limits.maxMemoryBytes) {
    const memory = `${megabytes(load.memoryBytes)} MB, expected at most ${megabytes(limits.maxMemoryBytes)}`;
    return overloaded(`the process holds ${memory}`, waitMs.memory);
  }
  if (load.moneyInMs !== undefined) return outOfMoney("Cannot start", load.moneyInMs);
  return undefined;
}

/** The budget for what providers charge is used up: sessions are not started any more, and in the end those that run are ended. */
export function outOfMoney(what: string, retryAfterMs: number): PipelineError {
  return new PipelineError("quota_exhausted", `${what}: the budget of this instance for 24 hours is spent`, {
    retryAfterMs,
  });
}

function overloaded(why: string, retryAfterMs: number): PipelineError {
  return new PipelineError("overloaded", `Cannot start: ${why}`, { retryAfterMs });
}

function megabytes(bytes: number): number {
  return Math.round(bytes / 2 ** 20);
}
