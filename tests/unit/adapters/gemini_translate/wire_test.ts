import { assertEquals, assertInstanceOf, assertThrows } from "@std/assert";
import fc from "fast-check";
import {
  type GeminiEvent,
  kindOfClosing,
  readMessage,
  setupMessage,
} from "../../../../adapters/gemini_translate/wire.ts";
import { PipelineError } from "../../../../pipeline/error.ts";

const read = (message: object) => readMessage(new TextEncoder().encode(JSON.stringify(message)));

Deno.test("readMessage() says all that stands in a message of Gemini's, in bytes or as text", () => {
  const message = {
    serverContent: {
      inputTranscription: { text: " one", languageCode: "en" },
      outputTranscription: { text: " uno" },
      modelTurn: {
        role: "model",
        parts: [{ inlineData: { mimeType: "audio/pcm;rate=24000", data: "AAE=" } }, { text: "thought" }],
      },
      turnComplete: true,
    },
    usageMetadata: {
      promptTokensDetails: [{ modality: "AUDIO", tokenCount: 25 }, { modality: "TEXT", tokenCount: 9 }],
      responseTokensDetails: [{ modality: "AUDIO", tokenCount: 50 }, { modality: "AUDIO" }],
    },
    goAway: { timeLeft: "9.5s" },
  };
  const events: readonly GeminiEvent[] = [
    { type: "source", text: " one" },
    { type: "target", text: " uno" },
    { type: "audio", bytes: new Uint8Array([0, 1]) },
    { type: "usage", tokens: 75 },
    { type: "leaving", leftMs: 9500 },
  ];
  assertEquals(read(message), events);
  assertEquals(readMessage(JSON.stringify(message)), events);
  assertEquals(read({ setupComplete: {} }), [{ type: "ready" }]);
});

Deno.test("readMessage() takes a farewell without a time for one at once, and what is new for nothing", () => {
  for (const goAway of [{}, { timeLeft: "soon" }, { timeLeft: "-3s" }]) {
    assertEquals(read({ goAway }), [{ type: "leaving", leftMs: 0 }]);
  }
  const empty = { inputTranscription: { text: "" }, outputTranscription: {}, interrupted: true };
  for (const message of [{}, { somethingNew: 1 }, { serverContent: {} }, { serverContent: empty }]) {
    assertEquals(read(message), []);
  }
});

Deno.test("readMessage() gives events of what is JSON or not, or an error of ours", () => {
  const some = fc.oneof(
    fc.json(),
    fc.string(),
    fc.record({ serverContent: fc.anything(), usageMetadata: fc.anything(), goAway: fc.anything() })
      .map((message) => JSON.stringify(message, (_, value) => typeof value === "bigint" ? 0 : value) ?? ""),
  );
  fc.assert(fc.property(some, (text) => {
    try {
      assertEquals(Array.isArray(readMessage(text)), true);
    } catch (error) {
      assertInstanceOf(error, PipelineError);
    }
  }));
  const audio = (mimeType: string) => ({
    serverContent: { modelTurn: { parts: [{ inlineData: { mimeType } }] } },
  });
  for (const mimeType of ["audio/pcm;rate=16000", "audio/mpeg", "image/png"]) {
    assertThrows(() => read(audio(mimeType)), PipelineError);
  }
});

Deno.test("setupMessage() names the model in full, and wants a transcript where it is needed", () => {
  const access = { address: "", key: "secret" };
  const wish = { language: "es", transcribes: false };
  const { setup } = JSON.parse(setupMessage({ ...access, model: "m" }, wish));
  assertEquals([setup.model, setup.inputAudioTranscription], ["models/m", undefined]);
  const full = setupMessage({ ...access, model: "tunedModels/m" }, { ...wish, transcribes: true });
  assertEquals(JSON.parse(full).setup.model, "tunedModels/m");
  assertEquals(JSON.parse(full).setup.inputAudioTranscription, {});
  assertEquals(full.includes("secret"), false);
});

Deno.test("kindOfClosing() leaves codes without a telling reason to their usual meaning, but for 1008", () => {
  assertEquals([1000, 1008, 1011].map((code) => kindOfClosing(code, "")), [
    undefined,
    "invalid_request",
    undefined,
  ]);
});
