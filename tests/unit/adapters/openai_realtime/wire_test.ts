import { assert, assertEquals, assertInstanceOf } from "@std/assert";
import * as fc from "fast-check";
import { readMessage } from "../../../../adapters/openai_realtime/wire.ts";
import { PipelineError } from "../../../../pipeline/error.ts";

const transcription = "conversation.item.input_audio_transcription";

Deno.test("readMessage() reads what the server says", () => {
  for (
    const [message, expected] of [
      [{ type: "session.updated", session: {} }, { type: "updated" }],
      [{ type: "input_audio_buffer.cleared" }, { type: "cleared" }],
      [{ type: "input_audio_buffer.speech_started", item_id: "a", audio_start_ms: 7 }, {
        type: "started",
        item: "a",
        atMs: 7,
      }],
      [{ type: "input_audio_buffer.speech_stopped", item_id: "a", audio_end_ms: 9 }, {
        type: "stopped",
        item: "a",
        atMs: 9,
      }],
      [{ type: "input_audio_buffer.committed", item_id: "b", previous_item_id: "a" }, {
        type: "committed",
        item: "b",
        after: "a",
      }],
      [{ type: "input_audio_buffer.committed", item_id: "a", previous_item_id: null }, {
        type: "committed",
        item: "a",
        after: undefined,
      }],
      [{ type: `${transcription}.delta`, item_id: "a", content_index: 0 }, {
        type: "delta",
        item: "a",
        text: "",
      }],
      [{
        type: `${transcription}.completed`,
        item_id: "a",
        transcript: "x",
        languages: [{ code: "es" }],
        usage: { type: "tokens", total_tokens: 7 },
      }, { type: "completed", item: "a", text: "x", language: "es", usage: { tokens: 7 } }],
      [{
        type: `${transcription}.completed`,
        item_id: "a",
        transcript: "",
        usage: { type: "duration", seconds: 1.5 },
      }, {
        type: "completed",
        item: "a",
        text: "",
        language: undefined,
        usage: { audioMs: 1500 },
      }],
      [{ type: `${transcription}.failed`, item_id: "a", error: { message: "x" } }, {
        type: "failed",
        item: "a",
        kind: "unavailable",
      }],
      [{ type: "error", error: { type: "invalid_request_error", code: "session_expired" } }, {
        type: "failed",
        kind: "session_limit",
      }],
      [{ type: "error", error: { type: "invalid_request_error", code: "input_audio_buffer_commit_empty" } }, {
        type: "failed",
        kind: "invalid_request",
      }],
      [{ type: "rate_limits.updated", rate_limits: [] }, undefined],
    ] as const
  ) {
    assertEquals<unknown>(readMessage(JSON.stringify(message)), expected);
  }
  assertEquals(readMessage(new Uint8Array(3)), undefined);
});

Deno.test("readMessage() takes anything for a message, or fails as an adapter does", () => {
  const types = fc.constantFrom(
    "session.updated",
    "input_audio_buffer.speech_started",
    "input_audio_buffer.committed",
    `${transcription}.delta`,
    `${transcription}.completed`,
    `${transcription}.failed`,
    "error",
    "new",
  );
  const message = fc.oneof(
    fc.string(),
    fc.json(),
    fc.tuple(
      types,
      fc.dictionary(fc.constantFrom("item_id", "delta", "transcript", "error", "usage"), fc.jsonValue()),
    )
      .map(([type, more]) => JSON.stringify({ type, ...more })),
  );
  fc.assert(fc.property(message, (text) => {
    try {
      readMessage(text);
    } catch (error) {
      assertInstanceOf(error, PipelineError);
      assert(error.kind === "internal");
    }
  }));
});
