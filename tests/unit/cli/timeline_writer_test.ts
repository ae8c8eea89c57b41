import { assertEquals } from "@std/assert";
import { TimelineWriter } from "../../../cli/timeline_writer.ts";
import { WavReader } from "../../../media/wav_reader.ts";

async function written(use: (path: string) => Promise<void>) {
  const path = await Deno.makeTempFile({ suffix: ".wav" });
  try {
    await use(path);
    const reader = new WavReader();
    const samples = reader.push(await Deno.readFile(path));
    reader.finish();
    return { header: reader.header!, samples: Array.from(samples, (sample) => Math.round(sample * 32_768)) };
  } finally {
    await Deno.remove(path);
  }
}

Deno.test("TimelineWriter writes silence and speech, and completes the header", async () => {
  const { header, samples } = await written(async (path) => {
    const writer = await TimelineWriter.create(path, { rate: 8_000, compact: false });
    await writer.begin(1);
    await writer.write(Int16Array.of(0, 100, -100).subarray(1));
    await writer.begin(0);
    await writer.write(Int16Array.of(7));
    await writer.finish();
    await writer.finish();
  });
  assertEquals(samples, [0, 0, 0, 0, 0, 0, 0, 0, 100, -100, 7]);
  assertEquals([header.format.rate, header.dataBytes], [8_000, 22]);
});

Deno.test("TimelineWriter writes silence that is longer than a piece of it", async () => {
  const { samples } = await written(async (path) => {
    const writer = await TimelineWriter.create(path, { rate: 48_000, compact: false });
    await writer.begin(1_000);
    await writer.write(Int16Array.of(5));
    await writer.finish();
  });
  assertEquals([samples.length, samples.at(-1), samples.findIndex((sample) => sample !== 0)], [
    48_001,
    5,
    48_000,
  ]);
});

Deno.test("TimelineWriter leaves a file that can be played when nobody completes it", async () => {
  const { header, samples } = await written(async (path) => {
    const writer = await TimelineWriter.create(path, { rate: 8_000, compact: true });
    await writer.write(Int16Array.of(1, 2, 3));
    await Deno.copyFile(path, `${path}.cut`);
    await writer.finish();
    await Deno.rename(`${path}.cut`, path);
  });
  assertEquals([samples, header.dataBytes], [[1, 2, 3], undefined]);
});
