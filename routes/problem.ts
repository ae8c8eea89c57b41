import type { Context } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import type { ErrorKind } from "../pipeline/error.ts";
import { PipelineError } from "../pipeline/error.ts";

/** An answer that says what went wrong and what to do: problem details, RFC 9457. */
export interface Problem {
  readonly status: ContentfulStatusCode;
  /** The same for every problem of this kind. */
  readonly title: string;
  /** This very case: the value found and the value wanted. */
  readonly detail: string;
  readonly kind?: ErrorKind;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Sends a problem as `application/problem+json`. */
export function problem(context: Context, { status, title, detail, kind, headers }: Problem): Response {
  const body = { type: "about:blank", title, status, detail, ...(kind === undefined ? {} : { kind }) };
  return context.body(JSON.stringify(body), status, {
    "content-type": "application/problem+json",
    ...headers,
  });
}

const answers: Readonly<
  Record<ErrorKind, { readonly status: ContentfulStatusCode; readonly title: string }>
> = {
  unauthenticated: { status: 502, title: "A provider refused our key" },
  invalid_request: { status: 400, title: "The request cannot be served" },
  unsupported_language: { status: 422, title: "The language is not supported" },
  quota_exhausted: { status: 503, title: "A quota or the budget is used up" },
  rate_limited: { status: 503, title: "A provider asks to slow down" },
  concurrency: { status: 503, title: "All engines are busy" },
  session_limit: { status: 503, title: "A provider ended the session" },
  unavailable: { status: 503, title: "An engine is not available" },
  timeout: { status: 504, title: "An engine did not answer in time" },
  overloaded: { status: 503, title: "The service is full" },
  internal: { status: 500, title: "Interpreting failed" },
};

/** The problem that an error of the pipeline is. */
export function pipelineProblem(error: PipelineError): Problem {
  const retryAfter = error.retryAfterMs === undefined ? {} : {
    headers: { "retry-after": String(Math.max(1, Math.ceil(error.retryAfterMs / 1000))) },
  };
  return { ...answers[error.kind], detail: error.message, kind: error.kind, ...retryAfter };
}
