import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import fc from "fast-check";
import { barChart } from "../../../bench/chart/bar_chart.ts";
import { niceSteps, wrap } from "../../../bench/chart/svg.ts";
import { timelineChart } from "../../../bench/chart/timeline_chart.ts";

Deno.test("niceSteps() are 1, 2 or 5 times a power of ten, from 0 to the most", () => {
  assertEquals(niceSteps(10, 5), [0, 2, 4, 6, 8, 10]);
  assertEquals(niceSteps(0.7, 5), [0, 0.2, 0.4, 0.6000000000000001]);
  fc.assert(fc.property(fc.double({ min: 1e-6, max: 1e9, noNaN: true }), (most) => {
    const steps = niceSteps(most, 6);
    assert(steps.length >= 1 && steps.length <= 8);
    assert(steps.at(-1)! <= most * (1 + 1e-6));
  }));
});

Deno.test("wrap() keeps every word, in order, and its lines short", () => {
  assertEquals(wrap("one two three", 7), ["one two", "three"]);
  fc.assert(
    fc.property(
      fc.array(fc.stringMatching(/^[a-z]{1,9}$/)),
      fc.integer({ min: 9, max: 40 }),
      (words, width) => {
        const lines = wrap(words.join(" "), width);
        assertEquals(lines.join(" "), words.join(" "));
        assert(lines.every((line) => line.length <= width));
      },
    ),
  );
});

Deno.test("barChart() draws as long as the figure is, to a scale of its own for each group", () => {
  const bar = (value: number) => ({ label: "a", value, shown: `${value} ms`, tone: "ours" as const });
  const svg = barChart({
    title: "Times",
    notes: ["<here> & now"],
    groups: [{ heading: "first", bars: [bar(1), bar(4)] }, { heading: "second", bars: [bar(400)] }],
  });
  const widths = [...svg.matchAll(/width="([\d.]+)" height="18"/g)].map(([, width]) => Number(width));
  assertEquals(widths.map((width) => Math.round(400 * width / widths[1]!)), [100, 400, 400]);
  assertStringIncludes(svg, "&lt;here&gt; &amp; now");
  assertStringIncludes(svg, "prefers-color-scheme: dark");
});

Deno.test("timelineChart() puts spans where they belong in time", () => {
  const span = (fromMs: number, toMs: number) => ({ fromMs, toMs, tone: "ours" as const, about: "speech" });
  const svg = timelineChart({
    title: "Times",
    notes: [],
    rows: [{ label: "a", spans: [span(0, 1000), span(2000, 4000)] }],
    moments: [{ atMs: 1000, label: "end" }],
  });
  const spans = [...svg.matchAll(/<rect x="([\d.]+)" y="[\d.]+" width="([\d.]+)" height="16"/g)];
  const [[, oneX, oneWidth], [, otherX, otherWidth]] = spans as unknown as [
    [string, string, string],
    [string, string, string],
  ];
  assertEquals(Number(otherWidth) / Number(oneWidth), 2);
  assertEquals(Math.round((Number(otherX) - Number(oneX)) / Number(oneWidth)), 2);
});
