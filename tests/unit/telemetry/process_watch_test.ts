import { assert, assertEquals } from "@std/assert";
import type { Clock } from "../../../flow/clock.ts";
import { Distribution } from "../../../telemetry/distribution.ts";
import { Exits } from "../../../telemetry/exits.ts";
import { lookEveryMs, ownProcess, ProcessWatch } from "../../../telemetry/process_watch.ts";

Deno.test("ProcessWatch.run() records how late its timer is, and ends with its signal", async () => {
  let now = 0;
  const lateMs = [0, 30, 4];
  const stop = new AbortController();
  const clock: Clock = {
    now: () => now,
    sleep(ms) {
      const late = lateMs.shift();
      if (late === undefined) {
        stop.abort();
        return Promise.reject(stop.signal.reason);
      }
      now += ms + late;
      return Promise.resolve();
    },
  };
  const watch = new ProcessWatch(new Exits(), clock);
  let looks = 0;
  await watch.run(stop.signal, () => looks += 1);
  const [series] = watch.loopLag.distributions;
  const { count, max, p50 } = Distribution.summaryOf([series!.distribution]);
  assertEquals([looks, count, max, p50], [3, 3, 0.03, 0.004]);
  assertEquals(watch.uptimeMs, 3 * lookEveryMs + 34);
});

Deno.test("ownProcess tells what this process uses", () => {
  const { residentBytes, heapBytes } = ownProcess.memory();
  assert(heapBytes > 1_000_000 && residentBytes > heapBytes);
  assert(ownProcess.cpuSeconds() > 0);
});
