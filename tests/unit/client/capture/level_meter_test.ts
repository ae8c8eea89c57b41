import { assertAlmostEquals, assertEquals } from "@std/assert";
import { LevelMeter } from "../../../../client/capture/level_meter.ts";

Deno.test("LevelMeter.push() gives a level for every whole stretch", () => {
  const meter = new LevelMeter(256);
  assertEquals(meter.push(new Float32Array(128).fill(0.5)), undefined);
  assertEquals(meter.push(new Float32Array(128).fill(-0.5)), { rms: 0.5, peak: 0.5 });
  assertEquals(meter.push(new Float32Array(256)), { rms: 0, peak: 0 });
});

Deno.test("LevelMeter.push() tells a tone's energy from its height", () => {
  const tone = Float32Array.from({ length: 1_600 }, (_, index) => 0.8 * Math.sin(2 * Math.PI * index / 16));
  const level = new LevelMeter(1_600).push(tone)!;
  assertAlmostEquals(level.rms, 0.8 / Math.SQRT2, 1e-6);
  assertAlmostEquals(level.peak, 0.8, 1e-6);
});
