import * as v from "valibot";
import type { ErrorKind } from "../../pipeline/error.ts";

const failure = v.object({
  error: v.object({
    status: v.optional(v.string()),
    errors: v.optional(v.array(v.object({ reason: v.optional(v.string()) }))),
    details: v.optional(v.array(v.object({ reason: v.optional(v.string()) }))),
  }),
});

/** What Google calls its errors (https://cloud.google.com/apis/design/errors, https://cloud.google.com/translate/troubleshooting). */
const kinds: Readonly<Record<string, ErrorKind>> = {
  API_KEY_INVALID: "unauthenticated",
  keyInvalid: "unauthenticated",
  rateLimitExceeded: "rate_limited",
  userRateLimitExceeded: "rate_limited",
  dailyLimitExceeded: "quota_exhausted",
  quotaExceeded: "quota_exhausted",
  RESOURCE_EXHAUSTED: "rate_limited",
  UNAUTHENTICATED: "unauthenticated",
  PERMISSION_DENIED: "unauthenticated",
};

/** What a refusal means: its reason says more than its status. */
export function refusal(_status: number, body: unknown): ErrorKind | undefined {
  const result = v.safeParse(failure, body);
  if (!result.success) return undefined;
  const { status, errors = [], details = [] } = result.output.error;
  const reasons = [...details, ...errors].map(({ reason }) => reason);
  return [...reasons, status].map((word) => kinds[word ?? ""]).find((kind) => kind !== undefined);
}
