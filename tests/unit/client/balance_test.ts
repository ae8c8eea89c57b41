import { assertEquals } from "@std/assert";
import { Balance } from "../../../client/balance.ts";

Deno.test("Balance.totals() are the service's own while there was one instance", () => {
  const totals = { sourceMs: 1, segments: 2, skipped: 3, spokenMs: 4 };
  assertEquals(new Balance().totals(totals), totals);
});

Deno.test("Balance.totals() are of all instances, each segment counted once", () => {
  const balance = new Balance();
  const cut = { type: "segment", seq: 1, utterance: 1, start: 0, end: 1, text: "", language: "en" } as const;
  balance.note({ ...cut, segment: 1 });
  balance.note({ ...cut, segment: 2 });
  balance.note({ type: "timing", seq: 2, segment: 1, lane: 1, audioMs: 500, speed: 1 });
  balance.note({ type: "skipped", seq: 3, lane: 1, segment: 2, reason: "muted" });
  balance.move(2_000);
  balance.note({ ...cut, segment: 2, text: "again" });
  balance.note({ ...cut, segment: 3 });
  balance.note({ type: "error", seq: 4, kind: "timeout", message: "", lane: 1, segment: 3 });
  balance.note({ type: "error", seq: 5, kind: "unsupported_language", message: "" });
  const last = { sourceMs: 700, segments: 2, skipped: 1, spokenMs: 0 };
  assertEquals(balance.totals(last), { sourceMs: 2_700, segments: 3, skipped: 2, spokenMs: 500 });
});
