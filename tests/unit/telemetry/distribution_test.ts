import { assertEquals } from "@std/assert";
import { Distribution } from "../../../telemetry/distribution.ts";

function of(...values: readonly number[]): Distribution {
  const distribution = new Distribution();
  for (const value of values) distribution.add(value);
  return distribution;
}

Deno.test("Distribution.summaryOf() of nothing is nothing", () => {
  assertEquals(Distribution.summaryOf([new Distribution()]), {
    count: 0,
    mean: 0,
    p50: 0,
    p95: 0,
    p99: 0,
    max: 0,
  });
});

Deno.test("Distribution.summaryOf() gives percentiles by nearest rank", () => {
  const hundred = of(...Array.from({ length: 100 }, (_, index) => 100 - index));
  assertEquals(Distribution.summaryOf([hundred]), {
    count: 100,
    mean: 50.5,
    p50: 50,
    p95: 95,
    p99: 99,
    max: 100,
  });
});

Deno.test("Distribution.summaryOf() takes several together", () => {
  assertEquals(Distribution.summaryOf([of(1, 2), of(3, 10)]), {
    count: 4,
    mean: 4,
    p50: 2,
    p95: 10,
    p99: 10,
    max: 10,
  });
});

Deno.test("Distribution.add() remembers the last 1,024 values and the count and the sum of all", () => {
  const many = of(...Array.from({ length: 1024 }, () => 1000), ...Array.from({ length: 1024 }, () => 2));
  const { count, mean, p99, max } = Distribution.summaryOf([many]);
  assertEquals([count, mean, p99, max], [2048, 501, 2, 1000]);
});
