import { assert, assertEquals } from "@std/assert";
import { type CaptionStyle, clauseLines } from "../../../cli/captions_view.ts";
import { lineWidth, paint } from "../../../cli/line.ts";
import { Transcript } from "../../../cli/transcript.ts";
import { caption, lanes, segment, timing } from "../../support/talk_events.ts";

const style: CaptionStyle = { width: 80, color: false, source: "en", bars: true };

function text(events: readonly Parameters<Transcript["take"]>[0][], changes: Partial<CaptionStyle> = {}) {
  const transcript = new Transcript(lanes);
  for (const event of events) transcript.take(event);
  return transcript.growing.flatMap((clause) => clauseLines(clause, { ...style, ...changes }))
    .map((line) => paint(line, changes.color ?? false));
}

Deno.test("clauseLines() sets apart what may still change, with and without colours", () => {
  assertEquals(text([caption(1, "the old", "hose")]), ["   1  en  the old [hose]"]);
  assertEquals(text([caption(1, "", "the")]), ["   1  en  [the]"]);
  assertEquals(text([caption(1, "the old", "hose")], { color: true }), [
    "\x1b[2m   1  en  \x1b[0mthe old \x1b[2;3mhose\x1b[0m",
  ]);
});

Deno.test("clauseLines() shows every language, and how long it took where it is spoken", () => {
  assertEquals(
    text([
      segment(1, "the old house"),
      caption(1, "la casa vieja", "", 1, true),
      timing(1, 1),
      caption(1, "la casa", "", 2),
    ]),
    [
      "   1  en  the old house",
      "      es  la casa vieja",
      "          █████▒ 400 ms = stt 300 + mt 20 + tts 60 + queue 20 ms",
      "      ca  la casa",
    ],
  );
});

Deno.test("clauseLines() says why a clause is not spoken", () => {
  const lines = text([
    segment(1, "x"),
    { type: "skipped", seq: 1, lane: 1, segment: 1, reason: "late\x1b[2J" },
  ]);
  assertEquals(lines.at(-1), "          not spoken: late [2J");
});

Deno.test("clauseLines() breaks long texts under their beginning, and fits into the width", () => {
  const events = [segment(1, "the old house is near the sea and we go home"), timing(1, 1)];
  assertEquals(text([events[0]!], { width: 30 }), [
    "   1  en  the old house is",
    "          near the sea and we",
    "          go home",
  ]);
  for (const width of [30, 40, 50, 60, 80]) {
    const transcript = new Transcript(lanes);
    for (const event of [...events, caption(1, "la casa", "", 1, true)]) transcript.take(event);
    for (const line of transcript.growing.flatMap((clause) => clauseLines(clause, { ...style, width }))) {
      assert(lineWidth(line) <= width, `${lineWidth(line)} columns of ${width}: ${paint(line, false)}`);
    }
  }
});
