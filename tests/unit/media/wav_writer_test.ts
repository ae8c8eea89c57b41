import { assertEquals, assertThrows } from "@std/assert";
import { WavReader } from "../../../media/wav_reader.ts";
import {
  finalizeHeader,
  streamingWavHeader,
  WAV_HEADER_BYTES,
  wavHeader,
} from "../../../media/wav_writer.ts";
import { wavFile } from "../../support/wav_file.ts";

Deno.test("wavHeader() writes the bytes of the format", () => {
  const file = wavFile({ data: [1, 2, 3, 4], rate: 22_050 });
  assertEquals(wavHeader(22_050, 2), new Uint8Array(file.subarray(0, WAV_HEADER_BYTES)));
});

Deno.test("wavHeader() refuses a number of samples that is none", () => {
  for (const samples of [-1, 0.5, NaN]) {
    assertThrows(() => wavHeader(16_000, samples), RangeError, `${samples}`);
  }
});

Deno.test("wavHeader() says unknown when the format cannot count so far", () => {
  assertEquals(wavHeader(16_000, 2 ** 31), streamingWavHeader(16_000));
});

Deno.test("streamingWavHeader() is read up to the end", () => {
  const reader = new WavReader();
  assertEquals(
    streamingWavHeader(16_000),
    new Uint8Array(
      wavFile({ data: [], dataBytes: 0xffffffff, riffBytes: 0xffffffff }),
    ),
  );
  reader.push(streamingWavHeader(16_000));
  assertEquals([...reader.push(new Uint8Array([0, 64]))], [0.5]);
  reader.finish();
});

Deno.test("finalizeHeader() puts the true sizes in, in the middle of a larger buffer too", () => {
  const buffer = new Uint8Array(3 + WAV_HEADER_BYTES + 4);
  buffer.set(streamingWavHeader(24_000), 3);
  buffer.set([5, 6, 7, 8], 3 + WAV_HEADER_BYTES);
  finalizeHeader(buffer.subarray(3));
  assertEquals(buffer.slice(3), new Uint8Array(wavFile({ data: [5, 6, 7, 8], rate: 24_000 })));
});

Deno.test("finalizeHeader() refuses less than a header", () => {
  assertThrows(() => finalizeHeader(new Uint8Array(43)), RangeError, "43 bytes");
});
