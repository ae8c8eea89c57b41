import { assertEquals } from "@std/assert";
import { TalkRecord } from "../../../web/talk_record.ts";

const lanes = [
  { lane: 0, language: "en", rate: 16_000 },
  { lane: 1, language: "es", rate: 8_000 },
];
const heading = {
  source: "en",
  target: "es",
  engines: { stt: "a", mt: "b", tts: "c" },
  startedAt: new Date(0),
};
const speech = (segment: number, position: number, samples: number) =>
  ({
    type: "audio",
    lane: 1,
    position,
    samples: new Int16Array(samples),
    timing: { segment, end: 16_000, ttfabMs: 500 },
  }) as const;

Deno.test("TalkRecord.take() keeps speech where it could be heard, and follows what is being heard", () => {
  const record = new TalkRecord(heading, lanes);
  record.take(speech(1, 0, 800));
  assertEquals(record.recording.length, 12_000 + 800);
  record.take({ type: "played", lane: 1, segment: 1, position: 400, done: false });
  assertEquals(record.heard, { segment: 1, share: 0.5 });
  record.take({ type: "played", lane: 1, segment: 1, position: 800, done: true });
  assertEquals(record.heard, undefined);
});

Deno.test("TalkRecord.take() listens to the lane of the new language", () => {
  const record = new TalkRecord(heading, lanes);
  record.take(speech(1, 0, 800));
  record.take({ type: "lanes", lanes: [lanes[0]!, { lane: 3, language: "ca", rate: 8_000 }] });
  assertEquals(record.lane, 3);
  record.take(speech(2, 800, 800));
  assertEquals(record.recording.length, 12_800);
  record.take({ ...speech(3, 0, 800), lane: 3 });
  assertEquals(record.recording.length, 13_600);
});

Deno.test("TalkRecord.take() keeps no speech of another rate than the file's", () => {
  const record = new TalkRecord(heading, lanes);
  record.take({ type: "lanes", lanes: [lanes[0]!, { lane: 3, language: "ca", rate: 22_050 }] });
  record.take({ ...speech(1, 0, 800), lane: 3 });
  assertEquals(record.recording.length, 0);
});

Deno.test("TalkRecord.takeTimed() says once that there is something to draw", () => {
  const record = new TalkRecord(heading, lanes);
  record.take({ type: "segment", segment: 1, start: 0, end: 16_000, text: "one" });
  assertEquals(record.takeTimed(), false);
  record.take({ type: "timing", segment: 1, audioMs: 100 });
  assertEquals([record.takeTimed(), record.takeTimed()], [true, false]);
});

Deno.test("TalkRecord.take() marks a clause that failed", () => {
  const record = new TalkRecord(heading, lanes);
  record.take({ type: "segment", segment: 1, start: 0, end: 16_000, text: "one" });
  record.take({ type: "error", segment: 1 });
  assertEquals(record.captions.clause(1)?.skipped, "failed");
});
