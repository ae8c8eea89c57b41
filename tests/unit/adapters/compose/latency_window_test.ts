import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { deadlineOf, LatencyWindow } from "../../../../adapters/compose/latency_window.ts";
import { drawMs } from "../../../../adapters/fake/latency.ts";
import { Random } from "../../../../adapters/fake/random.ts";

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
  fc.assert(fc.property(fc.array(fc.nat({ max: 5000 }), { minLength: 20, maxLength: 256 }), (latencies) => {
    const sorted = [...latencies].sort((one, other) => one - other);
    assertEquals(filled(latencies).p95, sorted[Math.ceil(latencies.length * 0.95) - 1]);
  }));
});

Deno.test("LatencyWindow forgets the oldest", () => {
  const window = filled([...Array(256).fill(1000), ...Array(256).fill(10)]);
  assertEquals(window.p95, 10);
});

const rule = { coldMs: 2000, floorMs: 200, ceilingMs: 4000, factor: 1, marginMs: 50 };

Deno.test("deadlineOf() follows the 95th percentile between floor and ceiling", () => {
  const at = (ms: number) => deadlineOf(filled(Array(50).fill(ms)), rule);
  assertEquals(deadlineOf(new LatencyWindow(), rule), 2000);
  assertEquals([at(10), at(150), at(300), at(3950), at(9000)], [200, 200, 350, 4000, 4000]);
});

/** Asks again and again, as long as the deadline is, and gives up what takes longer; what the deadlines were and how many were given up. */
function asking(window: LatencyWindow, latencies: readonly number[]) {
  const deadlines: number[] = [];
  let givenUp = 0;
  for (const ms of latencies) {
    const deadlineMs = deadlineOf(window, rule);
    deadlines.push(deadlineMs);
    if (ms <= deadlineMs) window.add(ms);
    else {
      window.giveUp(deadlineMs);
      givenUp += 1;
    }
  }
  return { deadlines, givenUp };
}

/** Latencies that are log-normal with this median and 95th percentile. */
function logNormal(random: Random, count: number, p50: number, p95: number): number[] {
  return Array.from({ length: count }, () => drawMs({ p50, p95 }, random));
}

Deno.test("LatencyWindow.giveUp() moves nothing as long as fewer than one in twenty are given up", () => {
  // As many again are slower than usual: together they are more than one in twenty.
  const latencies = Array.from({ length: 2000 }, (_, index) => [Infinity, 340][index % 25] ?? 300);
  const { deadlines } = asking(new LatencyWindow(), latencies);
  assertEquals(new Set(deadlines.slice(300)), new Set([350]));
});

Deno.test("deadlineOf() stays within 50 ms of the 95th percentile when answers stall now and then, and gives up one in eight at most", () => {
  fc.assert(
    fc.property(fc.nat(), fc.integer({ min: 150, max: 600 }), fc.double({ min: 1.05, max: 3, noNaN: true }), (
      seed,
      p50,
      spread,
    ) => {
      const latencies = logNormal(new Random(seed), 3000, p50, p50 * spread)
        .map((ms, index) => index % 50 === 49 ? Infinity : ms);
      const window = new LatencyWindow();
      asking(window, latencies.slice(0, 1000));
      const { deadlines, givenUp } = asking(window, latencies.slice(1000));
      deadlines.sort((one, other) => one - other);
      const median = deadlines[deadlines.length >> 1]!;
      // Three in a hundred for chance.
      assert(median <= Math.max(200, 1.03 * p50 * spread + 50), `waits for ${median} ms`);
      assert(givenUp <= deadlines.length / 8, `gives up ${givenUp} of ${deadlines.length}`);
    }),
    { numRuns: 30 },
  );
});

Deno.test("deadlineOf() doubles after three in a row were given up, and again after three more", () => {
  const window = filled(Array(100).fill(300));
  assertEquals(asking(window, Array(8).fill(Infinity)).deadlines, [350, 350, 350, 700, 700, 700, 1400, 1400]);
});

Deno.test("deadlineOf() takes no notice of what was begun before it was raised", () => {
  const window = filled(Array(100).fill(300));
  for (let count = 0; count < 9; count += 1) window.giveUp(350);
  assertEquals(deadlineOf(window, rule), 700);
});

Deno.test("deadlineOf() stays raised while answers need that, and is back after one that is as fast as usual", () => {
  const window = filled(Array(100).fill(300));
  asking(window, Array(3).fill(Infinity));
  assertEquals(asking(window, [600, 600, 250, 600]).deadlines, [700, 700, 700, 350]);
});

Deno.test("deadlineOf() never leaves an engine that has become slower at its old deadline", () => {
  fc.assert(
    fc.property(fc.nat(), fc.double({ min: 1.1, max: 8, noNaN: true }), (seed, slower) => {
      const random = new Random(seed);
      const window = new LatencyWindow();
      asking(window, logNormal(random, 500, 250, 400));
      asking(window, logNormal(random, 800, 250 * slower, 400 * slower));
      const { deadlines, givenUp } = asking(window, logNormal(random, 200, 250 * slower, 400 * slower));
      assert(givenUp <= deadlines.length / 5, `gives up ${givenUp} of ${deadlines.length}`);
    }),
    { numRuns: 50 },
  );
});

Deno.test("deadlineOf() comes down again with an engine that has become faster", () => {
  const window = filled([...Array(256).fill(1000), ...Array(256).fill(250)]);
  assertEquals(deadlineOf(window, rule), 300);
});
