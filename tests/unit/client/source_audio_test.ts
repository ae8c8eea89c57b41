import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { SourceAudio } from "../../../client/source_audio.ts";
import type { NumberedClientMessage } from "../../../protocol/client_message.ts";
import { type BinaryMessage, decodeBinary, Flag } from "../../../protocol/codec.ts";
import { Link } from "../../../protocol/link.ts";

function source(messageSamples: number, position = 0, limitBytes = 1_000_000) {
  const link = new Link<NumberedClientMessage>({ limitBytes, windowBytes: 1_000_000, settled: position });
  const taken = (): BinaryMessage[] => {
    const messages: BinaryMessage[] = [];
    for (let message = link.take(); message !== undefined; message = link.take()) {
      assert(typeof message !== "string");
      messages.push(decodeBinary(message));
    }
    return messages;
  };
  return { audio: new SourceAudio(link, messageSamples, position), link, taken };
}

Deno.test("SourceAudio.push() cuts pieces of any size into whole messages that follow on", () => {
  fc.assert(fc.property(
    fc.integer({ min: 1, max: 50 }),
    fc.constantFrom(0, 2 ** 32 - 30),
    fc.array(fc.int16Array({ maxLength: 120 })),
    (messageSamples, position, pieces) => {
      const { audio, taken } = source(messageSamples, position);
      const wanted: number[] = [];
      for (const piece of pieces) {
        assert(audio.push(piece));
        wanted.push(...piece);
        assertEquals(audio.position, position + wanted.length);
      }
      audio.flush();
      audio.flush();
      const messages = taken();
      const got: number[] = [];
      for (const [index, message] of messages.entries()) {
        assert(message.type === "pcm" && message.lane === 0 && message.flags === 0);
        assertEquals(message.position, (position + got.length) >>> 0);
        if (index < messages.length - 1) assertEquals(message.samples.length, messageSamples);
        got.push(...message.samples);
      }
      assertEquals(got, wanted);
    },
  ));
});

Deno.test("SourceAudio.push() keeps no view of what it was given", () => {
  const { audio, taken } = source(4);
  const samples = Int16Array.of(1, 2, 3, 4, 5);
  audio.push(samples);
  samples.fill(0);
  audio.flush();
  assertEquals(taken().map((message) => message.type === "pcm" && Array.from(message.samples)), [
    [1, 2, 3, 4],
    [5],
  ]);
});

Deno.test("SourceAudio.push() takes all or nothing, and leaves room for control messages", () => {
  const { audio, link } = source(100, 0, 10_000);
  assert(!audio.push(new Int16Array(3_000)));
  assertEquals([audio.position, link.keptBytes], [0, 0]);
  let taken = 0;
  while (audio.push(new Int16Array(70))) taken += 70;
  assertEquals(audio.position, taken);
  audio.flush();
  assert(link.hasRoom(4_096));
  link.keepJson({ type: "end" });
});

Deno.test("SourceAudio.skip() sends what waits, and marks the jump once", () => {
  const { audio, taken } = source(10);
  audio.push(new Int16Array(5));
  audio.skip(100);
  audio.skip(1);
  audio.push(new Int16Array(20));
  assertEquals(
    taken().map((message) =>
      message.type === "pcm" && [message.position, message.samples.length, message.flags]
    ),
    [[0, 5, 0], [106, 10, Flag.jump], [116, 10, 0]],
  );
});

Deno.test("SourceAudio.pushOpus() sends bundles as they come, kept until they are settled", () => {
  const { audio, link, taken } = source(2_880);
  const packets = [Uint8Array.of(8, 1), Uint8Array.of(8, 2)];
  assert(audio.pushOpus(packets, 1_920));
  audio.skip(80);
  assert(audio.pushOpus(packets, 1_920));
  const messages = taken();
  assertEquals(messages.map((message) => message.type === "opus" && [message.position, message.flags]), [
    [0, 0],
    [2_000, Flag.jump],
  ]);
  assertEquals(messages[0]?.type === "opus" && messages[0].packets, packets);
  link.acknowledge(2, 1_000);
  link.settle(1_919);
  assertEquals(link.unsettled().length, 2);
  link.settle(1_920);
  assertEquals(link.unsettled().length, 1);
});
