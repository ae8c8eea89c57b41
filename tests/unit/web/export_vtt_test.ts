import { assertEquals } from "@std/assert";
import { exportVtt } from "../../../web/export_vtt.ts";

Deno.test("exportVtt() writes cues without markup", () => {
  const cues = [
    { id: 1, startMs: 500, endMs: 2_000, text: "R&D <b>" },
    { id: 2, startMs: 3_661_001, endMs: 3_662_000, text: "a --> b" },
  ];
  assertEquals(
    exportVtt(cues),
    "WEBVTT\n\n1\n00:00:00.500 --> 00:00:02.000\nR&amp;D &lt;b&gt;\n\n" +
      "2\n01:01:01.001 --> 01:01:02.000\na --&gt; b\n",
  );
});

Deno.test("exportVtt() of nothing is still a WebVTT file", () => {
  assertEquals(exportVtt([]), "WEBVTT\n");
});
