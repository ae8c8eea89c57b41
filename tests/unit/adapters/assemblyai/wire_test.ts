import { assertEquals, assertInstanceOf, assertStrictEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import {
  closing,
  connection,
  forceEndpointMessage,
  readMessage,
  terminateMessage,
} from "../../../../adapters/assemblyai/wire.ts";
import { PipelineError } from "../../../../pipeline/error.ts";
import type { Word } from "../../../../pipeline/ports.ts";
import golden from "../../../fixtures/golden/socket_recognizers.json" with { type: "json" };

const address = "https://streaming.assemblyai.com";
const speech = {
  model: "universal-streaming-multilingual",
  rate: 16_000,
  languages: ["en"],
  formatted: true,
  silenceMs: 400,
  longestSilenceMs: 1280,
  glossary: { "a b": "c" },
};

Deno.test("AssemblyAI is sent what its own library sends", () => {
  const { url, headers } = connection({ key: "KEY", address }, speech);
  assertEquals(headers, golden["assemblyai connection"].headers);
  const ours = new URL(url);
  const theirs = new URL(golden["assemblyai connection"].ws, address);
  assertEquals([ours.protocol, ours.host, ours.pathname], ["wss:", theirs.host, theirs.pathname]);
  for (const [key, value] of theirs.searchParams) assertEquals(ours.searchParams.get(key), value, key);
  const frames = golden["assemblyai frames"].map((frame) => JSON.stringify(frame));
  assertEquals(
    [forceEndpointMessage, terminateMessage].filter((message) => frames.includes(message)).length,
    2,
  );
});

Deno.test("connection() has the language detected where there are several, and leaves out terms that are too long", () => {
  const { url } = connection({ key: "KEY", address }, {
    ...speech,
    languages: ["en", "es"],
    glossary: { ["x".repeat(51)]: "y", short: "z" },
  });
  const { searchParams } = new URL(url);
  assertEquals(searchParams.get("language_detection"), "true");
  assertEquals(searchParams.get("keyterms_prompt"), '["short"]');
});

Deno.test("readMessage() takes an error for what its code means, and tells nothing that stands in it", () => {
  const cases = [
    [1008, "Unauthorized Connection: Missing Authorization header", "unauthenticated"],
    [1008, "Unauthorized Connection: insufficient account balance", "quota_exhausted"],
    [1008, "Unauthorized Connection: Too many concurrent sessions", "concurrency"],
    [1008, "Too many new sessions", "rate_limited"],
    [3005, "Session Cancelled: An error occurred", "unavailable"],
    [3006, "Invalid JSON: secret", "invalid_request"],
    [3007, "Audio Transmission Rate Exceeded", "invalid_request"],
    [3008, "Session Expired", "session_limit"],
    [3009, "Too many concurrent sessions", "concurrency"],
  ] as const;
  for (const [code, error, kind] of cases) {
    const said = readMessage(JSON.stringify({ type: "Error", error_code: code, error }));
    assertEquals(said?.type, "error");
    assertInstanceOf(said?.type === "error" && said.error, PipelineError);
    assertEquals(said?.type === "error" && [said.error.kind, said.error.message.includes("secret")], [
      kind,
      false,
    ]);
    assertEquals(closing(code, error) ?? "unavailable", kind);
  }
});

Deno.test("readMessage() gives a message or a PipelineError, whatever comes", () => {
  const noise = fc.oneof(
    fc.string(),
    fc.json(),
    fc.record({
      type: fc.constantFrom("Begin", "Turn", "SpeechStarted", "Termination", "Error", "Silence", "News"),
      words: fc.anything(),
      turn_order: fc.anything(),
      end_of_turn: fc.anything(),
      timestamp: fc.anything(),
    }, { requiredKeys: ["type"] }).map((message) => JSON.stringify(message)),
  );
  fc.assert(fc.property(noise, (message) => {
    try {
      readMessage(message);
    } catch (error) {
      assertInstanceOf(error, PipelineError);
    }
  }));
});

Deno.test("readMessage() says the same whatever was known before, and takes words that are said again as they are", () => {
  const turn = (words: readonly unknown[]) =>
    JSON.stringify({ type: "Turn", turn_order: 1, end_of_turn: false, words });
  const wordsOf = (message: string, known: readonly Word[] = []) => {
    const said = readMessage(message, known);
    return said?.type === "turn" ? said.words : [];
  };
  const time = fc.constantFrom(100, 200, 300);
  const word = fc.record({
    text: fc.constantFrom("one", " one", "two", " ", ""),
    start: time,
    end: time,
    word_is_final: fc.boolean(),
  }, { requiredKeys: ["text", "start", "end"] });
  const all = fc.array(word, { maxLength: 5 });
  fc.assert(fc.property(all, all, fc.nat(5), (before, after, same) => {
    const known = wordsOf(turn(before));
    const words = [...before.slice(0, same), ...after];
    assertEquals(readMessage(turn(words), known), readMessage(turn(words)));
  }));
  const one = { text: "one", start: 100, end: 200, word_is_final: false };
  const known = wordsOf(turn([one]));
  assertStrictEquals(wordsOf(turn([{ ...one, word_is_final: true }]), known)[0], known[0]);
  for (
    const wrong of [
      { ...one, text: 1 },
      { ...one, start: "100" },
      { ...one, word_is_final: "no" },
      "one",
      null,
    ]
  ) {
    assertThrows(() => readMessage(turn([wrong]), known), PipelineError);
  }
});

Deno.test("readMessage() refuses a turn that is none", () => {
  assertThrows(() => readMessage('{"type":"Turn","turn_order":"first"}'), PipelineError);
});
