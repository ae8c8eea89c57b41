import { assertEquals } from "@std/assert";
import { TextLineStream } from "../../../cli/text_lines.ts";

Deno.test("TextLineStream cuts lines, however the text comes", async () => {
  const lines = await Array.fromAsync(
    ReadableStream.from(["a", "b\nc\n", "\nd"]).pipeThrough(new TextLineStream()),
  );
  assertEquals(lines, ["ab", "c", "", "d"]);
});

Deno.test("TextLineStream hands a line on that is too long", async () => {
  const lines = await Array.fromAsync(
    ReadableStream.from(["x".repeat(20_000), "y\n"]).pipeThrough(new TextLineStream()),
  );
  assertEquals(lines.map((line) => line.length), [20_000, 1]);
});
