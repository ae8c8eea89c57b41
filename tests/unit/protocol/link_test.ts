import { assert, assertEquals, assertThrows } from "@std/assert";
import { decodeBinary, encodePcm, Flag } from "../../../protocol/codec.ts";
import { ProtocolError } from "../../../protocol/error.ts";
import { type EncodedMessage, Link, type LinkOptions } from "../../../protocol/link.ts";

interface Note {
  readonly type: "note";
  readonly seq: number;
  readonly text: string;
}

/** A message of `12 + 2 * samples` bytes. */
function audio(position: number, samples = 4): Uint8Array<ArrayBuffer> {
  return encodePcm({ lane: 0, seq: 0, position, flags: 0 }, new Int16Array(samples));
}

function link(options: Partial<LinkOptions> = {}): Link<Note> {
  return new Link<Note>({ limitBytes: 1_000, windowBytes: 1_000, ...options });
}

function takeAll(from: Link<Note>): EncodedMessage[] {
  const messages: EncodedMessage[] = [];
  for (let message = from.take(); message !== undefined; message = from.take()) messages.push(message);
  return messages;
}

/** The audio that is not settled. */
function audioOf(link: Link<Note>): EncodedMessage[] {
  return link.unsettled().map(({ message }) => message).filter((message) => typeof message !== "string");
}

/** The numbers of messages, negative where they are marked as sent again. */
function numbers(messages: readonly EncodedMessage[]): number[] {
  return messages.map((message) => {
    if (typeof message === "string") return (JSON.parse(message) as Note).seq;
    const decoded = decodeBinary(message);
    return decoded.type !== "ignored" && (decoded.flags & Flag.again) !== 0 ? -decoded.seq : decoded.seq;
  });
}

Deno.test("Link.keepBinary() and keepJson() share one numbering", () => {
  const one = link();
  assertEquals(one.nextSequence, 1);
  assertEquals(one.keepBinary(audio(0)), 1);
  assertEquals(one.keepJson({ type: "note", text: "ñ" }), 2);
  assertEquals(one.keepBinary(audio(4)), 3);
  const messages = takeAll(one);
  assertEquals(numbers(messages), [1, 2, 3]);
  assertEquals(JSON.parse(messages[1] as string), { type: "note", text: "ñ", seq: 2 });
  assertEquals(one.inFlightBytes, 20 + new TextEncoder().encode(messages[1] as string).length + 20);
});

Deno.test("Link.take() stops at the window and goes on when it moves", () => {
  const one = link({ windowBytes: 45 });
  for (let index = 0; index < 5; index++) one.keepBinary(audio(4 * index));
  assertEquals(numbers(takeAll(one)), [1, 2]);
  assertEquals([one.inFlightBytes, one.waitingBytes], [40, 60]);
  one.acknowledge(1, 45);
  assertEquals(numbers(takeAll(one)), [3]);
  one.acknowledge(3, 100);
  assertEquals(numbers(takeAll(one)), [4, 5]);
});

Deno.test("Link.take() lets a message larger than the window go alone, and none when it is closed", () => {
  const one = link({ windowBytes: 10 });
  one.keepBinary(audio(0));
  one.keepBinary(audio(4));
  assertEquals(numbers(takeAll(one)), [1]);
  one.acknowledge(1, 0);
  assertEquals(takeAll(one), []);
  one.acknowledge(1, 1);
  assertEquals(numbers(takeAll(one)), [2]);
});

Deno.test("Link.canSend() is whether a message would go out at once", () => {
  const one = link({ windowBytes: 40, limitBytes: 60 });
  assert(one.canSend(20));
  one.keepBinary(audio(0));
  assert(!one.canSend(1), "a message waits");
  assert(one.hasRoom(40));
  takeAll(one);
  assert(one.canSend(20) && !one.canSend(21));
});

Deno.test("Link.hasRoom() stops sending when nothing is acknowledged, and nothing is lost", () => {
  const one = link({ limitBytes: 60 });
  for (let index = 0; index < 3; index++) one.keepBinary(audio(4 * index));
  assert(!one.hasRoom(1));
  assertThrows(() => one.keepBinary(audio(12)), RangeError, "free 0 of 60");
  assertThrows(() => one.keepJson({ type: "note", text: "" }), RangeError, "free 0 of 60");
  assertEquals(numbers(takeAll(one)), [1, 2, 3]);
  assert(!one.hasRoom(1), "what is in flight is kept");
  one.acknowledge(2, 1_000);
  assert(one.hasRoom(40) && !one.hasRoom(41));
  assertEquals(one.keepBinary(audio(12)), 4);
});

Deno.test("Link.acknowledge() refuses what was not sent and what goes back", () => {
  const one = link();
  one.keepBinary(audio(0));
  one.keepBinary(audio(4));
  assertThrows(() => one.acknowledge(1, 9), ProtocolError, "received is 1, expected 0 to 0");
  one.take();
  one.acknowledge(1, 9);
  assertEquals([one.acknowledged, one.windowBytes, one.inFlightBytes], [1, 9, 0]);
  assert(one.isAcknowledged(1) && !one.isAcknowledged(2));
  for (const received of [0, 2, 0x8000_0001]) {
    assertEquals(assertThrows(() => one.acknowledge(received, 5), ProtocolError).closeCode, 4400);
  }
  assertEquals(one.windowBytes, 9);
});

