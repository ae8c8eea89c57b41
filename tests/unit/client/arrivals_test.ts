import { assert, assertEquals } from "@std/assert";
import { Arrivals } from "../../../client/arrivals.ts";
import { Flag, type PcmMessage } from "../../../protocol/codec.ts";
import type { ToldSegment } from "../../../protocol/client_message.ts";
import type { Segment } from "../../../protocol/server_message.ts";

function speech(lane: number, position: number, flags: number, segment?: number): PcmMessage {
  const timing = segment === undefined ? undefined : {
    segment,
    start: 0,
    end: 1,
    sttMs: 0,
    mtMs: 0,
    ttsMs: 0,
    queueMs: 0,
    ttfabMs: 0,
    clockMs: 0,
  };
  return { type: "pcm", lane, seq: 1, position, flags, timing, samples: new Int16Array(100) };
}

function cut(segment: number, utterance: number, end: number): Segment {
  return { type: "segment", seq: 1, segment, utterance, start: end - 10, end, text: "", language: "en" };
}

function told(utterance: number, end: number): ToldSegment {
  return { utterance, start: end - 10, end, text: "", language: "en" };
}

Deno.test("Arrivals.continues() starts from nothing", () => {
  assertEquals(new Arrivals().continues(0, 0, [1]), {
    position: 0,
    segment: 0,
    utterance: 0,
    lane: 1,
    lanes: [{ lane: 1, position: 0, heard: 0, begun: 0 }],
    told: [],
  });
});

Deno.test("Arrivals.continues() names what is over in every lane, and in each", () => {
  const arrivals = new Arrivals();
  for (const segment of [1, 2, 3]) arrivals.cut(cut(segment, segment + 4, 1_000 * segment));
  arrivals.note(speech(1, 0, Flag.segmentStart | Flag.segmentEnd, 1));
  arrivals.complete(1, 1);
  arrivals.note(speech(1, 100, Flag.segmentStart, 2));
  arrivals.note(speech(1, 200, 0));
  assertEquals(arrivals.continues(400, 500, [1, 3]), {
    position: 400,
    segment: 0,
    utterance: 4,
    lane: 3,
    lanes: [{ lane: 1, position: 300, heard: 1_000, begun: 200 }, {
      lane: 3,
      position: 0,
      heard: 0,
      begun: 0,
    }],
    told: [told(5, 1_000), told(6, 2_000), told(7, 3_000)],
  });
  arrivals.complete(3, 2);
  assertEquals(arrivals.continues(1_000, 1_000, [3, 1]), {
    position: 1_000,
    segment: 1,
    utterance: 5,
    lane: 3,
    lanes: [{ lane: 3, position: 0, heard: 2_000, begun: 0 }, {
      lane: 1,
      position: 300,
      heard: 1_000,
      begun: 200,
    }],
    told: [told(6, 2_000), told(7, 3_000)],
  });
  assertEquals(arrivals.continues(3_000, 3_000, [1]).utterance, 7);
});

Deno.test("Arrivals.continues() asks nothing of a new lane that was cut before it came", () => {
  const arrivals = new Arrivals();
  for (const segment of [1, 2, 3]) arrivals.cut(cut(segment, 1, 1_000 * segment));
  arrivals.complete(1, 3);
  arrivals.join(2);
  assertEquals(arrivals.continues(3_000, 3_000, [1, 2]), {
    position: 3_000,
    segment: 3,
    utterance: 1,
    lane: 2,
    lanes: [
      { lane: 1, position: 0, heard: 3_000, begun: 0 },
      { lane: 2, position: 0, heard: 3_000, begun: 0 },
    ],
    told: [],
  });
  // Its first audio may come before the message that tells of it.
  arrivals.note(speech(3, 0, Flag.segmentStart, 3));
  arrivals.join(3);
  assertEquals(arrivals.continues(2_000, 2_000, [1, 3]).segment, 2);
});

Deno.test("Arrivals.continues() does not leave out numbers that were cancelled before they were cut", () => {
  const arrivals = new Arrivals();
  arrivals.cut(cut(1, 1, 1_000));
  arrivals.complete(1, 4);
  assertEquals(arrivals.continues(1_000, 1_000, [1]).segment, 1);
  arrivals.cut(cut(2, 1, 2_000));
  const { segment, lanes } = arrivals.continues(1_000, 1_000, [1]);
  assertEquals([segment, lanes[0]?.heard], [2, 2_000]);
});

Deno.test("Arrivals.note() knows the end of a segment that has come before", () => {
  const arrivals = new Arrivals();
  const end = { ...speech(1, 200, Flag.segmentEnd), samples: new Int16Array(0) };
  assert(arrivals.note(speech(1, 0, Flag.segmentStart, 1)));
  assert(arrivals.note(speech(1, 100, 0)));
  assert(arrivals.note(end));
  assert(!arrivals.note(end), "another instance tells it again");
  assertEquals(arrivals.continues(0, 0, [1]).lanes, [{ lane: 1, position: 200, heard: 0, begun: 200 }]);
});
