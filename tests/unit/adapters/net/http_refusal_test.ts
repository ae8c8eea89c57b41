import { assertEquals } from "@std/assert";
import { kindOfStatus, retryAfterMs } from "../../../../adapters/net/http_refusal.ts";
import { kindOfClose } from "../../../../adapters/net/socket.ts";

Deno.test("kindOfStatus() has a kind for each status", () => {
  const kinds = Object.fromEntries(
    [302, 400, 401, 402, 403, 404, 408, 413, 422, 429, 500, 502, 503, 504, 529, 599].map((status) => [
      status,
      kindOfStatus(status),
    ]),
  );
  assertEquals(kinds, {
    302: "invalid_request",
    400: "invalid_request",
    401: "unauthenticated",
    402: "quota_exhausted",
    403: "unauthenticated",
    404: "invalid_request",
    408: "timeout",
    413: "invalid_request",
    422: "invalid_request",
    429: "rate_limited",
    500: "unavailable",
    502: "unavailable",
    503: "overloaded",
    504: "timeout",
    529: "overloaded",
    599: "unavailable",
  });
});

Deno.test("kindOfClose() has a kind for each close code", () => {
  assertEquals([1000, 1003, 1005, 1006, 1007, 1008, 1009, 1011, 1012, 1013, 4001].map(kindOfClose), [
    "unavailable",
    "invalid_request",
    "unavailable",
    "unavailable",
    "invalid_request",
    "unauthenticated",
    "invalid_request",
    "unavailable",
    "unavailable",
    "overloaded",
    "unavailable",
  ]);
});

Deno.test("retryAfterMs() reads seconds and dates, and bounds both", () => {
  const date = "Sun, 22 Nov 2026 10:00:00 GMT";
  for (
    const [value, wanted] of [
      ["3", 3000],
      ["0", 0],
      [" 1.5 ", 1500],
      ["7200", 3_600_000],
      ["Sun, 22 Nov 2026 10:00:04 GMT", 4000],
      ["Sun, 22 Nov 2026 09:00:00 GMT", undefined],
      ["-1", undefined],
      ["", undefined],
      ["soon", undefined],
    ] as const
  ) {
    const headers: Record<string, string> = { "retry-after": value, date };
    assertEquals(retryAfterMs((name) => headers[name] ?? null), wanted, value);
  }
  assertEquals(retryAfterMs((name) => name === "date" ? null : "Sun, 22 Nov 2026 10:00:04 GMT"), undefined);
});
