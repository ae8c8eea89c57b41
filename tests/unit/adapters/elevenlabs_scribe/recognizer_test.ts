import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { scribeWire } from "../../../../adapters/elevenlabs_scribe/recognizer.ts";
import type { WireEvent } from "../../../../adapters/net/recognizer_wire.ts";
import { openUtterance, wireUtterances } from "../../../support/wire_utterances.ts";

const wire = scribeWire({
  key: "KEY",
  address: "https://api.elevenlabs.io",
  model: "scribe_v2_realtime",
  languages: ["en", "es"],
  silenceMs: 500,
  concurrency: 1,
});

function connect() {
  return wire.connection({ languages: ["en", "es"], rate: 16_000, glossary: {}, targets: [] });
}

function say(message_type: string, text: string, more: object = {}): string {
  return JSON.stringify({ message_type, text, ...more });
}

const partial = (text: string) => say("partial_transcript", text);
const committed = (text: string) => say("committed_transcript", text);

/** Two seconds without speech go before the source. */
function timed(text: string, language = "spa"): string {
  const words = text.split(" ").filter((word) => word !== "").flatMap((word, index) => [
    { text: " ", type: "spacing", start: 2 + index, end: 2 + index, logprob: 0 },
    { text: word, type: "word", start: 2 + index, end: 2.5 + index, logprob: 0 },
  ]);
  return say("committed_transcript_with_timestamps", text, { words, language_code: language });
}

const throttled = JSON.stringify({ message_type: "commit_throttled", error: "x" });

function readAll(messages: readonly string[], connection = connect()): WireEvent[] {
  return messages.flatMap((message) => connection.read(message));
}

const control = (events: readonly WireEvent[]) =>
  events.map(({ type }) => type).filter((type) => type !== "heard");

Deno.test("scribeWire() replaces what is partial, and counts a commit once, with the times of its words", () => {
  const connection = connect();
  const events = readAll(
    [partial("won"), partial("one to"), say("final_transcript", "One two.")],
    connection,
  );
  assertEquals(openUtterance(events), "[One] [two.]");
  const commit = readAll([committed("One two."), timed("One two.")], connection);
  assertEquals(wireUtterances(commit), ["One two."]);
  assertEquals(control(commit), ["ended"]);
  const heard = commit.find((event) => event.type === "heard" && event.append.length > 0);
  assert(heard?.type === "heard");
  assertEquals([heard.append[1]?.startMs, heard.append[1]?.endMs, heard.language], [1000, 1500, "es"]);
});

Deno.test("scribeWire() counts a commit without times when something else comes, and not again when they come late", () => {
  const late = [committed("one"), partial("two"), timed("one"), committed("two"), timed("two")];
  assertEquals(wireUtterances(readAll(late)), ["one", "two"]);
  assertEquals(wireUtterances(readAll([committed("one"), committed("two"), timed("one"), timed("two")])), [
    "one",
    "two",
  ]);
  const twice = [committed("one"), committed("one"), timed("one"), timed("one")];
  assertEquals(wireUtterances(readAll(twice)), ["one", "one"]);
  assertEquals(wireUtterances(readAll([timed("one"), timed("two")])), ["one", "two"]);
});

Deno.test("scribeWire() takes a commit without words for an end", () => {
  const events = readAll([partial("noise"), committed(""), timed(""), committed("one"), timed("one")]);
  assertEquals(control(events), ["ended", "ended"]);
  assertEquals(wireUtterances(events), ["one"]);
});

Deno.test("scribeWire() answers a finalize with the commit or its refusal, and asks for none without new audio", () => {
  const connection = connect();
  assertEquals(connection.finalize(), [], "Nothing was sent yet");
  connection.sent?.(100);
  assertEquals(connection.finalize().map((message) => JSON.parse(String(message)).commit), [true]);
  assertEquals(connection.finalize(), []);
  assertEquals(control(readAll([committed("one")], connection)), ["ended", "finalized"]);
  assertEquals(readAll([timed("one")], connection), [], "The commit is counted again");
  connection.sent?.(200);
  connection.finalize();
  assertEquals(control(readAll([throttled, throttled], connection)), ["finalized"]);
  connection.sent?.(300);
  readAll([committed("before")], connection);
  connection.finalize();
  const events = readAll([timed("before"), committed("after")], connection);
  assertEquals(control(events), ["ended", "ended", "finalized"], "What was committed before is no answer");
});

Deno.test("scribeWire() ends with the answer to a last commit", () => {
  for (const answer of [[throttled], [committed("one"), timed("one")], [committed(""), timed("")]]) {
    const connection = connect();
    assertEquals(connection.end().map((message) => JSON.parse(String(message)).commit), [true]);
    assertEquals(readAll(answer, connection).filter(({ type }) => type === "finished").length, 1);
  }
});

Deno.test("scribeWire() puts audio into messages of text", () => {
  const message = connect().audio?.(new Uint8Array([0, 1, 255]));
  assertEquals(JSON.parse(String(message)), {
    message_type: "input_audio_chunk",
    audio_base_64: "AAH/",
    commit: false,
    sample_rate: 16_000,
  });
});

Deno.test("scribeWire() reports each commit once, whatever comes in between", () => {
  const text = fc.constantFrom("a", "be see", "do", "easy does it");
  const turns = fc.array(fc.record({ text, times: fc.constantFrom("soon", "late", "never") }), {
    maxLength: 8,
  });
  fc.assert(fc.property(turns, fc.infiniteStream(fc.nat(3)), (turns, chance) => {
    const connection = connect();
    const events: WireEvent[] = [];
    const say = (message: string) => events.push(...connection.read(message));
    let late: string[] = [];
    for (const [index, { text, times }] of turns.entries()) {
      // Each text is one of a kind, as the times of another one with the same text cannot be told from its own.
      const words = `${text} ${index}`;
      if (chance.next().value > 0) say(partial("mumble"));
      for (const message of late) say(message);
      late = [];
      if (chance.next().value === 0) say('{"message_type":"news","text":"x"}');
      if (chance.next().value === 0) say(throttled);
      say(committed(words));
      if (times === "soon") say(timed(words));
      if (times === "late") late.push(timed(words));
      if (times !== "soon") say(partial("next"));
    }
    assertEquals(wireUtterances(events), turns.map(({ text }, index) => `${text} ${index}`));
  }));
});
