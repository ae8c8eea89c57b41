import { assertAlmostEquals, assertEquals } from "@std/assert";
import { drawMs, type Latency, quantileMs } from "../../../../adapters/fake/latency.ts";
import { profiles } from "../../../../adapters/fake/profiles/mod.ts";
import { Random } from "../../../../adapters/fake/random.ts";
import { percentile } from "../../../../bench/percentile.ts";

const [z50, z75, z95, z99] = [0, 0.674490, 1.644854, 2.326348] as const;

Deno.test("quantileMs() goes through the published quantiles", () => {
  const ink2: Latency = { p50: 299, p95: 328, p99: 1584 };
  assertAlmostEquals(quantileMs(ink2, z50), 299, 0.1);
  assertAlmostEquals(quantileMs(ink2, z95), 328, 0.1);
  assertAlmostEquals(quantileMs(ink2, z99), 1584, 1);
});

Deno.test("quantileMs() has the published median and interquartile range", () => {
  const sonic3: Latency = { p50: 188, iqr: 100 };
  assertAlmostEquals(quantileMs(sonic3, z50), 188, 0.1);
  assertAlmostEquals(quantileMs(sonic3, z75) - quantileMs(sonic3, -z75), 100, 0.1);
});

Deno.test("drawMs() draws from the distribution of every stage of every profile", () => {
  const random = new Random(11);
  for (const { stt, mt, tts } of profiles) {
    for (const latency of [stt.finalMs, stt.interimMs, stt.openMs, mt.firstTokenMs, tts.firstAudioMs]) {
      const drawn = Array.from({ length: 20_000 }, () => drawMs(latency, random));
      for (const [share, z] of [[0.5, z50], [0.95, z95]] as const) {
        const wanted = quantileMs(latency, z);
        assertAlmostEquals(percentile(drawn, share), wanted, Math.max(wanted * 0.02, 0.001));
      }
    }
  }
});

Deno.test("drawMs() of a time of nothing is nothing", () => {
  assertEquals(drawMs({ p50: 0, p95: 0 }, new Random(1)), 0);
});
