import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { deadlineOf, LatencyWindow } from "../../../../adapters/compose/latency_window.ts";

function filled(latencies: readonly number[]): LatencyWindow {
  const window = new LatencyWindow();
  for (const ms of latencies) window.add(ms);
  return window;
}

Deno.test("LatencyWindow.p95 says nothing before there are twenty latencies", () => {
  assertEquals(filled(Array(19).fill(100)).p95, undefined);
  assertEquals(filled(Array(20).fill(100)).p95, 100);
});

Deno.test("LatencyWindow.p95 is the latency that 19 of 20 stay at or below", () => {
  fc.assert(fc.property(fc.array(fc.nat({ max: 5000 }), { minLength: 20, maxLength: 128 }), (latencies) => {
    const sorted = [...latencies].sort((one, other) => one - other);
    assertEquals(filled(latencies).p95, sorted[Math.ceil(latencies.length * 0.95) - 1]);
  }));
});

Deno.test("LatencyWindow forgets the oldest", () => {
  const window = filled([...Array(128).fill(1000), ...Array(128).fill(10)]);
  assertEquals(window.p95, 10);
});

const rule = { coldMs: 2000, floorMs: 200, ceilingMs: 4000, factor: 1, marginMs: 50 };

Deno.test("deadlineOf() follows the 95th percentile between floor and ceiling", () => {
  const at = (ms: number) => deadlineOf(filled(Array(50).fill(ms)), rule);
  assertEquals(deadlineOf(new LatencyWindow(), rule), 2000);
  assertEquals([at(10), at(150), at(300), at(3950), at(9000)], [200, 200, 350, 4000, 4000]);
});
