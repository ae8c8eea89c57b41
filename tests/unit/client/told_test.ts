import { assertEquals } from "@std/assert";
import { SessionError } from "../../../client/error.ts";
import { InterpretError } from "../../../client/interpret_error.ts";
import { toldOf } from "../../../client/told.ts";

Deno.test("toldOf() hands the service's messages on as they are", () => {
  const skipped = { type: "skipped", seq: 4, lane: 1, segment: 2, reason: "late" } as const;
  assertEquals(toldOf(skipped), [skipped]);
  assertEquals(toldOf({ type: "state", state: "reconnecting" }), [{ type: "state", state: "reconnecting" }]);
});

Deno.test("toldOf() tells a failure of a segment, and leaves out what only explains the end that follows", () => {
  const failed = {
    type: "error",
    kind: "timeout",
    message: "Too late",
    stage: "mt",
    segment: 3,
    lane: 1,
  } as const;
  assertEquals(toldOf({ ...failed, seq: 9 }), [
    { type: "error", code: "timeout", message: "Too late", fatal: false, stage: "mt", segment: 3, lane: 1 },
  ]);
  assertEquals(toldOf(failed), []);
});

Deno.test("toldOf() tells the end of a session that failed in words and with a code", () => {
  const [error, state] = toldOf({ type: "state", state: "ended", error: new SessionError("gone", 0) });
  const message = "The connection was lost and could not be taken up again";
  assertEquals(error, { type: "error", code: "lost", message, fatal: true });
  assertEquals(state?.type === "state" && state.error instanceof InterpretError, true);
});

Deno.test("toldOf() leaves out encoded audio, which nobody asked for", () => {
  const place = {
    type: "audio",
    lane: 1,
    position: 0,
    start: true,
    end: true,
    jump: false,
    timing: undefined,
  } as const;
  const samples = new Int16Array(2);
  assertEquals(toldOf({ ...place, codec: "opus", packets: [] }), []);
  assertEquals(toldOf({ ...place, codec: "pcm_s16le", samples }), [{
    ...place,
    codec: "pcm_s16le",
    samples,
  }]);
});
