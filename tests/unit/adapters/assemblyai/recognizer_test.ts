import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { assemblyAiWire } from "../../../../adapters/assemblyai/recognizer.ts";
import type { WireEvent } from "../../../../adapters/net/recognizer_wire.ts";
import { openUtterance, wireUtterances } from "../../../support/wire_utterances.ts";

function connect(formatted = false) {
  const wire = assemblyAiWire({
    key: "KEY",
    address: "https://streaming.assemblyai.com",
    model: "universal-streaming-multilingual",
    languages: ["en", "es"],
    formatted,
    silenceMs: 400,
    longestSilenceMs: 1280,
    concurrency: 1,
  });
  return wire.connection({ languages: ["en"], rate: 16_000, glossary: {}, targets: [] });
}

interface TurnParts {
  readonly words: readonly string[];
  /** How many of them are final; all by default. */
  readonly final?: number;
  readonly ended?: boolean;
  readonly formatted?: boolean;
}

function turn(order: number, { words, final = words.length, ended = false, formatted = false }: TurnParts) {
  return JSON.stringify({
    type: "Turn",
    turn_order: order,
    turn_is_formatted: formatted,
    end_of_turn: ended,
    end_of_turn_confidence: 0.5,
    transcript: words.slice(0, final).join(" "),
    words: words.map((text, index) => ({
      text,
      start: 1000 * order + 10 * index,
      end: 1000 * order + 10 * index + 9,
      confidence: 1,
      word_is_final: index < final,
    })),
  });
}

function readAll(connection: ReturnType<typeof connect>, messages: readonly string[]): WireEvent[] {
  return messages.flatMap((message) => connection.read(message));
}

Deno.test("assemblyAiWire() appends words as they become final, and the rest at the end of the turn", () => {
  const events = readAll(connect(), [
    turn(0, { words: ["one", "two"], final: 1 }),
    turn(0, { words: ["one", "too", "three"], final: 2 }),
  ]);
  assertEquals(openUtterance(events), "one too [three]");
  const all = readAll(connect(), [
    turn(0, { words: ["one", "two"], final: 1 }),
    turn(0, { words: ["one", "to", "be"], ended: true }),
  ]);
  assertEquals(wireUtterances(all), ["one to be"]);
});

Deno.test("assemblyAiWire() counts a turn once that ends twice", () => {
  for (const formatted of [false, true]) {
    const events = readAll(connect(formatted), [
      turn(0, { words: ["one", "two"], final: 1 }),
      turn(0, { words: ["one", "two"], ended: true }),
      turn(0, { words: ["One", "two."], ended: true, formatted: true }),
      turn(0, { words: ["One", "two."], ended: true, formatted: true }),
    ]);
    assertEquals(wireUtterances(events), [formatted ? "One two." : "one two"]);
    assertEquals(openUtterance(events), "", "Something is open that has ended");
  }
});

Deno.test("assemblyAiWire() takes a turn for ended when the next one begins, formatted or not", () => {
  for (const formatted of [false, true]) {
    const events = readAll(connect(formatted), [
      turn(0, { words: ["one", "two"], final: 1, ended: formatted }),
      turn(1, { words: ["three"], final: 1 }),
      turn(0, { words: ["late"], ended: true, formatted: true }),
    ]);
    assertEquals(wireUtterances(events), ["one two"]);
    assertEquals(openUtterance(events), formatted ? "[three]" : "three");
  }
});

Deno.test("assemblyAiWire() keeps what was final when the end of the turn contradicts it", () => {
  const events = readAll(connect(), [
    turn(0, { words: ["one", "two", "three"], final: 2 }),
    turn(0, { words: ["uno", "dos", "tres", "cuatro"], ended: true }),
    turn(1, { words: ["five", "six"], final: 2 }),
    turn(1, { words: [], ended: true }),
  ]);
  assertEquals(wireUtterances(events), ["one two tres cuatro", "five six"]);
});

Deno.test("assemblyAiWire() answers a finalize with the end of the turn, and asks for none without new audio", () => {
  const connection = connect();
  assertEquals(connection.finalize(), [], "Nothing was sent yet");
  connection.sent?.(50);
  assertEquals(connection.finalize(), ['{"type":"ForceEndpoint"}']);
  assertEquals(connection.finalize(), []);
  const ends = readAll(connection, [
    turn(0, { words: ["one"], ended: true }),
    turn(1, { words: ["two"], ended: true }),
  ]).filter(({ type }) => type !== "heard");
  assertEquals(ends.map(({ type }) => type), ["ended", "finalized", "ended"]);
});

Deno.test("assemblyAiWire() keeps what is open when the session ends, and says that it has", () => {
  const connection = connect();
  assertEquals(connection.end(), ['{"type":"Terminate"}']);
  const events = readAll(connection, [
    turn(0, { words: ["one", "two"], final: 1 }),
    JSON.stringify({ type: "Termination", audio_duration_seconds: 1, session_duration_seconds: 2 }),
  ]);
  assertEquals(wireUtterances(events), ["one two"]);
  assertEquals(events.at(-1)?.type, "finished");
});

Deno.test("assemblyAiWire() gives the language as it was asked for", () => {
  const connection = connect();
  const message = { ...JSON.parse(turn(0, { words: ["one"] })), language_code: "en" };
  const [event] = connection.read(JSON.stringify(message));
  assert(event?.type === "heard");
  assertEquals(event.language, "en");
});

const word = fc.constantFrom("a", "be", "see", "do", "easy");
/** A turn with what is told of it on the way: more words, more of them final, each time. */
const scenario = fc.array(
  fc.record({
    words: fc.array(word, { minLength: 1, maxLength: 6 }),
    steps: fc.array(fc.tuple(fc.nat(6), fc.nat(6)), { maxLength: 5 }),
    twice: fc.boolean(),
  }),
  { minLength: 1, maxLength: 5 },
);

Deno.test("assemblyAiWire() reports each turn once, whatever comes in between and again", () => {
  fc.assert(fc.property(scenario, fc.boolean(), fc.infiniteStream(fc.nat(9)), (turns, formatted, noise) => {
    const connection = connect(formatted);
    const earlier: string[] = [];
    const events: WireEvent[] = [];
    const say = (message: string) => {
      const chance = noise.next().value;
      // Of a type that nobody knows, or late and told already.
      if (chance === 0) events.push(...connection.read('{"type":"News","turn_order":0}'));
      if (chance === 1 && earlier.length > 0) events.push(...connection.read(earlier[0]!));
      events.push(...connection.read(message));
    };
    for (const [order, { words, steps, twice }] of turns.entries()) {
      let known = 0;
      let final = 0;
      for (const [more, stays] of steps) {
        known = Math.min(words.length, Math.max(known, more));
        final = Math.min(known, Math.max(final, stays));
        if (known > 0) say(turn(order, { words: words.slice(0, known), final }));
      }
      say(turn(order, { words, ended: true }));
      const marked = words.map((text, index) => index === words.length - 1 ? `${text}.` : text);
      if (formatted || twice) say(turn(order, { words: marked, ended: true, formatted: true }));
      earlier.push(turn(order, { words: marked, ended: true, formatted: true }));
    }
    assertEquals(
      wireUtterances(events),
      turns.map(({ words }) => words.join(" ") + (formatted ? "." : "")),
    );
    assertEquals(openUtterance(events), "");
  }));
});
