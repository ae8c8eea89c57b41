import { assertEquals } from "@std/assert";
import { LineView } from "../../../cli/line_view.ts";
import type { Terminal } from "../../../cli/terminal.ts";
import { Transcript } from "../../../cli/transcript.ts";
import { caption, lanes, segment, timing } from "../../support/talk_events.ts";

Deno.test("LineView shows what grows once a second, what is final at once, and nothing twice", () => {
  let text = "";
  const terminal: Terminal = {
    live: false,
    color: false,
    size: () => ({ columns: 100, rows: 24 }),
    write: (more) => text += more,
  };
  using view = new LineView(terminal, { source: "en", bars: true });
  const transcript = new Transcript(lanes.slice(0, 2));
  const at = (spokenMs: number, ...events: readonly Parameters<Transcript["take"]>[0][]) => {
    const complete = events.flatMap((event) => transcript.take(event));
    const progress = {
      spokenMs,
      totalMs: undefined,
      state: "speaking",
      growing: transcript.growing,
    } as const;
    for (const clause of complete) view.complete(clause, progress);
    view.update(progress);
  };
  at(1_000, caption(1, "", "the"));
  at(1_500, caption(1, "the", "old"));
  at(2_100, caption(1, "the old", "hose"));
  at(2_400, caption(1, "the old hose", "is"));
  at(2_500, segment(1, "the old house"));
  at(2_600, caption(1, "la casa", "", 1, true));
  at(2_700, timing(1), caption(2, "", "is"));
  assertEquals(
    text.split("\n"),
    [
      "   0:02.1     1  en  the old [hose] …",
      "   0:02.5     1  en  the old house",
      "   0:02.6     1  es  la casa",
      "   0:02.7     1  es  █████▓▒ 400 ms = stt 300 + mt 20 + tts 60 + queue 20 ms",
      "",
    ],
  );
});