Deno.test("Link.accept() takes numbers in order and refuses gaps, repetition and going back", () => {
  const one = link();
  assert(one.accept(1, 100));
  assert(one.accept(2, 50));
  assertEquals([one.received, one.owedBytes], [2, 150]);
  for (const seq of [4, 2, 1, 0x8000_0003]) {
    assertThrows(() => one.accept(seq, 1), ProtocolError, `its number is ${seq}, expected 3`);
  }
  assertEquals(one.acknowledgement(), 2);
  assertEquals(one.owedBytes, 0);
  assert(one.accept(3, 1));
});

Deno.test("Link.accept() drops what is repeated after a resume, without gaps", () => {
  const one = link();
  for (const seq of [1, 2, 3]) assert(one.accept(seq, 10));
  assert(one.resume(0));
  assertThrows(() => one.accept(5, 10), ProtocolError, "expected at most 4");
  assert(!one.accept(2, 10));
  assertThrows(() => one.accept(4, 10), ProtocolError, "expected 3");
  assertThrows(() => one.accept(2, 10), ProtocolError, "expected 3");
  assert(!one.accept(3, 10));
  assert(one.accept(4, 10));
  assertEquals([one.received, one.owedBytes], [4, 40]);
});

Deno.test("Link.resume() hands out again what the peer has not received, marked, then what is new", () => {
  const one = link({ windowBytes: 70 });
  for (let index = 0; index < 5; index++) one.keepBinary(audio(4 * index));
  assertEquals(numbers(takeAll(one)), [1, 2, 3]);
  assert(one.resume(1));
  assertEquals([one.acknowledged, one.inFlightBytes, one.waitingBytes], [1, 0, 80]);
  assertEquals(numbers(takeAll(one)), [-2, -3], "what was acknowledged counts against the window");
  one.acknowledge(1, 70);
  assertEquals(numbers(takeAll(one)), [4]);
  assert(one.resume(1));
  assertEquals(numbers([one.take()!]), [-2]);
  assert(one.resume(4), "the peer received more than this socket has carried");
  assertEquals(numbers(takeAll(one)), [5]);
});

Deno.test("Link.resume() sends JSON again as it was", () => {
  const one = link();
  one.keepJson({ type: "note", text: "once" });
  const first = one.take();
  assert(one.resume(0));
  assertEquals(one.take(), first!);
});

Deno.test("Link.resume() says when the session cannot go on, and refuses what was never sent", () => {
  const one = link();
  for (let index = 0; index < 3; index++) one.keepBinary(audio(4 * index));
  one.take();
  one.take();
  one.acknowledge(1, 1_000);
  assert(!one.resume(0));
  assertEquals([one.inFlightBytes, one.waitingBytes], [20, 20]);
  assertThrows(() => one.resume(3), ProtocolError, "received is 3, expected at most 2");
  assert(one.resume(2));
  assertEquals(numbers(takeAll(one)), [3]);
});

Deno.test("Link.settle() releases source audio that is acknowledged, too", () => {
  const one = link();
  for (let index = 0; index < 3; index++) one.keepBinary(audio(4 * index), 4 * index + 4);
  one.keepJson({ type: "note", text: "after the audio" });
  takeAll(one);
  one.settle(4);
  assertEquals(audioOf(one).length, 2);
  assertEquals(one.keptBytes, one.inFlightBytes, "nothing is acknowledged yet");
  one.acknowledge(4, 1_000);
  assertEquals(numbers(audioOf(one)), [2, 3]);
  one.settle(2);
  assertEquals(one.settled, 4);
  one.settle(11);
  assertEquals(numbers(audioOf(one)), [3]);
  assertEquals(
    one.unsettled().at(-1)?.message,
    JSON.stringify({ type: "note", text: "after the audio", seq: 4 }),
  );
  one.settle(12);
  assertEquals([one.unsettled(), one.keptBytes], [[], 0]);
});

Deno.test("Link.keepBinary() drops the oldest audio that is only unsettled when the ring is full", () => {
  const one = link({ limitBytes: 60 });
  for (let index = 0; index < 3; index++) one.keepBinary(audio(4 * index), 4 * index + 4);
  takeAll(one);
  one.acknowledge(2, 1_000);
  one.keepBinary(audio(12), 16);
  assertEquals(one.keptBytes, 60);
  assertEquals(numbers(audioOf(one)), [2, 3, 4]);
  assert(one.hasRoom(20) && !one.hasRoom(21));
});

Deno.test("Link goes over the wrap-around of numbers and positions", () => {
  const sent = 0xffff_fffe;
  const one = link({ sent, settled: 0xffff_fff8 });
  const other = link({ received: sent });
  for (let index = 0; index < 40; index++) {
    const position = (0xffff_fff8 + 4 * index) >>> 0;
    one.keepBinary(audio(position), position + 4);
  }
  const messages = takeAll(one);
  assertEquals(numbers(messages).slice(0, 3), [0xffff_ffff, 0, 1]);
  for (const seq of numbers(messages).slice(0, 20)) assert(other.accept(seq, 20));
  assertEquals(other.received, 18);
  assert(one.resume(other.acknowledgement()) && other.resume(0));
  one.settle(4);
  assertEquals(audioOf(one).length, 37);
  assertEquals(numbers(takeAll(one)), Array.from({ length: 20 }, (_, index) => -19 - index));
  assert(one.isAcknowledged(0xffff_ffff) && one.isAcknowledged(18) && !one.isAcknowledged(19));
});

Deno.test("Link refuses a ring without room for anything", () => {
  assertThrows(() => link({ limitBytes: 0 }), RangeError, "limitBytes is 0");
});
