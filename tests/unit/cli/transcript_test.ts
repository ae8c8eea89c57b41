import { assertEquals } from "@std/assert";
import { Transcript } from "../../../cli/transcript.ts";
import { audio, caption, lanes, segment, timing } from "../../support/talk_events.ts";

const oneTarget = lanes.slice(0, 2);
const numbers = (clauses: readonly { segment: number }[]) => clauses.map(({ segment }) => segment);

Deno.test("Transcript.growing shows a clause while it is heard, translated and spoken", () => {
  const transcript = new Transcript(oneTarget);
  transcript.take(caption(1, "the", "hose"));
  assertEquals(transcript.growing[0]?.text, { stable: "the", tentative: "hose", final: false });
  transcript.take(segment(1, "the house"));
  transcript.take(caption(1, "la", "", 1));
  const [clause] = transcript.growing;
  assertEquals(clause?.text, { stable: "the house", tentative: "", final: true });
  assertEquals(clause?.place, { startMs: 1_000, endMs: 2_000 });
  assertEquals(clause?.translations[0]?.text.stable, "la");
});

Deno.test("Transcript.take() hands a clause out when it is spoken in every language, in order", () => {
  const transcript = new Transcript(lanes);
  for (const number of [1, 2]) transcript.take(segment(number, `clause ${number}`));
  assertEquals(transcript.take(timing(1, 1)), []);
  assertEquals(transcript.take(timing(2, 1)), []);
  const [first, ...more] = transcript.take(timing(1, 2));
  assertEquals([first?.segment, more], [1, []]);
  assertEquals(first?.translations.map(({ language, timing }) => [language, timing?.ttfabMs]), [
    ["es", 400],
    ["ca", 400],
  ]);
  assertEquals(numbers(transcript.growing), [2]);
});

Deno.test("Transcript.take() does not wait for what never comes", () => {
  const transcript = new Transcript(oneTarget);
  for (const number of [1, 2, 3, 4, 5]) transcript.take(segment(number, "x"));
  const [failed] = transcript.take({
    type: "error",
    seq: 1,
    kind: "timeout",
    message: "too slow",
    stage: "mt",
    lane: 1,
    segment: 1,
  });
  assertEquals([failed?.segment, failed?.translations[0]?.skipped], [1, "failed"]);
  assertEquals(
    numbers(transcript.take({ type: "skipped", seq: 1, lane: 1, segment: 2, reason: "late" })),
    [2],
  );
  assertEquals(numbers(transcript.take(audio(4))), [3], "the next one begins: this one was silent");
  assertEquals(numbers(transcript.take({ type: "cancelled", seq: 1, lane: 1, through: 4 })), [4]);
  assertEquals(numbers(transcript.finish()), [5]);
});

Deno.test("Transcript forgets words that were taken back, and captions that come too late", () => {
  const transcript = new Transcript(oneTarget);
  transcript.take(caption(1, "", "uh"));
  transcript.take(caption(1, "", ""));
  assertEquals(transcript.growing, []);
  transcript.take(segment(1, "x"));
  transcript.take(timing(1));
  transcript.take(caption(1, "late", "", 1, true));
  assertEquals(transcript.growing, []);
});

Deno.test("Transcript.finish() leaves out what never became a clause", () => {
  const transcript = new Transcript(oneTarget);
  transcript.take(segment(1, "x"));
  transcript.take(caption(2, "", "half a"));
  assertEquals(numbers(transcript.finish()), [1]);
});
