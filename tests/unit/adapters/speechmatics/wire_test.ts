import { assert, assertEquals, assertInstanceOf, assertThrows } from "@std/assert";
import fc from "fast-check";
import {
  closing,
  codeOf,
  connection,
  endMessage,
  readMessage,
  startMessage,
} from "../../../../adapters/speechmatics/wire.ts";
import { PipelineError } from "../../../../pipeline/error.ts";
import golden from "../../../fixtures/golden/socket_recognizers.json" with { type: "json" };

const address = "https://eu.rt.speechmatics.com";
const speech = {
  model: "enhanced",
  language: "en",
  rate: 16_000,
  delayMs: 700,
  silenceMs: 500,
  glossary: {},
  targets: [],
};

Deno.test("Speechmatics is sent what its own library sends, the key in a header", () => {
  const { url, headers } = connection({ key: "KEY", address });
  assertEquals(url, `wss://eu.rt.speechmatics.com${golden["speechmatics connection"].ws.split("?")[0]}`);
  assertEquals(headers, { authorization: "Bearer KEY" });
  const [start, end] = golden["speechmatics frames"];
  const { transcription_config: { model, conversation_config, ...config }, ...ours } = JSON.parse(
    startMessage({ ...speech, targets: ["es"] }),
  );
  assertEquals(config, start!.transcription_config);
  assertEquals({ model, conversation_config }, {
    model: "enhanced",
    conversation_config: { end_of_utterance_silence_trigger: 0.5 },
  });
  assertEquals(ours, {
    message: start!.message,
    audio_format: start!.audio_format,
    translation_config: start!.translation_config,
  });
  assert(!("translation_config" in JSON.parse(startMessage(speech))));
  assertEquals(endMessage(1), JSON.stringify(end));
});

Deno.test("startMessage() gives no more terms than Speechmatics takes", () => {
  const glossary = Object.fromEntries(Array.from({ length: 1500 }, (_, index) => [`term ${index}`, "x"]));
  const { transcription_config: { additional_vocab } } = JSON.parse(startMessage({ ...speech, glossary }));
  assertEquals([additional_vocab.length, additional_vocab[0]], [1000, "term 0"]);
});

Deno.test("Speechmatics' codes are its own where it has some", () => {
  assertEquals(["es-MX", "zh-Hans", "nb", "yue"].map(codeOf), ["es", "cmn", "no", "yue"]);
});

Deno.test("readMessage() takes an error for what its type means, and says how long to wait", () => {
  const cases = [
    ["not_authorised", "unauthenticated", undefined],
    ["invalid_language", "unsupported_language", undefined],
    ["invalid_config", "invalid_request", undefined],
    ["quota_exceeded", "concurrency", 5000],
    ["timelimit_exceeded", "quota_exhausted", undefined],
    ["session_timeout", "session_limit", undefined],
    ["job_error", "unavailable", 5000],
    ["unknown_error", "unavailable", 5000],
    ["some_new_error", "unavailable", 5000],
    ["constructor", "unavailable", 5000],
  ] as const;
  for (const [type, kind, retryAfterMs] of cases) {
    const said = readMessage(JSON.stringify({ message: "Error", type, reason: "a secret" }));
    assertInstanceOf(said?.type === "error" && said.error, PipelineError);
    assertEquals(
      said?.type === "error" &&
        [said.error.kind, said.error.retryAfterMs, said.error.message.includes("secret")],
      [kind, retryAfterMs, false],
    );
  }
  assertEquals([4001, 4004, 4005, 1011].map(closing), [
    "unauthenticated",
    "unsupported_language",
    "concurrency",
    undefined,
  ]);
});

Deno.test("readMessage() reads the sentences of a translation, and takes a warning that there will be none for an error", () => {
  const results = [{ content: " Hola. ", start_time: 1.5, end_time: 2, speaker: "S1" }];
  assertEquals(readMessage(JSON.stringify({ message: "AddPartialTranslation", language: "es", results })), {
    type: "translation",
    final: false,
    language: "es",
    sentences: [{ text: "Hola.", startMs: 1500, endMs: 2000 }],
  });
  const warning = (type: string) => readMessage(JSON.stringify({ message: "Warning", type, reason: "x" }));
  for (const type of ["unsupported_translation_pair", "empty_translation_target_list"]) {
    const said = warning(type);
    assertEquals(said?.type === "error" && said.error.kind, "unsupported_language");
  }
  assertEquals(warning("session_timeout"), undefined);
});

Deno.test("readMessage() gives a message or a PipelineError, whatever comes", () => {
  const names = [
    "RecognitionStarted",
    "AddTranscript",
    "AddPartialTranscript",
    "AddTranslation",
    "AddPartialTranslation",
    "EndOfUtterance",
    "Warning",
    "Error",
    "News",
  ];
  const noise = fc.oneof(
    fc.string(),
    fc.json(),
    fc.record({
      message: fc.constantFrom(...names),
      metadata: fc.anything(),
      results: fc.anything(),
      language: fc.anything(),
      type: fc.anything(),
    }, { requiredKeys: ["message"] }).map((message) => JSON.stringify(message)),
  );
  fc.assert(fc.property(noise, (message) => {
    try {
      readMessage(message);
    } catch (error) {
      assertInstanceOf(error, PipelineError);
    }
  }));
  assertThrows(() => readMessage('{"message":"AddTranscript"}'), PipelineError);
});
