import { assertEquals } from "@std/assert";
import { Arrivals } from "../../../client/arrivals.ts";
import { Flag, type PcmMessage } from "../../../protocol/codec.ts";

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

Deno.test("Arrivals.continues() starts from nothing", () => {
  const arrivals = new Arrivals();
  arrivals.expect(1);
  assertEquals(arrivals.continues(0), { position: 0, segment: 0, lanes: [{ lane: 1, position: 0 }] });
});

Deno.test("Arrivals.continues() names the last segment that is over in every lane", () => {
  const arrivals = new Arrivals();
  arrivals.expect(1);
  arrivals.expect(2);
  arrivals.note(speech(1, 0, Flag.segmentStart | Flag.segmentEnd, 1));
  arrivals.note(speech(1, 100, Flag.segmentStart, 2));
  assertEquals(arrivals.continues(5).segment, 0);
  arrivals.note(speech(2, 0, Flag.segmentStart | Flag.segmentEnd, 1));
  assertEquals(arrivals.continues(5).segment, 1);
  arrivals.complete(2, 3);
  assertEquals(arrivals.continues(5).segment, 1);
  arrivals.note(speech(1, 200, Flag.segmentEnd));
  assertEquals(arrivals.continues(2 ** 32 + 5), {
    position: 5,
    segment: 2,
    lanes: [{ lane: 1, position: 300 }, { lane: 2, position: 100 }],
  });
});
