import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { WaveSamples } from "../../../../../adapters/local/espeak/wave_samples.ts";

/** A WAV file as espeak-ng streams it: with sizes that nobody knew yet. */
function wave(samples: readonly number[], { rate = 22050, extra = "" } = {}): Uint8Array {
  const bytes = new Uint8Array(44 + extra.length + 2 * samples.length);
  const view = new DataView(bytes.buffer);
  const write = (at: number, text: string) => bytes.set(new TextEncoder().encode(text), at);
  write(0, "RIFF");
  view.setUint32(4, 0x7ffff024, true);
  write(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, rate, true);
  view.setUint32(28, 2 * rate, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  write(36, extra);
  write(36 + extra.length, "data");
  view.setUint32(40 + extra.length, 0x7ffff000, true);
  for (const [index, sample] of samples.entries()) view.setInt16(44 + extra.length + 2 * index, sample, true);
  return bytes;
}

function read(chunks: readonly Uint8Array[]): number[] {
  const reader = new WaveSamples(22050);
  return chunks.flatMap((chunk) => [...reader.push(chunk)]);
}

Deno.test("WaveSamples.push() gives the samples however the file is cut", () => {
  const samples = [1, -2, 300, -32768, 32767];
  const bytes = wave(samples);
  fc.assert(fc.property(fc.array(fc.integer({ min: 0, max: bytes.length }), { maxLength: 12 }), (cuts) => {
    const places = [0, ...cuts.sort((one, other) => one - other), bytes.length];
    assertEquals(read(places.slice(1).map((end, index) => bytes.subarray(places[index], end))), samples);
  }));
  assertEquals(read([...bytes].map((byte) => Uint8Array.of(byte))), samples);
});

Deno.test("WaveSamples.push() passes over other chunks", () => {
  assertEquals(read([wave([7], { extra: "LIST\x03\0\0\0abc\0" })]), [7]);
});

Deno.test("WaveSamples.push() gives nothing for a file that ends too soon", () => {
  const bytes = wave([1, 2]);
  for (let end = 0; end < 44; end += 1) assertEquals(read([bytes.subarray(0, end)]), []);
  assertEquals(read([bytes.subarray(0, 47)]), [1]);
});

Deno.test("WaveSamples.push() refuses what is not a WAV file of the wanted kind", () => {
  assertThrows(() => read([new TextEncoder().encode("Error: no such voice")]), TypeError, "RIFF");
  assertThrows(() => read([wave([1], { rate: 16000 })]), TypeError, "16000 Hz");
  const endless = new Uint8Array(5000);
  endless.set(wave([]).subarray(0, 36));
  endless.set(new TextEncoder().encode("LIST"), 36);
  new DataView(endless.buffer).setUint32(40, 1_000_000, true);
  assertThrows(() => read([endless]), TypeError, "does not end");
});
