import { assert, assertEquals } from "@std/assert";
import { Arrivals } from "../../../client/arrivals.ts";
import { Flag, type PcmMessage } from "../../../protocol/codec.ts";
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

Deno.test("Arrivals.continues() starts from nothing", () => {
  assertEquals(new Arrivals().continues(0, 0, [1]), {
    position: 0,
    segment: 0,
    utterance: 0,
    lanes: [{ lane: 1, position: 0 }],
  });
});

Deno.test("Arrivals.continues() names what is over in every lane, and in each", () => {
  const arrivals = new Arrivals();
  for (const segment of [1, 2, 3]) arrivals.cut(cut(segment, segment + 4, 1_000 * segment));
  arrivals.note(speech(1, 0, Flag.segmentStart | Flag.segmentEnd, 1));
  assert(arrivals.complete(1, 1));
  assert(!arrivals.complete(1, 1));
  arrivals.note(speech(1, 100, Flag.segmentStart, 2));
  arrivals.note(speech(1, 200, 0));
  assertEquals(arrivals.continues(400, 500, [1, 3]), {
    position: 400,
    segment: 0,
    utterance: 4,
    lanes: [{ lane: 1, position: 300, heard: 1_000, begun: 200 }, { lane: 3, position: 0 }],
  });
  arrivals.complete(3, 2);
  assertEquals(arrivals.continues(1_000, 1_000, [3, 1]), {
    position: 1_000,
    segment: 1,
    utterance: 5,
    lanes: [{ lane: 3, position: 0, heard: 2_000 }, { lane: 1, position: 300, heard: 1_000, begun: 200 }],
  });
  assertEquals(arrivals.continues(3_000, 3_000, [1]).utterance, 7);
});

Deno.test("Arrivals.note() knows the end of a segment that has come before", () => {
  const arrivals = new Arrivals();
  const end = { ...speech(1, 200, Flag.segmentEnd), samples: new Int16Array(0) };
  assert(arrivals.note(speech(1, 0, Flag.segmentStart, 1)));
  assert(arrivals.note(speech(1, 100, 0)));
  assert(arrivals.note(end));
  assert(!arrivals.note(end), "another instance tells it again");
  assertEquals(arrivals.continues(0, 0, [1]).lanes, [{ lane: 1, position: 200, begun: 200 }]);
});
