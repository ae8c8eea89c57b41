import { type ErrorKind, PipelineError } from "../../pipeline/error.ts";

/**
 * How a call ended. Only `failed` speaks against an engine: `cancelled` is the caller's doing, `refused` the client's mistake, `busy` says that
 * there is no room just now, and `empty` that there was nothing to answer.
 */
export type Outcome = "ok" | "empty" | "cancelled" | "refused" | "busy" | "failed";

/** What an error says about the engine that threw it; `signal` is its caller's, where there may have been a cancel. */
export function outcomeOf(error: unknown, signal?: AbortSignal): { outcome: Outcome; kind?: ErrorKind } {
  if (signal?.aborted) return { outcome: "cancelled" };
  if (error instanceof RangeError) return { outcome: "refused" };
  const kind = error instanceof PipelineError ? error.kind : "internal";
  return { outcome: outcomes[kind] ?? "failed", kind };
}

const outcomes: Partial<Record<ErrorKind, Outcome>> = {
  invalid_request: "refused",
  unsupported_language: "refused",
  concurrency: "busy",
  session_limit: "busy",
};

/** The error of several engines that tells most: one that may pass, the soonest first, else the first. */
export function mostHopeful(errors: readonly unknown[]): unknown {
  const passing = errors.filter((error) =>
    error instanceof PipelineError && error.retryable
  ) as PipelineError[];
  return passing.sort((one, other) => (one.retryAfterMs ?? 0) - (other.retryAfterMs ?? 0))[0] ?? errors[0];
}
