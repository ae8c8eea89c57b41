import { assert, assertEquals, assertInstanceOf, assertThrows } from "@std/assert";
import fc from "fast-check";
import type { WireEvent } from "../../../../adapters/net/recognizer_wire.ts";
import { speechmaticsWire } from "../../../../adapters/speechmatics/recognizer.ts";
import { PipelineError } from "../../../../pipeline/error.ts";
import { openUtterance, wireUtterances } from "../../../support/wire_utterances.ts";

const wire = speechmaticsWire({
  key: "KEY",
  address: "https://eu.rt.speechmatics.com",
  model: "enhanced",
  languages: ["en", "es"],
  translating: true,
  delayMs: 700,
  silenceMs: 500,
  concurrency: 1,
});

function connect(languages = ["en"], targets: readonly string[] = []) {
  return wire.connection({ languages, rate: 16_000, glossary: {}, targets });
}

/** Tokens of a text in which marks stand alone: `one , two` is two words and a mark that belongs to the first. */
function transcript(message: "AddTranscript" | "AddPartialTranscript", text: string): string {
  const results = text.split(" ").filter((part) => part !== "").map((content, index) => ({
    type: /^\w+$/.test(content) ? "word" : "punctuation",
    start_time: index,
    end_time: index + 0.5,
    ...(/^\w+$/.test(content) ? {} : { attaches_to: content === "(" ? "next" : "previous" }),
    alternatives: [{ content, confidence: 1 }],
  }));
  return JSON.stringify({ message, metadata: { start_time: 0, end_time: 1, transcript: text }, results });
}

const final = (text: string) => transcript("AddTranscript", text);
const partial = (text: string) => transcript("AddPartialTranscript", text);
const end = (forced = false) =>
  JSON.stringify({
    message: "EndOfUtterance",
    metadata: { start_time: 3, end_time: 3 },
    ...(forced ? { forced } : {}),
  });

function readAll(messages: readonly string[], connection = connect()): WireEvent[] {
  return messages.flatMap((message) => connection.read(message));
}

Deno.test("speechmaticsWire() appends final spans, replaces partials and joins marks to the word before", () => {
  const events = readAll([
    partial("won two"),
    final("one"),
    partial("to three"),
    final("two ,"),
    partial("free"),
  ]);
  assertEquals(openUtterance(events), "one two, [free]");
  assertEquals(wireUtterances(readAll([final("one"), final(", two"), final("."), end()])), ["one, two."]);
});

Deno.test("speechmaticsWire() holds a word back to which a mark may still be added", () => {
  assertEquals(openUtterance(readAll([final("one two")])), "one [two]");
  assertEquals(openUtterance(readAll([final("one two"), partial(". Three")])), "one [two.] [Three]");
  assertEquals(openUtterance(readAll([final("one two ."), partial("three")])), "one two. [three]");
});

Deno.test("speechmaticsWire() joins a mark to the word after it where it belongs there", () => {
  assertEquals(wireUtterances(readAll([final("one ( two ) three"), end()])), ["one (two) three"]);
});

Deno.test("speechmaticsWire() leaves a word as it is that was said to stay", () => {
  const events = readAll([final("one ."), final("!"), partial("? two"), final("two"), end()]);
  assertEquals(wireUtterances(events), ["one. two"]);
});

Deno.test("speechmaticsWire() takes a forced end for the answer to a finalize, and asks for none without new audio", () => {
  const connection = connect();
  assertEquals(connection.finalize(), [], "Nothing was sent yet");
  connection.sent?.(50);
  assertEquals(connection.finalize(), ['{"message":"ForceEndOfUtterance"}']);
  assertEquals(connection.finalize(), []);
  const events = readAll([final("one"), end(), end(true)], connection);
  assertEquals(events.slice(-4).map(({ type }) => type), ["heard", "ended", "ended", "finalized"]);
});

const translation = (language: string, endSeconds: number) =>
  JSON.stringify({
    message: "AddTranslation",
    language,
    results: [{ content: "Uno dos.", start_time: 0, end_time: endSeconds }],
  });
const types = (events: readonly WireEvent[]) => events.map(({ type }) => type);

Deno.test("speechmaticsWire() takes no forced end for an answer before all that was said is translated", () => {
  const connection = connect(["en"], ["es", "fr"]);
  connection.sent?.(50);
  connection.finalize();
  const silence = transcript("AddTranscript", "");
  const said = readAll([final("one two ."), end(true), silence], connection);
  assert(!types(said).includes("finalized"));
  assertEquals(said.at(-1)?.type === "heard" && "settledMs" in said.at(-1)!, false, "As good as an answer");
  assertEquals(types(readAll([translation("es", 2.5)], connection)), ["translated"]);
  assertEquals(types(readAll([translation("fr", 2.5)], connection)), ["translated", "finalized"]);
  const [after] = readAll([silence], connection);
  assert("settledMs" in after!, "Silence settles as ever");
});

Deno.test("speechmaticsWire() does not answer a finalize with the translation that an earlier one waited for", () => {
  const connection = connect(["en"], ["es"]);
  connection.sent?.(50);
  connection.finalize();
  readAll([final("one two ."), end(true)], connection);
  connection.sent?.(100);
  assertEquals(types(readAll([translation("es", 2.5)], connection)), ["translated"]);
  connection.finalize();
  assertEquals(types(readAll([translation("es", 2.5), end(true)], connection)), ["ended", "finalized"]);
});

Deno.test("speechmaticsWire() counts its messages of audio in its last message", () => {
  const connection = connect();
  for (const toMs of [50, 100, 150]) connection.sent?.(toMs);
  assertEquals(connection.end(), ['{"message":"EndOfStream","last_seq_no":3}']);
  const events = readAll([final("one two"), '{"message":"EndOfTranscript"}'], connection);
  assertEquals(wireUtterances(events), ["one two"]);
  assertEquals(events.at(-1)?.type, "finished");
});

Deno.test("speechmaticsWire() hears one language to a session", () => {
  const error = assertThrows(() => connect(["en", "es"]), PipelineError);
  assertInstanceOf(error, PipelineError);
  assertEquals(error.kind, "unsupported_language");
});

const part = fc.constantFrom("a", "be", "see", ",", ".", "do");
const utterance = fc.array(part, { minLength: 1, maxLength: 8 }).map((parts) => ["first", ...parts]);

Deno.test("speechmaticsWire() reports each final word once, however the spans are cut and whatever comes in between", () => {
  const chances = fc.infiniteStream(fc.nat(5));
  fc.assert(
    fc.property(fc.array(utterance, { minLength: 1, maxLength: 4 }), chances, (utterances, chance) => {
      const connection = connect();
      const events: WireEvent[] = [];
      const say = (message: string) => events.push(...connection.read(message));
      for (const parts of utterances) {
        for (let at = 0; at < parts.length;) {
          if (chance.next().value === 0) say('{"message":"News"}');
          if (chance.next().value === 0) say(final(""));
          if (chance.next().value <= 2) say(partial(`mumble ${parts.slice(at + 1).join(" ")}`));
          const count = 1 + chance.next().value;
          say(final(parts.slice(at, at + count).join(" ")));
          at += count;
        }
        if (chance.next().value === 0) say(partial("more"));
        say(end(chance.next().value === 0));
      }
      // A mark after a mark may come too late to be added.
      const words = (text: string) => text.replaceAll(/[,.]+/g, "").split(" ").filter((word) => word !== "");
      assertEquals(
        wireUtterances(events).map(words),
        utterances.map((parts) => words(parts.join(" "))),
      );
      assertEquals(openUtterance(events), "");
    }),
  );
});
