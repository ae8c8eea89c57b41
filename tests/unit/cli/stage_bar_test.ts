import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { paint } from "../../../cli/line.ts";
import { stageBar, stageNumbers } from "../../../cli/stage_bar.ts";
import { timing } from "../../support/talk_events.ts";

const bar = (...args: Parameters<typeof stageBar>) => paint(stageBar(...args), false);

Deno.test("stageBar() shows the stages one after the other", () => {
  const times = timing(1, 1, { sttMs: 400, mtMs: 100, ttsMs: 200, queueMs: 100 });
  assertEquals(bar(times, 10, 1_000), "████▓▒▒░");
  assertEquals(stageNumbers(times), "stt 400 + mt 100 + tts 200 + queue 100 ms");
});

Deno.test("stageBar() shows that a bar would be longer", () => {
  assertEquals(bar(timing(1, 1, { sttMs: 2_000 }), 5, 1_000), "████▶");
  assertEquals(
    bar(timing(1, 1, { sttMs: 900, mtMs: 900 }), 5, 1_000),
    "█████".slice(0, 5).replace(/.$/, "▶"),
  );
});

Deno.test("stageBar() is as long as the sum, to the nearest column", () => {
  const ms = fc.double({ min: 0, max: 3_000, noNaN: true });
  fc.assert(
    fc.property(ms, ms, ms, ms, fc.integer({ min: 1, max: 80 }), (sttMs, mtMs, ttsMs, queueMs, cells) => {
      const sum = sttMs + mtMs + ttsMs + queueMs;
      const length = bar(timing(1, 1, { sttMs, mtMs, ttsMs, queueMs }), cells, 1_500).length;
      assert(Math.abs(length - Math.min(cells, sum * cells / 1_500)) <= 0.5 + 1e-6);
    }),
  );
});
