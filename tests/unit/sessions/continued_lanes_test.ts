import { assertEquals } from "@std/assert";
import type { SessionEvent, SpeechPiece } from "../../../pipeline/session_event.ts";
import { Ledger } from "../../../pipeline/timing.ts";
import { ContinuedLanes } from "../../../sessions/continued_lanes.ts";

const rate = 1_000;
const ledger = new Ledger(0, 0);

function segmentOf(segment: number, startMs: number, endMs: number): SpeechPiece["segment"] {
  return { segment, utterance: 1, language: "en", text: "", words: [], startMs, endMs };
}

function speech(
  lane: number,
  segment: SpeechPiece["segment"],
  samples: number,
  first: boolean,
  last: boolean,
) {
  const audio = {
    type: "frame",
    rate,
    position: 0,
    samples: new Int16Array(samples).fill(segment.segment),
  } as const;
  return { type: "speech", lane, segment, audio, first, last, ledger } as const;
}

/** Lane, position, samples and flags of what is told of a piece. */
function told(event: SessionEvent | undefined): unknown {
  if (event?.type !== "speech") return event;
  const { lane, audio, first, last } = event;
  return [lane, audio.position, audio.type === "frame" ? audio.samples.length : 0, first, last];
}

Deno.test("ContinuedLanes.tell() leaves out the beginning that the client has, and goes on from there", () => {
  const lanes = new ContinuedLanes([{ lane: 1, position: 700, heard: 1_000, begun: 130 }], rate);
  const [one, two] = [segmentOf(5, 1_000, 2_000), segmentOf(6, 2_000, 3_000)];
  lanes.tell({ type: "segment", segment: one });
  assertEquals(told(lanes.tell(speech(1, one, 100, true, false))), undefined);
  assertEquals(told(lanes.tell(speech(1, one, 100, false, false))), [1, 700, 70, false, false]);
  assertEquals(told(lanes.tell(speech(1, one, 0, false, true))), [1, 770, 0, false, true]);
  assertEquals(told(lanes.tell(speech(1, two, 100, true, false))), [1, 770, 100, true, false]);
});

Deno.test("ContinuedLanes.tell() leaves nothing out of the next segment when the new speech is shorter than what arrived", () => {
  const lanes = new ContinuedLanes([{ lane: 1, position: 700, heard: 1_000, begun: 500 }], rate);
  const [one, two] = [segmentOf(5, 1_000, 2_000), segmentOf(6, 2_000, 3_000)];
  assertEquals(told(lanes.tell(speech(1, one, 100, true, false))), undefined);
  assertEquals(told(lanes.tell(speech(1, one, 0, false, true))), [1, 700, 0, false, true]);
  assertEquals(told(lanes.tell(speech(1, two, 100, true, false))), [1, 700, 100, true, false]);
});

Deno.test("ContinuedLanes.tell() says nothing of a segment in a lane that was further on", () => {
  const lanes = new ContinuedLanes([
    { lane: 1, position: 0, heard: 1_000 },
    { lane: 2, position: 0, heard: 2_100 },
  ], rate);
  const [one, two] = [segmentOf(5, 1_000, 2_000), segmentOf(6, 2_000, 3_000)];
  for (const segment of [one, two]) lanes.tell({ type: "segment", segment });
  const events = (lane: number, segment: SpeechPiece["segment"]): readonly SessionEvent[] => [
    { type: "caption", lane, segment: segment.segment, revision: 1, stable: "", tentative: "", final: true },
    speech(lane, segment, 10, true, true),
    { type: "skipped", lane, segment: segment.segment, reason: "empty" },
  ];
  const count = (lane: number, segment: SpeechPiece["segment"]) =>
    events(lane, segment).filter((event) => lanes.tell(event)).length;
  assertEquals([count(1, one), count(2, one), count(1, two), count(2, two)], [3, 0, 3, 3]);
});

Deno.test("ContinuedLanes.tell() leaves nothing out of a segment that is not the one that was begun", () => {
  const [one, two] = [segmentOf(5, 1_000, 2_000), segmentOf(6, 2_000, 3_000)];
  const lanes = new ContinuedLanes([{ lane: 1, position: 700, heard: 1_000, begun: 130 }], rate, [one, two]);
  lanes.tell({ type: "cancelled", lane: 1, through: 5 });
  assertEquals(told(lanes.tell(speech(1, two, 100, true, false))), [1, 700, 100, true, false]);
});

Deno.test("ContinuedLanes.closing() ends the speech of a segment of which no more comes, once", () => {
  const one = segmentOf(5, 1_000, 2_000);
  const begun = [{ lane: 3, position: 700, heard: 1_000, begun: 130 }];
  const skipped = { type: "skipped", lane: 1, segment: 5, reason: "muted" } as const;
  const lanes = new ContinuedLanes(begun, rate, [one]);
  assertEquals(told(lanes.closing(skipped)), [3, 700, 0, false, true]);
  assertEquals(lanes.closing(skipped), undefined);
  const others = new ContinuedLanes(begun, rate, [one]);
  assertEquals(others.closing({ ...skipped, segment: 6 }), undefined);
  others.tell(speech(1, one, 200, true, true));
  assertEquals(others.closing(skipped), undefined, "it has ended");
});

Deno.test("ContinuedLanes.knows() what the client has of the segments that it was told", () => {
  const [one, two] = [segmentOf(5, 1_000, 2_000), segmentOf(6, 2_000, 3_000)];
  const lanes = new ContinuedLanes(
    [{ lane: 1, position: 0, heard: 1_000 }, { lane: 2, position: 0, heard: 2_000 }],
    rate,
    [one, two],
  );
  assertEquals([lanes.knows(1, 5), lanes.knows(2, 5), lanes.knows(2, 6)], [false, true, false]);
});

Deno.test("ContinuedLanes keeps the numbers of the lanes, and gives new ones that were never used", () => {
  const lanes = new ContinuedLanes([{ lane: 4, position: 0 }, { lane: 2, position: 0 }], rate);
  const format = { codec: "pcm_s16le", rate } as const;
  const event = lanes.tell({
    type: "lanes",
    lanes: [1, 2, 3].map((lane) => ({ lane, language: "es", format })),
  });
  assertEquals(event?.type === "lanes" && event.lanes.map(({ lane }) => lane), [4, 2, 5]);
  assertEquals([4, 2, 5].map((number) => lanes.inside(number)), [1, 2, 3]);
  assertEquals(new ContinuedLanes([{ lane: 4, position: 0 }], rate, [], 7).outside(2), 8);
  assertEquals(lanes.tell({ type: "cancelled", lane: 2, through: 9 }), {
    type: "cancelled",
    lane: 2,
    through: 9,
  });
  assertEquals(lanes.tell({ type: "cancelled", lane: 1, through: 9 }), {
    type: "cancelled",
    lane: 4,
    through: 9,
  });
});
