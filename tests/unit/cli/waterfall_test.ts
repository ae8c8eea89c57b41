import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { lineWidth, paint } from "../../../cli/line.ts";
import { waterfall } from "../../../cli/waterfall.ts";
import { timing } from "../../support/talk_events.ts";

const row = (segment: number, ttfabMs: number, language = "es") => ({
  segment,
  language,
  timing: timing(segment, 1, { sttMs: ttfabMs - 100, mtMs: 20, ttsMs: 60, queueMs: 20, ttfabMs }),
});
const text = (...args: Parameters<typeof waterfall>) => waterfall(...args).map((line) => paint(line, false));

Deno.test("waterfall() has a bar and the numbers of every segment, to one scale", () => {
  assertEquals(text([row(9, 400), row(10, 200)], { width: 80, rows: 10 }), [
    "     █ stt  ▓ mt  ▒ tts  ░ queue                first audio  stt  mt  tts  queue",
    "   9 ███████████████████████████████▓▓▒▒▒▒▒▒░░       400 ms  300  20   60     20",
    "  10 ██████████▓▓▒▒▒▒▒▒░░░                           200 ms  100  20   60     20",
  ]);
});

Deno.test("waterfall() names the language where there are several", () => {
  const lines = text([row(1, 400), row(1, 300, "ca")], { width: 80, rows: 10 });
  assert(lines[1]!.startsWith("  1 es █"));
  assert(lines[2]!.startsWith("  1 ca █"));
});

Deno.test("waterfall() fits into the width, and leaves numbers out where it is narrow", () => {
  for (const width of [44, 50, 60, 80, 120, 300]) {
    for (const line of waterfall([row(1, 400), row(2, 12_345)], { width, rows: 10 })) {
      assert(lineWidth(line) <= width, `${lineWidth(line)} columns of ${width}`);
    }
  }
  const narrow = text([row(1, 400)], { width: 44, rows: 10 });
  assertStringIncludes(narrow.at(-1)!, "400 ms");
  assert(!narrow.at(-1)!.includes(" 60"));
});

Deno.test("waterfall() of a long talk shows the slowest, in their order", () => {
  const rows = Array.from({ length: 100 }, (_, index) => row(index + 1, 200 + (index * 37) % 100));
  const lines = text(rows, { width: 80, rows: 3 });
  assertEquals(lines.length, 5);
  assertEquals(lines.at(-1), "  the slowest 3 of 100 are shown");
  const shown = lines.slice(1, 4).map((line) => Number.parseInt(line));
  assertEquals(shown, shown.toSorted((one, other) => one - other));
  assertEquals(shown.map((number) => (number - 1) * 37 % 100).toSorted(), [97, 98, 99]);
});

Deno.test("waterfall() of nothing is nothing", () => {
  assertEquals(waterfall([], { width: 80, rows: 3 }), []);
});
