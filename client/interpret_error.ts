/// <reference lib="dom" />
import { CloseCode } from "../protocol/close.ts";
import { SessionError } from "./error.ts";

const messages = {
  permission_denied:
    "The page may not use the microphone: allow it in the browser's settings for this site and try again",
  no_microphone: "There is no microphone, or not the one that was chosen: connect one, or choose another",
  microphone_busy: "The microphone cannot be used: another program may be using it",
  insecure_page: "Live sound needs a secure page: open it over HTTPS, or on localhost",
  unsupported_browser: "This browser is too old for live sound: it needs AudioWorklet and getUserMedia",
  unreadable_audio: "The browser cannot read the sound file: try WAV, MP3 or Ogg",
  unreachable: "The service does not answer: check the connection and try again",
  unauthenticated: "The service wants a key that it knows",
  origin: "The service does not let this page in",
  full: "The service is full: try again later",
  unsupported: "The service does not have this language or format",
  lost: "The connection was lost and could not be taken up again",
  failed: "The session failed",
} as const;

/** What is wrong, in a word for programs. */
export type InterpretErrorCode = keyof typeof messages;

/** Why interpreting could not begin or go on: a code for programs, a sentence for people. */
export class InterpretError extends Error {
  readonly code: InterpretErrorCode;

  /** @param detail replaces the usual sentence for the code. */
  constructor(code: InterpretErrorCode, detail?: string, options?: ErrorOptions) {
    super(detail ?? messages[code], options);
    this.name = "InterpretError";
    this.code = code;
  }
}

/** The browser lacks something, or hides it from a page that came over plain HTTP. */
export function platformError(): InterpretError {
  return new InterpretError(isSecureContext ? "unsupported_browser" : "insecure_page");
}

/** What an error of `getUserMedia` means (https://www.w3.org/TR/mediacapture-streams/#dom-mediadevices-getusermedia). */
export function microphoneError(error: unknown): InterpretError {
  if (error instanceof InterpretError) return error;
  const name = (error as { readonly name?: unknown } | null)?.name;
  const code = microphoneCodes.get(String(name)) ?? "failed";
  return new InterpretError(code, undefined, { cause: error });
}

const microphoneCodes: ReadonlyMap<string, InterpretErrorCode> = new Map([
  ["NotAllowedError", "permission_denied"],
  ["SecurityError", "permission_denied"],
  ["NotFoundError", "no_microphone"],
  ["OverconstrainedError", "no_microphone"],
  ["NotReadableError", "microphone_busy"],
  ["AbortError", "microphone_busy"],
]);

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
