import { assertEquals, assertLess, assertThrows } from "@std/assert";
import { OpusBundler } from "../../../../client/capture/opus_bundler.ts";
import { encodeOpus } from "../../../../protocol/codec.ts";

const packet = (bytes: number) => new Uint8Array(bytes).fill(7);

Deno.test("OpusBundler.push() gives three packets of 20 ms at a time", () => {
  const bundler = new OpusBundler();
  assertEquals([bundler.push(packet(1), 960), bundler.push(packet(2), 960)], [undefined, undefined]);
  assertEquals(bundler.push(packet(3), 960), { packets: [packet(1), packet(2), packet(3)], samples: 2_880 });
  assertEquals(bundler.push(packet(4), 960), undefined);
});

Deno.test("OpusBundler.push() gives a packet that fills a message by itself at once", () => {
  assertEquals(new OpusBundler().push(packet(9), 2_880), { packets: [packet(9)], samples: 2_880 });
});

Deno.test("OpusBundler.take() gives what does not fill a message, once", () => {
  const bundler = new OpusBundler();
  bundler.push(packet(1), 960);
  assertEquals(bundler.take(), { packets: [packet(1)], samples: 960 });
  assertEquals(bundler.take(), undefined);
});

Deno.test("OpusBundler.push() refuses packets that the protocol does not carry, and goes on after them", () => {
  const bundler = new OpusBundler();
  for (const bytes of [0, 1_276]) {
    assertThrows(
      () => bundler.push(packet(bytes), 960),
      RangeError,
      `a packet has ${bytes} bytes, expected 1 to 1275`,
    );
  }
  bundler.push(packet(1_275), 960);
  assertEquals(bundler.take()?.packets.length, 1);
});

Deno.test("a bundle of three 20 ms packets at 24 kb/s is at most 3.5 kB a second, WebSocket framing included", () => {
  const bundler = new OpusBundler();
  bundler.push(packet(60), 960);
  bundler.push(packet(60), 960);
  const { packets, samples } = bundler.push(packet(60), 960)!;
  const message = encodeOpus({ lane: 0, seq: 1, position: 0, flags: 0 }, packets);
  assertLess((message.length + 8) * 48_000 / samples, 3_500);
});
