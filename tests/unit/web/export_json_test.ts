import { assertEquals } from "@std/assert";
import { exportJson } from "../../../web/export_json.ts";
import { clause } from "./clauses.ts";

Deno.test("exportJson() writes everything that is known of a clause", () => {
  const talk = {
    source: "en",
    target: "es",
    engines: { stt: "a", mt: "b", tts: "c" },
    startedAt: new Date("2026-11-22T16:00:00Z"),
    forgotten: 0,
  };
  const timing = { sttMs: 300, mtMs: 3, ttsMs: 14, queueMs: 1, ttfabMs: 318, audioMs: 900, lagMs: 400 };
  const read = JSON.parse(exportJson(talk, [clause(1, [500, 2_000], "one", "uno", timing)]));
  assertEquals(read, {
    format: "parley.transcript.v1",
    ...talk,
    startedAt: "2026-11-22T16:00:00.000Z",
    clauses: [{
      segment: 1,
      startMs: 500,
      endMs: 2_000,
      source: "one",
      target: "uno",
      targetLanguage: "es",
      final: true,
      timing,
    }],
  });
});
