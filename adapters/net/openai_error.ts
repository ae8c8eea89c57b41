import * as v from "valibot";
import type { ErrorKind } from "../../pipeline/error.ts";
import { kindOfStatus } from "./http_refusal.ts";

const failure = v.object({
  error: v.object({
    type: v.optional(v.nullable(v.string())),
    code: v.optional(v.nullable(v.union([v.string(), v.number()]))),
  }),
});

/** What OpenAI calls its errors, by code or type (https://platform.openai.com/docs/guides/error-codes). */
const kinds: Readonly<Record<string, ErrorKind>> = {
  insufficient_quota: "quota_exhausted",
  billing_hard_limit_reached: "quota_exhausted",
  rate_limit_exceeded: "rate_limited",
  rate_limit_error: "rate_limited",
  requests: "rate_limited",
  tokens: "rate_limited",
  invalid_api_key: "unauthenticated",
  authentication_error: "unauthenticated",
  model_not_found: "invalid_request",
  context_length_exceeded: "invalid_request",
  invalid_request_error: "invalid_request",
  server_error: "unavailable",
  overloaded_error: "overloaded",
};

/** What an error in the body of an answer means; `undefined` where it is none that is known. */
export function kindOfError(body: unknown): ErrorKind | undefined {
  const result = v.safeParse(failure, body);
  if (!result.success) return undefined;
  const { code, type } = result.output.error;
  const status = typeof code === "number" && code >= 400 ? kindOfStatus(code) : undefined;
  return status ?? kinds[code ?? ""] ?? kinds[type ?? ""];
}

/** What a refusal means: its code says more than its status, but for a refused key. */
export function refusal(status: number, body: unknown): ErrorKind | undefined {
  return status === 401 || status === 403 || status >= 500 ? undefined : kindOfError(body);
}
