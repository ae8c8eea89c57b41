import { assert, assertEquals, assertThrows } from "@std/assert";
import { MediaError } from "../../../media/error.ts";
import { OpusDecoder, opusRates } from "../../../media/opus_decoder.ts";
import { loudnessOf, opusPackets } from "../../support/opus_speech.ts";

/** A tone that every rate can carry, and one that only the highest can. */
const low = 500;
const high = 13_000;
const packets = opusPackets(
  (seconds) => 0.3 * Math.sin(2 * Math.PI * low * seconds) + 0.3 * Math.sin(2 * Math.PI * high * seconds),
  1_000,
);

Deno.test("OpusDecoder.decode() gives the sound at every rate, without what the rate cannot carry", async () => {
  for (const rate of opusRates) {
    using decoder = await OpusDecoder.create(rate);
    const pieces = packets.map((packet) => decoder.decode([packet]));
    assertEquals(pieces.map(({ length }) => length), packets.map(() => rate / 50));
    const samples = Int16Array.from(pieces.slice(10).flatMap((piece) => Array.from(piece)));
    const loud = loudnessOf(low, samples, rate);
    assert(loud > 0.25 && loud < 0.35, `${rate} Hz: the low tone is at ${loud}`);
    if (rate === 48_000) continue;
    // Where the high tone would be folded to.
    const folded = Math.abs(high - rate * Math.round(high / rate));
    const alias = loudnessOf(folded, samples, rate);
    assert(alias < 0.003, `${rate} Hz: the high tone is folded to ${folded} Hz at ${alias}`);
  }
});

Deno.test("OpusDecoder.decode() refuses what is no Opus, and goes on with what is", async () => {
  using decoder = await OpusDecoder.create(16_000);
  // Two frames of equal size do not fit into an even number of bytes (RFC 6716, section 3.2.3).
  const bad = Uint8Array.of(0x01, 1, 2, 3, 4, 5, 6, 7, 8, 9);
  const error = assertThrows(
    () => decoder.decode([packets[0]!, bad.subarray(0, 4), packets[1]!]),
    MediaError,
  );
  assertEquals(error.message, "Cannot decode the audio: 1 of 3 packets are no Opus");
  assertEquals(decoder.decode([packets[2]!]).length, 320);
});

Deno.test("OpusDecoder frees its memory once", async () => {
  const decoder = await OpusDecoder.create(16_000);
  decoder[Symbol.dispose]();
  decoder[Symbol.dispose]();
});
