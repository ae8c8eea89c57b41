import { assertEquals } from "@std/assert";
import { exportWav } from "../../../web/export_wav.ts";
import { Recording } from "../../../web/recording.ts";

Deno.test("Recording.begin() puts a clause where it could be heard, or after the one before", () => {
  const recording = new Recording(1_000, 1_000);
  recording.begin(100);
  recording.add(new Int16Array(50));
  recording.add(new Int16Array(50));
  recording.begin(150);
  recording.add(new Int16Array(10));
  recording.begin(300);
  recording.add(new Int16Array(10));
  assertEquals(recording.stretches.map(({ silence, samples }) => [silence, samples.length]), [
    [100, 50],
    [0, 50],
    [0, 10],
    [90, 10],
  ]);
  assertEquals(recording.length, 310);
});

Deno.test("Recording.add() keeps no more than its limit and says so", () => {
  const recording = new Recording(1_000, 100);
  recording.add(new Int16Array(80));
  recording.add(new Int16Array(30));
  assertEquals([recording.length, recording.full], [80, true]);
});

Deno.test("exportWav() writes the speech and the silence between", async () => {
  const recording = new Recording(8_000, 1_000);
  recording.begin(10_000);
  recording.add(Int16Array.of(1, -2, 3));
  const file = new Blob(exportWav(recording));
  assertEquals(file.size, 44 + 2 * 80_003);
  const view = new DataView(await file.arrayBuffer());
  const text = (at: number) => new TextDecoder().decode(new Uint8Array(view.buffer, at, 4));
  assertEquals([text(0), text(8), text(12), text(36)], ["RIFF", "WAVE", "fmt ", "data"]);
  assertEquals(
    [4, 24, 28, 40].map((at) => view.getUint32(at, true)),
    [36 + 160_006, 8_000, 16_000, 160_006],
  );
  assertEquals([20, 22, 32, 34].map((at) => view.getUint16(at, true)), [1, 1, 2, 16]);
  assertEquals([0, 1, 2].map((index) => view.getInt16(44 + 160_000 + 2 * index, true)), [1, -2, 3]);
  assertEquals(view.getInt16(44 + 159_998, true), 0);
});
