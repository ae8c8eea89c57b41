import { assertEquals } from "@std/assert";
import { wavFile } from "../../../../adapters/net/wav_file.ts";
import { wavHeader } from "../../../../media/wav_writer.ts";
import { wavFile as wavBytes } from "../../../support/wav_file.ts";

Deno.test("wavFile() writes what the library writes", () => {
  const samples = Int16Array.of(0, 1, -1, 32767, -32768);
  for (const rate of [8000, 16_000, 48_000]) {
    const file = wavFile(samples, rate);
    assertEquals(file, wavBytes({ data: new Uint8Array(samples.buffer), rate }));
    assertEquals(file.slice(0, 44), wavHeader(rate, 5));
  }
});

Deno.test("wavFile() makes up for what is missing with silence", () => {
  assertEquals(wavFile(Int16Array.of(7), 8000, 3), wavFile(Int16Array.of(7, 0, 0), 8000));
  assertEquals(wavFile(Int16Array.of(7, 8, 9, 10), 8000, 3).length, 44 + 8);
});
