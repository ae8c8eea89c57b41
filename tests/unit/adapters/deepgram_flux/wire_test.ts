import { assert, assertEquals, assertInstanceOf, assertStrictEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import {
  closeMessage,
  connection,
  forceMessage,
  readMessage,
} from "../../../../adapters/deepgram_flux/wire.ts";
import { PipelineError } from "../../../../pipeline/error.ts";
import golden from "../../../fixtures/golden/deepgram_flux.json" with { type: "json" };

const address = "https://api.deepgram.com";
const speech = {
  model: "flux-general-multi",
  hints: [],
  rate: 16_000,
  glossary: {},
  threshold: 0.7,
  timeoutMs: 5000,
};

function turn(more: object = {}): string {
  return JSON.stringify({
    type: "TurnInfo",
    event: "Update",
    turn_index: 3,
    audio_window_start: 1,
    audio_window_end: 2,
    transcript: "one two",
    words: [{ word: "one", start: 1.25, end: 1.5, confidence: 1 }, { word: "two", start: 1.5, end: 1.75 }],
    end_of_turn_confidence: 0.1,
    ...more,
  });
}

Deno.test("Flux is sent what Deepgram's own library sends", () => {
  const { url, headers } = connection({ key: "KEY", address }, speech);
  assertEquals(url, `wss://api.deepgram.com${golden.path}&eot_timeout_ms=5000`);
  assertEquals(headers, { authorization: golden.authorization });
  assertEquals([closeMessage], golden.later);
  assertEquals(JSON.parse(forceMessage), { type: "ForceEndTurn" });
});

Deno.test("connection() repeats hints and terms, and leaves out terms that are not plain", () => {
  const glossary = { "lane change": "x", "a, b": "x", " ": "x", Parley: "Parley" };
  const query = new URL(connection({ key: "K", address }, { ...speech, hints: ["en", "es"], glossary }).url)
    .searchParams;
  assertEquals(query.getAll("language_hint"), ["en", "es"]);
  assertEquals(query.getAll("keyterm"), ["lane change", "Parley"]);
});

Deno.test("connection() gives no more terms than Flux takes", () => {
  const glossary = Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`term${index}`, "x"]));
  const query = new URL(connection({ key: "K", address }, { ...speech, glossary }).url).searchParams;
  assertEquals(query.getAll("keyterm").length, 100);
});

Deno.test("readMessage() gives the turn with the times of its words", () => {
  assertEquals(readMessage(turn({ languages: ["es", "en"], brand_new: 1 })), {
    index: 3,
    words: [
      { text: "one", startMs: 1250, endMs: 1500, timing: "measured" },
      { text: "two", startMs: 1500, endMs: 1750, timing: "measured" },
    ],
    state: "updated",
    forced: false,
    heardToMs: 2000,
    languages: ["es", "en"],
  });
});

Deno.test("readMessage() says the same whatever was known before, and takes words that are said again as they are", () => {
  const time = fc.oneof(fc.constantFrom(1.25, 1.5, 1.75), fc.constant(null));
  const word = fc.record({
    word: fc.constantFrom("one", "two", "two three", "", "tw"),
    start: time,
    end: time,
  });
  const all = fc.array(word, { maxLength: 5 });
  fc.assert(fc.property(all, all, fc.nat(5), (before, after, same) => {
    const known = readMessage(turn({ words: before }))!.words;
    const words = [...before.slice(0, same), ...after];
    assertEquals(readMessage(turn({ words }), known), readMessage(turn({ words })));
  }));
  const known = readMessage(turn())!.words;
  assertStrictEquals(readMessage(turn(), known)!.words[1], known[1]);
  for (
    const wrong of [{ word: 1, start: 1.25, end: 1.5 }, { word: "one", start: "1.25", end: 1.5 }, "one", null]
  ) {
    assertThrows(() => readMessage(turn({ words: [wrong] }), known), PipelineError);
  }
});

Deno.test("readMessage() shares the time out where words come without", () => {
  const words = [{ word: "one" }, { word: "two", start: 1.5, end: 1.75 }];
  const estimated = readMessage(turn({ words }))!.words;
  assertEquals(estimated.map(({ text, timing }) => [text, timing]), [["one", "estimated"], [
    "two",
    "estimated",
  ]]);
  assertEquals([estimated[0]!.startMs, estimated[1]!.endMs], [1000, 2000]);
});

Deno.test("readMessage() takes an early end of a turn for an update, since it may be taken back", () => {
  const states = ["StartOfTurn", "Update", "EagerEndOfTurn", "TurnResumed", "EndOfTurn", "BrandNew"]
    .map((event) => readMessage(turn({ event }))!.state);
  assertEquals(states, ["started", "updated", "updated", "updated", "ended", "updated"]);
});

Deno.test("readMessage() tells a turn that was ended from one that has ended by itself", () => {
  const forced = ["manual", "model", "timeout", "brand_new", undefined]
    .map((trigger) => readMessage(turn({ event: "EndOfTurn", trigger }))!.forced);
  assertEquals(forced, [true, false, false, false, false]);
});

Deno.test("readMessage() lets pass what it does not know", () => {
  assertEquals(
    readMessage(JSON.stringify({ type: "Connected", request_id: "x", sequence_id: 0 })),
    undefined,
  );
  assertEquals(readMessage(JSON.stringify({ type: "BrandNew", words: 7 })), undefined);
});

Deno.test("readMessage() turns Flux's errors into ours", () => {
  const kinds = ["UNPARSABLE_CLIENT_MESSAGE", "INTERNAL_SERVER_ERROR", undefined].map((code) => {
    const message = JSON.stringify({ type: "Error", sequence_id: 1, code, description: "a secret" });
    const error = assertThrows(() => readMessage(message), PipelineError);
    assert(!error.message.includes("secret"));
    return error.kind;
  });
  assertEquals(kinds, ["invalid_request", "unavailable", "unavailable"]);
});

Deno.test("readMessage() gives a turn, nothing, or our error, whatever comes", () => {
  const values = fc.oneof(
    fc.string(),
    fc.json(),
    fc.json().map((words) => turn({ words: JSON.parse(words) })),
  );
  fc.assert(fc.property(values, (message) => {
    try {
      readMessage(message);
    } catch (error) {
      assertInstanceOf(error, PipelineError);
    }
  }));
});
