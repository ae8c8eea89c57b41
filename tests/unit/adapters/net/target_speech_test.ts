import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { isAudible, TargetSpeech } from "../../../../adapters/net/target_speech.ts";

Deno.test("TargetSpeech.push() gives every sample once, in its place, however the bytes are cut", () => {
  const sizes = fc.array(fc.integer({ min: 0, max: 7000 }), { maxLength: 12 });
  fc.assert(fc.property(sizes, (sizes) => {
    const speech = new TargetSpeech("es", 24_000);
    const bytes = new Uint8Array(sizes.reduce((sum, size) => sum + size, 0)).map((_, index) => index % 251);
    const given: number[] = [];
    let at = 0;
    for (const size of sizes) {
      for (const { target, audio } of speech.push(bytes.subarray(at, at + size)).events) {
        assertEquals([target, audio.type, audio.position], ["es", "frame", given.length]);
        if (audio.type === "frame") given.push(...audio.samples);
      }
      at += size;
    }
    const whole = bytes.slice(0, bytes.length & ~1);
    assertEquals(given, [...new Int16Array(whole.buffer)]);
  }));
});

Deno.test("isAudible() tells what can be heard from near silence", () => {
  const peak = (sample: number) => new Int16Array([0, 3, sample, -2]);
  assertEquals([0, 128, -128, 129, -32_768].map((sample) => isAudible(peak(sample))), [
    false,
    false,
    false,
    true,
    true,
  ]);
  assertEquals([isAudible(peak(500), 512), isAudible(peak(-513), 512)], [false, true]);
  const speech = new TargetSpeech("es", 24_000);
  assertEquals(speech.push(new Uint8Array(4)).audible, false);
  assertEquals(speech.push(new Uint8Array([0, 9])).audible, true);
});
