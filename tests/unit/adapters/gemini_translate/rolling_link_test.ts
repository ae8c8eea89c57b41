import { assert, assertEquals } from "@std/assert";
import { RollingLink } from "../../../../adapters/gemini_translate/rolling_link.ts";
import {
  type GeminiEvent,
  readMessage,
  streamEndMessage,
} from "../../../../adapters/gemini_translate/wire.ts";
import { AgreedLink } from "../../../../adapters/net/agreed_link.ts";
import { encodeBase64 } from "../../../../adapters/net/base64.ts";
import { PipelineError } from "../../../../pipeline/error.ts";
import { FakeClock } from "../../../support/fake_clock.ts";
import { playedSockets } from "../../../support/played_sockets.ts";

const signal = new AbortController().signal;
const loud = new Int16Array(1600).fill(9000);
const soft = new Int16Array(1600).fill(90);
const cut = new PipelineError("unavailable", "cut");

/** A link with sockets that agree at once; what it tells is collected. */
async function rolling(renewAfterMs = 480_000) {
  const clock = new FakeClock();
  const { connect, opened } = playedSockets((socket) => socket.say({ setupComplete: {} }));
  const told: string[] = [];
  const listener = {
    speaking: false,
    take: (event: GeminiEvent) => void told.push(event.type === "target" ? event.text : event.type),
    failed: (error: unknown) => void told.push(String(error)),
  };
  const open = (signal: AbortSignal) =>
    AgreedLink.open<GeminiEvent>(
      {
        provider: "X",
        url: "ws://x",
        headers: {},
        wish: "setup",
        read: readMessage,
        says: ({ type }) => type === "ready" ? "agreed" : undefined,
      },
      { connect, clock },
      signal,
    );
  const opening = RollingLink.open({ open, renewAfterMs, clock }, signal);
  await clock.advance(0);
  const link = await opening;
  link.listen(listener);
  return { link, clock, opened, told, listener };
}

/** Long enough for a connection to open. */
async function settled(clock: FakeClock): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) {
    await new Promise((resolve) => setTimeout(resolve, 0));
    await clock.advance(0);
  }
}

const leaving = (seconds: number) => ({ goAway: { timeLeft: `${seconds}s` } });
const text = (text: string) => ({ serverContent: { outputTranscription: { text } } });
const sound = (samples: Int16Array) => ({
  serverContent: {
    modelTurn: { parts: [{ inlineData: { data: encodeBase64(new Uint8Array(samples.buffer)) } }] },
  },
});

Deno.test("RollingLink sends each piece over one connection, and tells the old one that the stream has ended", async () => {
  const { link, clock, opened } = await rolling();
  await using _link = link;
  link.send("1", loud);
  opened[0]!.say(leaving(50));
  link.send("2", soft);
  await settled(clock);
  link.send("3", soft);
  link.send("4", loud);
  link.end();
  assertEquals(opened.map(({ sent }) => sent), [
    ["setup", "1", "2", streamEndMessage],
    ["setup", "3", "4", streamEndMessage],
  ]);
});

Deno.test("RollingLink takes over in silence where nobody speaks, later between words, at last anywhere", async () => {
  const { link, clock, opened, listener } = await rolling();
  await using _link = link;
  listener.speaking = true;
  opened[0]!.say(leaving(50));
  await settled(clock);
  const sentOverNew = () => opened[1]!.sent.length - 1;
  link.send("", soft);
  listener.speaking = false;
  link.send("", loud);
  listener.speaking = true;
  assertEquals(sentOverNew(), 0);
  await clock.advance(31_000);
  link.send("", loud);
  assertEquals(sentOverNew(), 0);
  link.send("", soft);
  assertEquals(sentOverNew(), 1);
  await clock.advance(3000);
  opened[1]!.say(leaving(9));
  await settled(clock);
  link.send("", loud);
  assertEquals(opened.map(({ sent }) => sent.length), [5, 3, 2]);
});

Deno.test("RollingLink tells all that comes of the old connection before anything of the new one", async () => {
  const { link, clock, opened, told } = await rolling();
  await using _link = link;
  link.send("", loud);
  opened[0]!.say(leaving(50));
  await settled(clock);
  link.send("", soft);
  assert(link.awaiting);
  opened[1]!.say(text("three"));
  opened[0]!.say(text("one"));
  await clock.advance(2000);
  opened[0]!.say(text("two"));
  // Silence is nothing.
  await clock.advance(2000);
  opened[0]!.say(sound(new Int16Array(100)));
  opened[1]!.say(text("four"));
  assertEquals(told, ["one", "two", "audio"]);
  await clock.advance(1000);
  assertEquals(told, ["one", "two", "audio", "three", "four"]);
  assert(!link.awaiting && opened[0]!.disposed);
  opened[1]!.say(text("five"));
  assertEquals(told.at(-1), "five");
});

Deno.test("RollingLink waits no longer for an old connection that is cut, or that goes on for too long", async () => {
  for (const ends of [true, false]) {
    const { link, clock, opened, told } = await rolling();
    await using _link = link;
    link.send("", loud);
    opened[0]!.say(leaving(60));
    await settled(clock);
    link.send("", soft);
    opened[1]!.say(text("new"));
    if (ends) opened[0]!.end(cut);
    else {
      for (let seconds = 0; seconds < 20; seconds += 1) {
        assertEquals(told.includes("new"), false);
        opened[0]!.say(text("old"));
        await clock.advance(1000);
      }
    }
    assertEquals(told.at(-1), "new");
  }
});

Deno.test("RollingLink goes on where a connection is cut in a pause, and fails where something was under way", async () => {
  for (const pauses of [true, false]) {
    const { link, clock, opened, told, listener } = await rolling();
    await using _link = link;
    listener.speaking = true;
    link.send("", loud);
    opened[0]!.say(leaving(50));
    if (pauses) {
      link.pause();
      await settled(clock);
      opened[0]!.end(cut);
      link.send("later", loud);
      assertEquals([told, opened[1]!.sent], [[], ["setup", "later"]]);
    } else {
      await settled(clock);
      opened[0]!.end(cut);
      assertEquals(told, ["PipelineError: cut"]);
    }
  }
});

Deno.test("RollingLink replaces a connection that is old enough, looks for another until it has one, and leaves nothing behind", async () => {
  const { link, clock, opened } = await rolling(1000);
  await clock.advance(1000);
  await settled(clock);
  assertEquals(opened.length, 2);
  opened[1]!.end(cut);
  await clock.advance(0);
  assert(opened[1]!.disposed);
  await clock.advance(2000);
  await settled(clock);
  assertEquals(opened.length, 3);
  await link[Symbol.asyncDispose]();
  assertEquals(clock.pending, 0);
  assert(opened.every(({ disposed }) => disposed));
});
