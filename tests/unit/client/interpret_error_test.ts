import { assertEquals, assertStrictEquals, assertStringIncludes } from "@std/assert";
import { SessionError } from "../../../client/error.ts";
import { microphoneError } from "../../../client/capture/device_error.ts";
import { InterpretError, sessionError } from "../../../client/interpret_error.ts";
import { CloseCode } from "../../../protocol/close.ts";

Deno.test("microphoneError() knows what browsers throw", () => {
  const codeOf = (name: string) => microphoneError(new DOMException("", name)).code;
  assertEquals(
    [
      "NotAllowedError",
      "SecurityError",
      "NotFoundError",
      "OverconstrainedError",
      "NotReadableError",
      "AbortError",
    ]
      .map(codeOf),
    [
      "permission_denied",
      "permission_denied",
      "no_microphone",
      "no_microphone",
      "microphone_busy",
      "microphone_busy",
    ],
  );
  assertEquals([codeOf("OddError"), microphoneError(null).code], ["failed", "failed"]);
});

Deno.test("microphoneError() and sessionError() keep what is understood already, and the cause of the rest", () => {
  const known = new InterpretError("full");
  assertStrictEquals(microphoneError(known), known);
  assertStrictEquals(sessionError(known, false), known);
  const cause = new TypeError("odd");
  assertStrictEquals(sessionError(cause, true).cause, cause);
  assertEquals(sessionError(cause, true).code, "failed");
});

Deno.test("sessionError() tells why a session did not begin, or was lost", () => {
  const codeOf = (code: number, live: boolean) => sessionError(new SessionError("", code), live).code;
  assertEquals([codeOf(0, false), codeOf(1006, false), codeOf(0, true)], [
    "unreachable",
    "unreachable",
    "lost",
  ]);
  assertEquals(codeOf(CloseCode.unknownSession, true), "lost");
  assertEquals(
    [CloseCode.unauthenticated, CloseCode.origin, CloseCode.full, CloseCode.unsupported, CloseCode.internal]
      .map((code) => codeOf(code, false)),
    ["unauthenticated", "origin", "full", "unsupported", "failed"],
  );
});

Deno.test("sessionError() repeats what the service said where that tells more", () => {
  const detail = { type: "error", kind: "unsupported_language", message: "Cannot hear xx" } as const;
  assertEquals(
    sessionError(new SessionError("", CloseCode.unsupported, detail), false).message,
    "Cannot hear xx",
  );
  assertStringIncludes(
    sessionError(new SessionError("", CloseCode.full, detail), false).message,
    "The service is full",
  );
});
