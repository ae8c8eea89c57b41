import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { parseTranscripts, readHumanTalk } from "../../../../cli/sample/human.ts";
import { u16, wavFile } from "../../../support/wav_file.ts";

const signal = new AbortController().signal;

Deno.test("parseTranscripts() reads words and names in order", () => {
  assertEquals(
    parseTranscripts("<s> he was not </s> (talk-0880)\n\n<s> an ill young man </s> (talk_0890)\n"),
    [
      { text: "he was not", name: "talk-0880" },
      { text: "an ill young man", name: "talk_0890" },
    ],
  );
});

Deno.test("parseTranscripts() refuses other lines, and names that lead out of the folder", () => {
  for (const line of ["he was not", "<s>  </s> (a)", "<s> he </s> (../a)", "<s> he </s>"]) {
    assertThrows(() => parseTranscripts(`<s> one </s> (a)\n${line}`), Error, "line 2");
  }
});

Deno.test("readHumanTalk() joins the recordings with their transcripts", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${folder}/transcription`, "<s> one </s> (b)\n<s> two three </s> (a)\n");
    await Deno.writeFile(`${folder}/a.wav`, wavFile({ data: Array(200).fill(u16(3000)).flat() }));
    await Deno.writeFile(`${folder}/b.wav`, wavFile({ data: Array(100).fill(u16(3000)).flat() }));
    const { rate, clauses } = await readHumanTalk(signal, { folder, leadMs: 0, pauseMs: 10 });
    assertEquals(rate, 16_000);
    assertEquals(clauses, [{ text: "one", start: 0, end: 100 }, { text: "two three", start: 260, end: 460 }]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("readHumanTalk() says what to install", async () => {
  await assertRejects(
    () => readHumanTalk(signal, { folder: "/nonexistent" }),
    Error,
    "apt-get install pocketsphinx-testdata",
  );
});
