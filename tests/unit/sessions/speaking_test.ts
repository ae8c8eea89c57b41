import { assertEquals } from "@std/assert";
import type { SessionEvent, SpeechPiece } from "../../../pipeline/session_event.ts";
import { Ledger } from "../../../pipeline/timing.ts";
import { Speaking } from "../../../sessions/speaking.ts";

const ledger = new Ledger(0, 0);

function speech(lane: number, segment: number, first: boolean): SpeechPiece {
  return {
    type: "speech",
    lane,
    segment: { segment, utterance: 1, language: "en", text: "", words: [], startMs: 0, endMs: 1 },
    audio: { type: "frame", rate: 8_000, position: 0, samples: new Int16Array(1) },
    first,
    last: false,
    ledger,
  };
}

const skipped = (lane: number, segment: number): SessionEvent => ({
  type: "skipped",
  lane,
  segment,
  reason: "empty",
});
const settled = (through: number): SessionEvent => ({ type: "settled", position: 8_000, through });
const caption = (lane: number, segment: number): SessionEvent => ({
  type: "caption",
  lane,
  segment,
  revision: 1,
  stable: "",
  tentative: "",
  final: true,
});

Deno.test("Speaking tells everything while nobody leaves", () => {
  const speaking = new Speaking();
  for (const event of [speech(1, 1, true), caption(0, 2), skipped(2, 1), settled(1), speech(1, 1, false)]) {
    assertEquals(speaking.note(event), true);
  }
  assertEquals([speaking.silent, speaking.complete], [false, true]);
});

Deno.test("Speaking tells what belongs to the segments that are being spoken, and knows that there is more", () => {
  const speaking = new Speaking();
  speaking.note(speech(1, 4, true));
  speaking.leave();
  assertEquals(speaking.note({ type: "guessed", lane: 1, segment: 5, outcome: "right" }), false);
  assertEquals([speaking.note(speech(1, 4, false)), speaking.note(caption(1, 4))], [true, true]);
  assertEquals(speaking.complete, true);
  assertEquals([speaking.note(caption(0, 5)), speaking.note(speech(2, 4, true))], [false, false]);
  assertEquals(speaking.complete, false);
  assertEquals([speaking.note(skipped(1, 4)), speaking.silent], [true, true]);
});

Deno.test("Speaking settles nothing of which another lane has not told the end", () => {
  const speaking = new Speaking();
  speaking.note(speech(1, 4, true));
  speaking.leave();
  speaking.note(caption(0, 5));
  assertEquals(speaking.note(settled(3)), true);
  // Lane 2 has nothing to say, and nobody is told; lane 1 comes to its end later.
  assertEquals([speaking.note(skipped(2, 4)), speaking.note(skipped(1, 4))], [false, true]);
  assertEquals(speaking.note(settled(4)), false);
});
