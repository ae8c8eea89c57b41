import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import fc from "fast-check";
import { MediaError } from "../../../media/error.ts";
import { PcmReader } from "../../../media/pcm_reader.ts";

const bytes = new Uint8Array([0x00, 0x40, 0xff, 0xff, 0x00, 0x80]);

Deno.test("PcmReader.push() reads either order of bytes", () => {
  const little = new PcmReader({ channels: 1, endian: "little" });
  assertEquals([...little.push(bytes)], [0.5, -1 / 32768, -1]);
  const big = new PcmReader({ channels: 1, endian: "big" });
  assertEquals([...big.push(bytes)], [64 / 32768, -1 / 32768, 128 / 32768]);
  assertEquals(bytes, new Uint8Array([0x00, 0x40, 0xff, 0xff, 0x00, 0x80]));
});

Deno.test("PcmReader.push() averages channels", () => {
  const reader = new PcmReader({ channels: 2, endian: "little" });
  assertEquals([...reader.push(new Uint8Array([100, 0, 200, 0]))], [150 / 32768]);
});

Deno.test("PcmReader.push() carries odd bytes over, however the audio is cut", () => {
  fc.assert(fc.property(
    fc.array(fc.uint8Array({ maxLength: 7 })),
    fc.constantFrom("little", "big"),
    fc.integer({ min: 1, max: 3 }),
    (pieces, endian, channels) => {
      const all = new Uint8Array(pieces.flatMap((piece) => [...piece]));
      const whole = [...new PcmReader({ channels, endian }).push(all)];
      const reader = new PcmReader({ channels, endian });
      assertEquals(pieces.flatMap((piece) => [...reader.push(piece)]), whole);
      if (all.length % (2 * channels) === 0) reader.finish();
      else assertEquals(assertThrows(() => reader.finish(), MediaError).kind, "truncated");
    },
  ));
});

Deno.test("PcmReader.finish() names the bytes that are left", () => {
  const reader = new PcmReader({ channels: 1, endian: "little" });
  reader.push(bytes.subarray(0, 3));
  const error = assertThrows(() => reader.finish(), MediaError);
  assertStringIncludes(error.message, "1 bytes are left");
  assertStringIncludes(error.message, "multiple of 2");
});
