import { assert, assertEquals, assertInstanceOf, assertThrows } from "@std/assert";
import fc from "fast-check";
import {
  codeOf,
  connection,
  endMessage,
  finalizeMessage,
  keepaliveMessage,
  readMessage,
  startMessage,
} from "../../../../adapters/soniox/wire.ts";
import { PipelineError } from "../../../../pipeline/error.ts";
import golden from "../../../fixtures/golden/soniox.json" with { type: "json" };

const speech = {
  model: "stt-rt-v5",
  languages: ["en"],
  rate: 16_000,
  glossary: {},
  sensitivity: 0,
  endpointMs: 1000,
};

function result(tokens: readonly object[], more: object = {}): string {
  return JSON.stringify({ tokens, final_audio_proc_ms: 0, total_audio_proc_ms: 500, ...more });
}

Deno.test("Soniox is sent what its own library sends, but the key in a header", () => {
  const { url, headers } = connection({ key: "KEY", address: "https://stt-rt.soniox.com" });
  assertEquals(url, `wss://stt-rt.soniox.com${golden.path}`);
  assertEquals(headers, { authorization: "Bearer KEY" });
  const ours = JSON.parse(startMessage({ ...speech, target: "es" }));
  const { language_hints_strict, max_endpoint_delay_ms, ...usual } = ours;
  const { api_key, ...theirs } = golden.first;
  assertEquals([usual, api_key], [theirs, "KEY"]);
  assertEquals({ language_hints_strict, max_endpoint_delay_ms }, {
    language_hints_strict: true,
    max_endpoint_delay_ms: 1000,
  });
  assertEquals([finalizeMessage, keepaliveMessage, endMessage], golden.later);
});

Deno.test("startMessage() has the language identified where there are several", () => {
  assert(JSON.parse(startMessage({ ...speech, languages: ["en", "es"] })).enable_language_identification);
  assert(!("enable_language_identification" in JSON.parse(startMessage(speech))));
});

Deno.test("startMessage() gives the glossary's terms, and their translations where there is one", () => {
  const glossary = { Parley: "Parley", lane: "carril" };
  assertEquals(JSON.parse(startMessage({ ...speech, glossary })).context, { terms: ["Parley", "lane"] });
  assertEquals(JSON.parse(startMessage({ ...speech, glossary, target: "es" })).context, {
    terms: ["Parley", "lane"],
    translation_terms: [{ source: "Parley", target: "Parley" }, { source: "lane", target: "carril" }],
  });
});

Deno.test("startMessage() gives no more terms than Soniox takes", () => {
  const glossary = Object.fromEntries(Array.from({ length: 2000 }, (_, index) => [`"term" ${index}`, "x"]));
  for (const target of [undefined, "es"]) {
    const { context } = JSON.parse(startMessage({ ...speech, glossary, target }));
    assert(JSON.stringify(context).length < 10_000, `${JSON.stringify(context).length} characters`);
    assert(context.terms.length > 50);
  }
});

Deno.test("codeOf() gives the codes that Soniox has for other tags", () => {
  assertEquals(["nb", "fil", "zh-Hant", "pt-BR", "en"].map(codeOf), ["no", "tl", "zh", "pt", "en"]);
});

Deno.test("readMessage() parts the tokens at the marks and tells what was translated", () => {
  const { parts, translation, heardToMs, finished } = readMessage(result([
    { text: " wor", start_ms: 100, end_ms: 200, confidence: 1, is_final: true, language: "en" },
    { text: " MUN", is_final: true, translation_status: "translation", language: "es", confidence: 0.9 },
    { text: "ld", confidence: 1, is_final: true, translation_status: "original" },
    { text: "<end>", confidence: 1, is_final: true },
    { text: "DO", is_final: true, translation_status: "translation" },
    { text: " ne", is_final: false, confidence: 0.5 },
    { text: "?", is_final: false, translation_status: "translation" },
    { text: "", is_final: true },
  ]));
  assertEquals(parts, [
    {
      tokens: [
        { text: " wor", startMs: 100, endMs: 200, final: true, language: "en" },
        { text: "ld", final: true, language: undefined },
      ],
      end: "ended",
    },
    { tokens: [{ text: " ne", final: false, language: undefined }], end: undefined },
  ]);
  assertEquals([translation, heardToMs, finished], [{ append: " MUNDO", tentative: "?" }, 500, false]);
});

Deno.test("readMessage() lets pass what it does not know", () => {
  const message = JSON.stringify({ brand_new: [1], type: "something" });
  assertEquals(readMessage(message).parts, [{ tokens: [], end: undefined }]);
  assert(readMessage(result([], { finished: true, brand_new: {} })).finished);
});

Deno.test("readMessage() turns Soniox's errors into ours", () => {
  const kinds = [400, 401, 402, 408, 429, 500, 503, "401"].map((code) => {
    const message = JSON.stringify({ error_code: code, error_message: "a secret" });
    const error = assertThrows(() => readMessage(message), PipelineError);
    assert(!error.message.includes("secret"));
    return error.kind;
  });
  assertEquals(kinds, [
    "invalid_request",
    "unauthenticated",
    "quota_exhausted",
    "timeout",
    "rate_limited",
    "unavailable",
    "unavailable",
    "unauthenticated",
  ]);
});

Deno.test("readMessage() gives a result or our error, whatever comes", () => {
  const values = fc.oneof(fc.string(), fc.json(), fc.json().map((tokens) => `{"tokens":${tokens}}`));
  fc.assert(fc.property(values, (message) => {
    try {
      readMessage(message);
    } catch (error) {
      assertInstanceOf(error, PipelineError);
    }
  }));
});
