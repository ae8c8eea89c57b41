import { assertEquals } from "@std/assert";
import type { SpeechEvent } from "../../../../client/interpret_event.ts";
import { Listening } from "../../../../client/playback/listening.ts";
import type { Lane } from "../../../../protocol/server_message.ts";

const lane = (lane: number, language: string, rate = 24_000): Lane => ({
  lane,
  language,
  codec: "pcm_s16le",
  rate,
});
const two = [lane(0, "en", 16_000), lane(1, "es"), lane(2, "ca", 22_050)];

function speech(lane: number, segment?: number): SpeechEvent {
  const timing = segment === undefined ? undefined : {
    segment,
    start: 0,
    end: 1,
    sttMs: undefined,
    mtMs: undefined,
    ttsMs: undefined,
    queueMs: undefined,
    ttfabMs: undefined,
    clockMs: 0,
  };
  const start = segment !== undefined;
  const samples = new Int16Array(1);
  return {
    type: "audio",
    codec: "pcm_s16le",
    lane,
    position: 0,
    start,
    end: false,
    jump: false,
    timing,
    samples,
  };
}

function listening(lanes: readonly Lane[] = two) {
  const done: string[] = [];
  const listening = new Listening({
    setLane: (lane, rate) => done.push(`lane ${lane} at ${rate}`),
    speak: (segment) => done.push(`speak ${segment}`),
    clear: () => done.push("clear"),
  }, lanes);
  return { listening, done };
}

Deno.test("Listening speaks the first target, and no other", () => {
  const { listening: it, done } = listening();
  for (const piece of [speech(1, 1), speech(2, 1), speech(1), speech(2), speech(1, 2)]) it.take(piece);
  assertEquals(done, ["lane 1 at 24000", "speak 1", "speak 1", "speak 2"]);
});

Deno.test("Listening.listen() changes to another lane, with its rate, and ignores one that is not there", () => {
  const { listening: it, done } = listening();
  it.listen(2);
  it.listen(0);
  it.listen(7);
  it.take(speech(1, 1));
  it.take(speech(2, 1));
  assertEquals(done, ["lane 1 at 24000", "lane 2 at 22050", "speak 1"]);
});

Deno.test("Listening.lanes keeps the lane while it is there, and takes the first when it is gone", () => {
  const { listening: it, done } = listening();
  it.listen(2);
  it.lanes = [lane(0, "en"), lane(2, "ca", 22_050), lane(3, "fr", 16_000)];
  it.lanes = [lane(0, "en"), lane(3, "fr", 16_000)];
  assertEquals(done, ["lane 1 at 24000", "lane 2 at 22050", "lane 2 at 22050", "lane 3 at 16000"]);
});

Deno.test("Listening.cancel() drops what is here and what still comes of those segments, in that lane alone", () => {
  const { listening: it, done } = listening();
  it.take(speech(1, 4));
  it.cancel(2, 9);
  it.cancel(1, 5);
  for (const piece of [speech(1), speech(1, 5), speech(1), speech(1, 6)]) it.take(piece);
  assertEquals(done, ["lane 1 at 24000", "speak 4", "clear", "speak 6"]);
});

Deno.test("Listening.targets() are the lanes that may be spoken", () => {
  const { listening: it } = listening();
  const numbers = (lane?: number) => it.targets(lane).map(({ lane }) => lane);
  assertEquals([numbers(), numbers(2), numbers(0), numbers(9)], [[1, 2], [2], [], []]);
});
