import { assertEquals } from "@std/assert";
import { layOutLag } from "../../../web/lag_chart.ts";
import { clause } from "./clauses.ts";

const late = (segment: number, endMs: number, lagMs: number) =>
  clause(segment, [endMs - 1, endMs], "a", "b", { audioMs: 1_000, lagMs });

Deno.test("layOutLag() places a clause by the end of its speech and its lag", () => {
  const chart = layOutLag([late(1, 15_000, 500), late(2, 60_000, 1_000)], 180_000);
  assertEquals([chart.fromMs, chart.toMs, chart.scale.full], [0, 60_000, 2_000]);
  assertEquals(chart.points.map(({ x, y }) => [x, y]), [[0.25, 0.25], [1, 0.5]]);
});

Deno.test("layOutLag() shows the last minutes, and the middle of what it shows", () => {
  const clauses = [
    late(1, 10_000, 9_000),
    late(2, 100_000, 1_000),
    late(3, 150_000, 3_000),
    late(4, 160_000, 1_500),
  ];
  const chart = layOutLag(clauses, 60_000);
  assertEquals(chart.points.map(({ segment }) => segment), [2, 3, 4]);
  assertEquals([chart.medianMs, chart.fromMs], [1_500, 100_000]);
});

Deno.test("layOutLag() has an axis before there is anything to show, and clauses without a lag are none", () => {
  const chart = layOutLag([clause(1, [0, 1_000], "a", "b", { audioMs: 0 })], 60_000);
  assertEquals([chart.points, chart.medianMs, chart.toMs], [[], undefined, 30_000]);
});
