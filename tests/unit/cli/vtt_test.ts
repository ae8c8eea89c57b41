import { assertEquals } from "@std/assert";
import { vttCue } from "../../../cli/vtt.ts";

Deno.test("vttCue() writes times, and text that is taken for text", () => {
  assertEquals(
    vttCue({ id: 3, startMs: 3_723_004.6, endMs: 3_724_000, text: " <b> & co\n\n--> x " }),
    "3\n01:02:03.005 --> 01:02:04.000\n&lt;b&gt; &amp; co --&gt; x\n\n",
  );
});

Deno.test("vttCue() ends after it starts", () => {
  assertEquals(
    vttCue({ id: 1, startMs: -5, endMs: 0, text: "x" }),
    "1\n00:00:00.000 --> 00:00:00.001\nx\n\n",
  );
});
