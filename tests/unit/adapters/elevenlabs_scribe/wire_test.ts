import { assertEquals, assertInstanceOf, assertThrows } from "@std/assert";
import fc from "fast-check";
import {
  audioMessage,
  codeOf,
  commitMessage,
  connection,
  readMessage,
} from "../../../../adapters/elevenlabs_scribe/wire.ts";
import { PipelineError } from "../../../../pipeline/error.ts";
import golden from "../../../fixtures/golden/socket_recognizers.json" with { type: "json" };

const address = "https://api.elevenlabs.io";
const speech = { model: "scribe_v2_realtime", language: "en", rate: 16_000, silenceMs: 500, glossary: {} };

Deno.test("Scribe is sent what ElevenLabs' own library sends, but that pauses commit", () => {
  const { url, headers } = connection({ key: "KEY", address }, speech);
  assertEquals(headers, golden["scribe connection"].headers);
  const ours = new URL(url);
  const theirs = new URL(golden["scribe connection"].ws, address);
  assertEquals([ours.protocol, ours.pathname], ["wss:", theirs.pathname]);
  const { commit_strategy, vad_silence_threshold_secs, ...query } = Object.fromEntries(ours.searchParams);
  const { commit_strategy: _, ...usual } = Object.fromEntries(theirs.searchParams);
  assertEquals(query, usual);
  assertEquals([commit_strategy, vad_silence_threshold_secs], ["vad", "0.5"]);
  const frames = golden["scribe frames"].map((frame) => JSON.stringify(frame));
  assertEquals([audioMessage(new Uint8Array(3), 16_000), commitMessage(16_000)], frames);
});

Deno.test("connection() leaves the language out where there are several, and terms that are too long", () => {
  const glossary = { ["x".repeat(21)]: "y", short: "z", shorter: "z" };
  const { url } = connection({ key: "KEY", address }, { ...speech, language: undefined, glossary });
  const { searchParams } = new URL(url);
  assertEquals([searchParams.has("language_code"), searchParams.getAll("keyterms")], [false, [
    "short",
    "shorter",
  ]]);
});

Deno.test("Scribe's codes are its own where it has some", () => {
  assertEquals(["es-MX", "nb", "fil"].map(codeOf), ["es", "no", "fil"]);
});

Deno.test("readMessage() knows all errors of Scribe, and that a commit of too little is none", () => {
  const cases = [
    ["error", "unavailable"],
    ["auth_error", "unauthenticated"],
    ["quota_exceeded", "quota_exhausted"],
    ["transcriber_error", "unavailable"],
    ["unaccepted_terms", "unauthenticated"],
    ["rate_limited", "rate_limited"],
    ["input_error", "invalid_request"],
    ["invalid_request", "invalid_request"],
    ["queue_overflow", "overloaded"],
    ["resource_exhausted", "overloaded"],
    ["session_time_limit_exceeded", "session_limit"],
    ["chunk_size_exceeded", "invalid_request"],
    ["insufficient_audio_activity", "session_limit"],
  ] as const;
  for (const [type, kind] of cases) {
    const said = readMessage(JSON.stringify({ message_type: type, error: "a secret" }));
    assertInstanceOf(said?.type === "error" && said.error, PipelineError);
    assertEquals(said?.type === "error" && [said.error.kind, said.error.message.includes("secret")], [
      kind,
      false,
    ]);
  }
  assertEquals(readMessage('{"message_type":"commit_throttled","error":"x"}'), { type: "throttled" });
  assertEquals(readMessage('{"message_type":"constructor","error":"x"}'), undefined);
});

Deno.test("readMessage() gives a message or a PipelineError, whatever comes", () => {
  const names = ["session_started", "partial_transcript", "committed_transcript", "news", "constructor"];
  const noise = fc.oneof(
    fc.string(),
    fc.json(),
    fc.record({
      message_type: fc.constantFrom(...names, "committed_transcript_with_timestamps"),
      text: fc.anything(),
      words: fc.anything(),
    }, { requiredKeys: ["message_type"] }).map((message) => JSON.stringify(message)),
  );
  fc.assert(fc.property(noise, (message) => {
    try {
      readMessage(message);
    } catch (error) {
      assertInstanceOf(error, PipelineError);
    }
  }));
  assertThrows(() => readMessage('{"message_type":"partial_transcript"}'), PipelineError);
});
