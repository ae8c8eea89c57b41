import { assertEquals } from "@std/assert";
import { exportSrt } from "../../../web/export_srt.ts";

Deno.test("exportSrt() counts the cues from 1 and writes commas and CRLF", () => {
  const cues = [
    { id: 4, startMs: 500, endMs: 2_000, text: "one" },
    { id: 7, startMs: 2_000, endMs: 3_000, text: "two" },
  ];
  assertEquals(
    exportSrt(cues),
    "1\r\n00:00:00,500 --> 00:00:02,000\r\none\r\n\r\n2\r\n00:00:02,000 --> 00:00:03,000\r\ntwo\r\n",
  );
});
