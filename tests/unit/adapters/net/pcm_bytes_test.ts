import { assertEquals } from "@std/assert";
import * as fc from "fast-check";
import { FrameCutter } from "../../../../adapters/net/frame_cutter.ts";
import { PcmBytes } from "../../../../adapters/net/pcm_bytes.ts";

Deno.test("PcmBytes.push() reads little-endian samples", () => {
  assertEquals([...new PcmBytes().push(Uint8Array.of(1, 0, 0xff, 0xff, 0, 0x80))], [1, -1, -32768]);
});

Deno.test("PcmBytes.push() gives the same samples however the bytes are cut", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 60 }), fc.array(fc.nat(7)), (bytes, cuts) => {
    const pcm = new PcmBytes();
    const samples: number[] = [];
    let at = 0;
    for (const cut of [...cuts, bytes.length]) {
      samples.push(...pcm.push(bytes.subarray(at, at + cut)));
      at = Math.min(bytes.length, at + cut);
    }
    samples.push(...pcm.push(bytes.subarray(at)));
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    assertEquals(
      samples,
      Array.from({ length: bytes.length >> 1 }, (_, index) => view.getInt16(2 * index, true)),
    );
  }));
});

Deno.test("FrameCutter.cut() gives frames of at most 100 ms without a gap", () => {
  fc.assert(fc.property(fc.array(fc.nat(7000), { maxLength: 8 }), (lengths) => {
    const cutter = new FrameCutter(22_050);
    let position = 0;
    for (const length of lengths) {
      for (const frame of cutter.cut(new Int16Array(length))) {
        assertEquals([frame.position, frame.rate], [position, 22_050]);
        assertEquals(frame.samples.length > 0 && frame.samples.length <= 2205, true);
        position += frame.samples.length;
      }
    }
    assertEquals(
      [position, cutter.position],
      Array(2).fill(lengths.reduce((sum, length) => sum + length, 0)),
    );
  }));
});
