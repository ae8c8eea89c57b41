import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { lineWidth, paint } from "../../../cli/line.ts";
import { summarize, summaryLines } from "../../../cli/summary.ts";
import { type Clause, Transcript } from "../../../cli/transcript.ts";
import { lanes, segment, timing } from "../../support/talk_events.ts";

function clausesOf(...ttfabs: readonly number[]): Clause[] {
  const transcript = new Transcript(lanes.slice(0, 2));
  return ttfabs.flatMap((ttfabMs, index) => {
    transcript.take(segment(index + 1, "x"));
    return transcript.take(timing(index + 1, 1, { ttfabMs, lagMs: 2 * ttfabMs }));
  });
}

const talk = {
  engines: { stt: "a", mt: "b", tts: "c" },
  clauses: clausesOf(400, 600, 500),
  outputs: [],
  sourceMs: 10_000,
  firstAudioMs: 3_400,
  cuts: 0,
};

Deno.test("summarize() gives percentiles of what was spoken, and counts what was not", () => {
  const transcript = new Transcript(lanes.slice(0, 2));
  transcript.take(segment(9, "y"));
  const silent = transcript.take({ type: "skipped", seq: 1, lane: 1, segment: 9, reason: "late" });
  assertEquals(summarize([...talk.clauses, ...silent], "es"), {
    language: "es",
    spoken: 3,
    skipped: 1,
    spokenMs: 2_700,
    ttfabMs: { p50: 500, p95: 590 },
    lagMs: { median: 1_000, max: 1_200 },
  });
  assertEquals(summarize([], "es").ttfabMs, undefined);
});

Deno.test("summaryLines() says how quick it was, with which engines", () => {
  const spoken = { language: "es", audio: undefined, captions: undefined };
  const lines = summaryLines({ ...talk, outputs: [spoken], cuts: 2 }, { live: true, width: 100 });
  assertEquals(lines.map((line) => paint(line, false).trimEnd()), [
    "  first audio  p50 500 ms   p95 590 ms     from the end of a clause (TTFAB)",
    "  lag          median 1.00 s   max 1.20 s  until a listener hears it",
    "  clauses      3 spoken, 0 not             2.70 s of speech",
    "  talk         10.0 s",
    "  first sound  0:03.4 into the talk        6.60 s before it ended",
    "  connection   cut 2 times, resumed",
    "  engines      a → b → c",
  ]);
});

Deno.test("summaryLines() warns of times that say little", () => {
  const last = summaryLines({ ...talk, clauses: [], firstAudioMs: undefined }, { live: false, width: 200 })
    .at(-1)!;
  assertStringIncludes(paint(last, false), "faster than anybody speaks");
});

Deno.test("summaryLines() fits into a narrow terminal", () => {
  const spoken = { language: "es", audio: undefined, captions: undefined };
  const lines = summaryLines({ ...talk, outputs: [spoken] }, { live: true, width: 40 });
  for (const line of lines) assert(lineWidth(line) <= 40);
  assertEquals(paint(lines[1]!, false).trimStart(), "from the end of a clause");
});
