import { assertEquals } from "@std/assert";
import { Tally } from "../../../telemetry/tally.ts";

Deno.test("Tally.add() keeps a count for each set of labels", () => {
  const tally = new Tally();
  tally.add({ stage: "mt", kind: "timeout" });
  tally.add({ stage: "mt", kind: "timeout" }, 2);
  tally.add({ stage: "tts", kind: "timeout" });
  assertEquals([...tally], [
    { labels: { stage: "mt", kind: "timeout" }, value: 3 },
    { labels: { stage: "tts", kind: "timeout" }, value: 1 },
  ]);
  assertEquals([tally.sum(), tally.sum({ stage: "mt" }), tally.sum({ stage: "stt" })], [4, 3, 0]);
  assertEquals([tally.by("kind"), tally.by("stage")], [{ timeout: 4 }, { mt: 3, tts: 1 }]);
});
