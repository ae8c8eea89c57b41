import { assertEquals } from "@std/assert";
import { type CartesiaOptions, cartesiaSynthesizer } from "../../adapters/cartesia/mod.ts";
import { codeOf } from "../../adapters/cartesia/wire.ts";
import { conformSpeechSynthesizer } from "../conformance/speech_synthesizer.ts";
import { cartesiaServer } from "../support/contract/cartesia.ts";
import { scenarioKey, withScenario } from "../support/contract/scenario.ts";
import { failSocket } from "../support/contract/socket_failures.ts";
import { voiceOptions } from "../support/contract/synthesizer_failures.ts";

const create = (address: string, options: Partial<CartesiaOptions> = {}) =>
  cartesiaSynthesizer({
    key: scenarioKey,
    address,
    model: "sonic-3.5",
    voices: ["voice1"],
    languages: ["en", "es"],
    concurrency: 2,
    ...options,
  });

conformSpeechSynthesizer("cartesia", () => ({
  create() {
    const server = cartesiaServer();
    return withScenario(create(server.address), server);
  },
  options: voiceOptions,
  text: "one two three four five six seven eight nine ten eleven",
  short: "one two",
  patienceMs: 10_000,
}));

const error = { type: "error", title: "x", message: "x" };

failSocket({
  name: "cartesia",
  server: cartesiaServer,
  create,
  route: "/tts/websocket",
  contexts: 2,
  idleMs: 300_000,
  pause: { ms: 900, over: (message) => message.includes('"type":"done"') },
  errors: [
    [{ ...error, status_code: 400, error_code: "voice_not_found", context_id: "c1" }, "invalid_request"],
    [{ ...error, status_code: 402, error_code: "quota_exceeded" }, "quota_exhausted"],
    [{ ...error, status_code: 429, error_code: "concurrency_limited", context_id: "c1" }, "concurrency"],
    [{ ...error, status_code: 500 }, "unavailable"],
  ],
  cancelled: (message) => message["cancel"] === true ? message["context_id"] : undefined,
  badAudio: { type: "chunk", data: "*", context_id: "c1", done: false, status_code: 206, step_time: 0 },
});

Deno.test("cartesia's codes are its own where it has some", () => {
  assertEquals(["es-MX", "nb", "fil"].map(codeOf), ["es", "no", "tl"]);
});
