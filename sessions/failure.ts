import { PipelineError } from "../pipeline/error.ts";
import { CloseCode } from "../protocol/close.ts";
import { ProtocolError } from "../protocol/error.ts";
import type { ErrorMessage } from "../protocol/server_message.ts";

/** How a failure is told on a socket: a message that explains, then the close code. */
export interface Failure {
  readonly message: ErrorMessage;
  readonly closeCode: number;
}

/** What to tell a client about an error that ends its session. What is not ours is told as a failure of the service, without a word of it. */
export function failureOf(error: unknown): Failure {
  if (error instanceof ProtocolError) {
    return {
      message: { type: "error", kind: kindOf(error.closeCode), message: error.message },
      closeCode: error.closeCode,
    };
  }
  if (error instanceof PipelineError) {
    const { kind, message, retryAfterMs } = error;
    return {
      message: { type: "error", kind, message, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) },
      closeCode: closeCodeOf(error),
    };
  }
  return {
    message: { type: "error", kind: "internal", message: "The service failed" },
    closeCode: CloseCode.internal,
  };
}

function kindOf(closeCode: number): string {
  switch (closeCode) {
    case CloseCode.timeout:
      return "timeout";
    case CloseCode.tooFast:
      return "rate_limited";
    default:
      return "invalid_request";
  }
}

function closeCodeOf({ kind }: PipelineError): number {
  switch (kind) {
    case "unsupported_language":
    case "invalid_request":
      return CloseCode.unsupported;
    case "concurrency":
    case "overloaded":
    case "quota_exhausted":
      return CloseCode.full;
    default:
      return CloseCode.internal;
  }
}
