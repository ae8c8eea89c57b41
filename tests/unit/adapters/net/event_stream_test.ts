import { assertEquals, assertRejects } from "@std/assert";
import * as fc from "fast-check";
import { type ServerSentEvent, serverSentEvents } from "../../../../adapters/net/event_stream.ts";
import { PipelineError } from "../../../../pipeline/error.ts";

async function read(text: string, cuts: readonly number[] = []): Promise<ServerSentEvent[]> {
  const bytes = new TextEncoder().encode(text);
  async function* pieces() {
    let at = 0;
    for (const cut of cuts) yield bytes.subarray(at, at += cut);
    yield bytes.subarray(at);
  }
  const events: ServerSentEvent[] = [];
  for await (const event of serverSentEvents(pieces(), "a provider")) events.push(event);
  return events;
}

const message = (data: string) => ({ event: "message", data });

Deno.test("serverSentEvents() reads types, several lines, comments and any line ends", async () => {
  assertEquals(
    await read(
      ": hello\r\n\r\ndata: a\r\ndata:b\r\n\r\nevent: x\rdata:  c\r\rid: 7\nretry: 5\ndata: ñ日\n\n",
    ),
    [
      message("a\nb"),
      { event: "x", data: " c" },
      message("ñ日"),
    ],
  );
});

Deno.test("serverSentEvents() gives the same events however the bytes are cut", async () => {
  const text = ': ping\r\ndata: {"a":"ñ日😀"}\r\n\r\ndata: [DONE]\n\n';
  const whole = await read(text);
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(9)), async (cuts) => assertEquals(await read(text, cuts), whole)),
  );
});

Deno.test("serverSentEvents() takes an event that the stream breaks off as whole", async () => {
  assertEquals(await read("data: a\n\ndata: b"), [message("a"), message("b")]);
  assertEquals(await read(""), []);
});

Deno.test("serverSentEvents() skips lines that are no fields", async () => {
  assertEquals(await read("<html>\nwhat: x\ndata: a\n\n"), [message("a")]);
});

Deno.test("serverSentEvents() refuses an event that is too long", async () => {
  const error = await assertRejects(
    () => read(`data: ${"a".repeat(1_100_000)}`, [600_000]),
    PipelineError,
    "more than",
  );
  assertEquals(error.kind, "internal");
});
