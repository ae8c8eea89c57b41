import { assertEquals } from "@std/assert";
import { toFloat32, toInt16 } from "../../../../client/capture/pcm.ts";

Deno.test("toInt16() rounds, and cuts off what is too loud", () => {
  const target = new Int16Array(6);
  toInt16(Float32Array.from([0, 0.5, -1, 1, -7]), target, 1);
  assertEquals(target, Int16Array.from([0, 0, 16_384, -32_768, 32_767, -32_768]));
});

Deno.test("toFloat32() is what toInt16() undoes", () => {
  const samples = Int16Array.from([0, 1, -1, 32_767, -32_768, 12_345]);
  const back = new Int16Array(samples.length);
  toInt16(toFloat32(samples), back, 0);
  assertEquals(back, samples);
});
