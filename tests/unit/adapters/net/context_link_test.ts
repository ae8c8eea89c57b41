import { assertEquals, assertRejects } from "@std/assert";
import { type ContextEvent, ContextLink, type Keepalive } from "../../../../adapters/net/context_link.ts";
import type { SocketRequest } from "../../../../adapters/net/socket.ts";
import { Queue } from "../../../../flow/queue.ts";
import { PipelineError } from "../../../../pipeline/error.ts";
import { FakeClock } from "../../../support/fake_clock.ts";

const signal = new AbortController().signal;

/** Two minutes of audio at 48 kHz. */
const newAudio = () => new Queue<Uint8Array>({ limit: 120 * 48_000 * 2, weigh: (bytes) => bytes.length });

/** A context with a queue of its own. */
function begun(link: ContextLink) {
  const audio = newAudio();
  return { ...link.begin(audio), audio };
}

/** A link whose provider the test plays; messages are events as JSON, with the bytes as their count. */
function linked(keepalive?: Keepalive) {
  const sent: string[] = [];
  const request: { current?: SocketRequest } = {};
  let disposed = 0;
  const link = new ContextLink(
    (given) => {
      request.current = given;
      return Promise.resolve({
        send: (message) => void sent.push(String(message)),
        waitingBytes: 0,
        [Symbol.asyncDispose]: () => Promise.resolve(void (disposed += 1)),
      });
    },
    { provider: "X", url: "ws://x", headers: {} },
    (message) => {
      const { type, context, bytes = 0, last } = JSON.parse(message);
      if (type === "failed") return { type, context, error: new PipelineError("invalid_request", "no") };
      return { type, context, bytes: new Uint8Array(bytes), last } as ContextEvent;
    },
    signal,
    keepalive,
  );
  const come = (event: object) => request.current!.message(JSON.stringify(event));
  return {
    link,
    sent,
    come,
    end: (error: PipelineError) => request.current!.ended(error),
    disposals: () => disposed,
  };
}

Deno.test("ContextLink sorts what comes by its context", async () => {
  const { link, come } = linked();
  const [one, other] = [begun(link), begun(link)];
  come({ type: "audio", context: other.context, bytes: 2 });
  come({ type: "audio", context: one.context, bytes: 1 });
  come({ type: "done", context: one.context });
  come({ type: "audio", context: "unknown", bytes: 9 });
  assertEquals((await one.audio.receive(signal))?.length, 1);
  await one.over;
  assertEquals((await other.audio.receive(signal))?.length, 2);
  assertEquals([link.has(one.context), link.has(other.context)], [false, true]);
});

Deno.test("ContextLink takes one context after the other into the same audio", async () => {
  const { link, come } = linked();
  const audio = newAudio();
  const one = link.begin(audio);
  come({ type: "audio", context: one.context, bytes: 1, last: true });
  await one.over;
  const other = link.begin(audio);
  come({ type: "audio", context: one.context, bytes: 9 });
  come({ type: "audio", context: other.context, bytes: 2 });
  assertEquals((await audio.receive(signal))?.length, 1);
  assertEquals((await audio.receive(signal))?.length, 2);
  assertEquals([one.context === other.context, audio.closed], [false, false]);
});

Deno.test("ContextLink.forget() has what comes late dropped", async () => {
  const { link, come } = linked();
  const { context, audio, over } = begun(link);
  link.forget(context);
  await over;
  come({ type: "audio", context, bytes: 5 });
  assertEquals([audio.size, link.has(context)], [0, false]);
});

Deno.test("ContextLink fails one context, or all of them", async () => {
  const { link, come, end } = linked();
  const [one, other] = [begun(link), begun(link)];
  come({ type: "failed", context: one.context });
  await assertRejects(() => one.audio.receive(signal), PipelineError, "no");
  await one.over;
  assertEquals(link.ended, false);
  end(new PipelineError("unavailable", "gone"));
  await assertRejects(() => other.audio.receive(signal), PipelineError, "gone");
  await other.over;
  const late = begun(link);
  await assertRejects(() => late.audio.receive(signal), PipelineError, "gone");
  await late.over;
  assertEquals(link.ended, true);
});

Deno.test("ContextLink fails a context whose listener is two minutes behind", async () => {
  const { link, come } = linked();
  const { context, audio } = begun(link);
  for (let second = 0; second < 121; second += 1) come({ type: "audio", context, bytes: 2 * 48_000 });
  const error = await assertRejects(() => audio.receive(signal), PipelineError);
  assertEquals([error.kind, link.ended], ["overloaded", false]);
});

Deno.test("ContextLink ends when its connecting fails", async () => {
  const failure = new PipelineError("unauthenticated", "no");
  const link = new ContextLink(
    () => Promise.reject(failure),
    { provider: "X", url: "", headers: {} },
    () => undefined,
    signal,
  );
  const { audio } = begun(link);
  await assertRejects(() => link.opened(), PipelineError, "no");
  await assertRejects(() => audio.receive(signal), PipelineError, "no");
  await link[Symbol.asyncDispose]();
});

Deno.test("ContextLink sends in order and closes its socket", async () => {
  const { link, sent, disposals } = linked();
  await link.send("a", "b");
  await link.send("c");
  await link[Symbol.asyncDispose]();
  assertEquals([sent.join(""), disposals()], ["abc", 1]);
});

Deno.test("ContextLink keeps itself open until it ends", async () => {
  const clock = new FakeClock();
  const { sent, end } = linked({ clock, everyMs: 20_000, message: "still here" });
  await clock.advance(19_999);
  assertEquals(sent.length, 0);
  await clock.advance(1);
  await clock.advance(40_000);
  assertEquals(sent, ["still here", "still here", "still here"]);
  end(new PipelineError("unavailable", "gone"));
  await clock.advance(60_000);
  assertEquals([sent.length, clock.pending], [3, 0]);
});
