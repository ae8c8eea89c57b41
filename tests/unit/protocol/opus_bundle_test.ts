import { assertEquals, assertThrows } from "@std/assert";
import { ProtocolError } from "../../../protocol/error.ts";
import { opusPacketSamples } from "../../../protocol/opus_bundle.ts";

/** A packet of this configuration, with this code for its count of frames. */
function packet(configuration: number, code: number, ...rest: number[]): Uint8Array {
  return Uint8Array.of((configuration << 3) | code, ...rest);
}

Deno.test("opusPacketSamples() knows the durations of RFC 6716, table 2", () => {
  const ms = [10, 20, 40, 60, 10, 20, 40, 60, 10, 20, 40, 60, 10, 20, 10, 20];
  for (let mode = 0; mode < 4; mode++) ms.push(2.5, 5, 10, 20);
  assertEquals(ms.map((_, configuration) => opusPacketSamples(packet(configuration, 0)) / 48), ms);
});

Deno.test("opusPacketSamples() counts the frames", () => {
  assertEquals(opusPacketSamples(packet(1, 1)), 1_920);
  assertEquals(opusPacketSamples(packet(1, 2)), 1_920);
  assertEquals(opusPacketSamples(packet(1, 3, 0x80 | 6)), 5_760);
  for (const bad of [packet(1, 3), packet(1, 3, 0), packet(1, 3, 7), packet(3, 3, 3)]) {
    assertThrows(() => opusPacketSamples(bad), ProtocolError, "Cannot read an Opus packet: it lasts");
  }
});
