import { assertEquals } from "@std/assert";
import { Throughput } from "../../../telemetry/throughput.ts";

Deno.test("Throughput.perSecond is nothing before there were two ticks", () => {
  const throughput = new Throughput();
  assertEquals(throughput.perSecond, 0);
  throughput.tick(100, 0);
  assertEquals([throughput.perSecond, throughput.peakPerSecond], [0, 0]);
});

Deno.test("Throughput.tick() gives the rate over the last minute and the highest between two ticks", () => {
  const throughput = new Throughput();
  for (let second = 0; second <= 120; second++) {
    throughput.tick(second < 60 ? 0 : (second - 60) * 5, second * 1000);
  }
  assertEquals([throughput.perSecond, throughput.peakPerSecond], [5, 5]);
  throughput.tick(350, 121_000);
  assertEquals(throughput.peakPerSecond, 50);
});

Deno.test("Throughput.tick() goes by the time that really passed", () => {
  const throughput = new Throughput();
  throughput.tick(0, 0);
  throughput.tick(10, 4000);
  assertEquals([throughput.perSecond, throughput.peakPerSecond], [2.5, 2.5]);
  throughput.tick(20, 4000);
  assertEquals(throughput.peakPerSecond, 2.5);
});
