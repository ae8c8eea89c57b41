/** Why a piece of work failed, whoever failed it. The kind alone decides whether trying again can help. */
export type ErrorKind =
  | "unauthenticated"
  | "invalid_request"
  | "unsupported_language"
  | "quota_exhausted"
  | "rate_limited"
  | "concurrency"
  | "session_limit"
  | "unavailable"
  | "timeout"
  | "overloaded"
  | "internal";

/** The steps of the pipeline that can fail by themselves. */
export type Stage = "stt" | "mt" | "tts" | "pace";

const retryableKinds: ReadonlySet<ErrorKind> = new Set([
  "rate_limited",
  "concurrency",
  "session_limit",
  "unavailable",
  "timeout",
  "overloaded",
]);

/** Options of a {@linkcode PipelineError}. */
export interface PipelineErrorOptions {
  readonly cause?: unknown;
  /** How long to wait before trying again, where the provider said so, in ms. */
  readonly retryAfterMs?: number;
}

/**
 * The one error of the pipeline and its adapters. An adapter turns its provider's errors into this at its edge. The message says what
 * failed and what to do; it never holds a transcript, a key or a provider's reply.
 */
export class PipelineError extends Error {
  readonly kind: ErrorKind;
  readonly retryAfterMs: number | undefined;

  constructor(kind: ErrorKind, message: string, options: PipelineErrorOptions = {}) {
    super(message, { cause: options.cause });
    this.name = "PipelineError";
    this.kind = kind;
    this.retryAfterMs = options.retryAfterMs;
  }

  /** Whether the same work may succeed at another time or with another provider. */
  get retryable(): boolean {
    return retryableKinds.has(this.kind);
  }

  /** The error itself when it is one of ours, else an `internal` one around it. */
  static from(error: unknown, message: string): PipelineError {
    return error instanceof PipelineError ? error : new PipelineError("internal", message, { cause: error });
  }
}
