import { assertEquals } from "@std/assert";
import { paint } from "../../../cli/line.ts";
import { LiveView, statusLine } from "../../../cli/live_view.ts";
import type { TalkProgress } from "../../../cli/talk_view.ts";
import { Transcript } from "../../../cli/transcript.ts";
import { FakeTerminal } from "../../support/fake_terminal.ts";
import { caption, lanes, segment, timing } from "../../support/talk_events.ts";

Deno.test("LiveView replaces what grows, and leaves what is complete", () => {
  const terminal = new FakeTerminal();
  const view = new LiveView(terminal, { source: "en", bars: false });
  const transcript = new Transcript(lanes.slice(0, 2));
  const progress = (spokenMs: number): TalkProgress => ({
    spokenMs,
    totalMs: 5_000,
    state: "speaking",
    growing: transcript.growing,
  });
  transcript.take(caption(1, "the", "hose"));
  view.update(progress(1_000));
  assertEquals(terminal.shown, ["   1  en  the [hose]", "", "  ● 0:01.0 of 0:05.0"]);
  transcript.take(segment(1, "the house"));
  transcript.take(caption(1, "la casa", "", 1, true));
  transcript.take(caption(2, "is", ""));
  for (const clause of transcript.take(timing(1))) view.complete(clause, progress(1_500));
  assertEquals(terminal.shown, [
    "   1  en  the house",
    "      es  la casa",
    "   2  en  is",
    "",
    "  ● 0:01.5 of 0:05.0",
  ]);
  view.note([{ text: "a note" }], progress(1_600));
  view[Symbol.dispose]();
  assertEquals(terminal.shown, ["   1  en  the house", "      es  la casa", "a note"]);
  assertEquals(terminal.cursorShown, true);
});

Deno.test("statusLine() says when the connection is cut, and when only the rest is missing", () => {
  const status = (state: TalkProgress["state"]) =>
    paint(statusLine({ spokenMs: 1_000, totalMs: undefined, state, growing: [] }), false);
  assertEquals(status("speaking"), "  ● 0:01.0");
  assertEquals(status("finishing"), "  ○ 0:01.0, the rest is being translated");
  assertEquals(status("cut"), "  ● the connection was cut, coming back  0:01.0");
});
