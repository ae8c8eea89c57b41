import { type ErrorKind, PipelineError } from "../../pipeline/error.ts";

/** The longest wait that a provider may ask for and be heard, in ms: an hour. */
const longestRetryAfterMs = 3_600_000;

/** What a status of HTTP (RFC 9110, RFC 6585) means where the provider has no meaning of its own for it. */
export function kindOfStatus(status: number): ErrorKind {
  if (status === 401 || status === 403) return "unauthenticated";
  if (status === 402) return "quota_exhausted";
  if (status === 408 || status === 504) return "timeout";
  if (status === 429) return "rate_limited";
  if (status === 503 || status === 529) return "overloaded";
  if (status >= 500) return "unavailable";
  return "invalid_request";
}

/**
 * How long the provider asks to wait (RFC 9110, 10.2.3), in ms, an hour at most; `undefined` where it does not say. A date counts from the
 * answer's own, so that the clocks need not agree.
 */
export function retryAfterMs(header: (name: string) => string | null): number | undefined {
  const value = header("retry-after")?.trim();
  if (!value) return undefined;
  const waitMs = /^\d+(\.\d+)?$/.test(value)
    ? Number(value) * 1000
    : Date.parse(value) - Date.parse(header("date") ?? "");
  return waitMs >= 0 ? Math.min(waitMs, longestRetryAfterMs) : undefined;
}

/** The error for an answer that is a refusal. */
export function refused(provider: string, status: number, kind: ErrorKind, waitMs?: number): PipelineError {
  const why = kind === "unauthenticated"
    ? `it refuses the key (${status})`
    : `it answered ${status}, ${kind}`;
  return new PipelineError(
    kind,
    `Cannot use ${provider}: ${why}`,
    waitMs === undefined ? {} : { retryAfterMs: waitMs },
  );
}
