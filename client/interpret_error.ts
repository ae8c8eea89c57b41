import { CloseCode } from "../protocol/close.ts";
import type { DeviceErrorCode } from "./capture/device_error.ts";
import { SessionError } from "./error.ts";

const messages = {
  unreachable: "The service does not answer: check the connection and try again",
  unauthenticated: "The service wants a key that it knows",
  origin: "The service does not let this page in",
  full: "The service is full: try again later",
  unsupported: "The service does not have this language or format",
  lost: "The connection was lost and could not be taken up again",
  failed: "The session failed",
} as const;

/** What is wrong with the service or the way there, in a word for programs. */
type ServiceErrorCode = keyof typeof messages;

/** What is wrong, in a word for programs. */
export type InterpretErrorCode = ServiceErrorCode | DeviceErrorCode;

/** Why interpreting could not begin or go on: a code for programs, a sentence for people. */
export class InterpretError extends Error {
  readonly code: InterpretErrorCode;

  /** @param message the usual sentence for the code by default, where it is about the service. */
  constructor(code: InterpretErrorCode, message?: string, options?: ErrorOptions) {
    super(message ?? messages[code as ServiceErrorCode], options);
    this.name = "InterpretError";
    this.code = code;
  }
}

const closeCodes: ReadonlyMap<number, InterpretErrorCode> = new Map([
  [CloseCode.unauthenticated, "unauthenticated"],
  [CloseCode.origin, "origin"],
  [CloseCode.full, "full"],
  [CloseCode.unsupported, "unsupported"],
  [CloseCode.unknownSession, "lost"],
]);

/** What the end of a session means; what is no {@linkcode SessionError} has `failed`. `live` says whether it had begun. */
export function sessionError(error: unknown, live: boolean): InterpretError {
  if (error instanceof InterpretError) return error;
  if (!(error instanceof SessionError)) return new InterpretError("failed", undefined, { cause: error });
  const { code, detail } = error;
  const known = closeCodes.get(code) ?? (code < 4000 && error.reaction === "resume" ? cut(live) : "failed");
  return new InterpretError(
    known,
    known === "failed" || known === "unsupported" ? detail?.message : undefined,
    {
      cause: error,
    },
  );
}

function cut(live: boolean): InterpretErrorCode {
  return live ? "lost" : "unreachable";
}
