import { assert, assertEquals, assertInstanceOf } from "@std/assert";
import * as fc from "fast-check";
import { readAnswer } from "../../../../adapters/openai_transcribe/answer.ts";
import { PipelineError } from "../../../../pipeline/error.ts";

/** The text in pieces that end at the given places. */
async function* pieces(bytes: Uint8Array, ends: readonly number[]): AsyncGenerator<Uint8Array> {
  let from = 0;
  for (const end of [...ends.toSorted((one, other) => one - other), bytes.length]) {
    const to = Math.max(from, Math.min(end, bytes.length));
    if (to > from) yield bytes.slice(from, to);
    from = to;
  }
}

async function read(text: string, ends: readonly number[] = []) {
  return await Array.fromAsync(readAnswer(pieces(new TextEncoder().encode(text), ends), "the server"));
}

const stream = [
  { type: "transcript.text.delta", delta: "Él " },
  { type: "brand_new", delta: "x" },
  { type: "transcript.text.delta", delta: "dijo." },
  { type: "transcript.text.done", text: "Él dijo.", usage: { type: "tokens", total_tokens: 7 } },
].map((event) => `data: ${JSON.stringify(event)}\n\n`).join("");

Deno.test("readAnswer() reads a stream and a whole, however they are cut", async () => {
  const whole = `\n {"text":"Él dijo.","language":"es","usage":{"type":"duration","seconds":2}}`;
  await fc.assert(fc.asyncProperty(fc.array(fc.nat(320), { maxLength: 12 }), async (ends) => {
    assertEquals(await read(stream, ends), [
      { type: "append", text: "Él " },
      { type: "append", text: "dijo." },
      { type: "transcript", text: "Él dijo.", tokens: 7 },
    ]);
    assertEquals(await read(whole, ends), [{ type: "transcript", text: "Él dijo.", language: "es" }]);
  }));
});

Deno.test("readAnswer() leaves the body when the stream is over", async () => {
  let left = false;
  const body = (async function* () {
    try {
      yield new TextEncoder().encode(stream);
      await new Promise(() => {});
    } finally {
      left = true;
    }
  })();
  await Array.fromAsync(readAnswer(body, "the server"));
  assert(left);
});

Deno.test("readAnswer() takes any bytes for an answer, or fails as an adapter does", async () => {
  const junk = fc.oneof(
    fc.string({ maxLength: 60 }),
    fc.json().map((text) => `data: ${text}\n\n`),
    fc.json(),
    fc.nat(stream.length).map((end) => stream.slice(0, end)),
  );
  await fc.assert(fc.asyncProperty(junk, async (text) => {
    try {
      assertEquals((await read(text)).at(-1)?.type, "transcript");
    } catch (error) {
      assertInstanceOf(error, PipelineError);
      assert(!error.message.includes("dijo"));
    }
  }));
});
