import { contractOf, publishedContract } from "./published.ts";
import { scenarioKey, ScenarioServer } from "./scenario.ts";
import { bodyOf, oddPieces, ToneSpeech } from "./tone_speech.ts";

const checks = {
  openai: publishedContract("openai/audio-chat.json")?.closed("/components/schemas/CreateSpeechRequest"),
  speaches: publishedContract("speaches/openapi.json")?.closed("/components/schemas/CreateSpeechRequestBody"),
};
/** What is known without the published ones: every field that is sent. */
const checkShape = contractOf({
  request: {
    type: "object",
    required: ["model", "input", "voice", "response_format"],
    properties: {
      model: { type: "string" },
      input: { type: "string", maxLength: 4096 },
      voice: { type: "string" },
      response_format: { const: "pcm" },
      speed: { type: "number", minimum: 0.25, maximum: 4 },
      sample_rate: { type: "integer", minimum: 8000, maximum: 48000 },
    },
  },
}, "speech").closed("/request");

/** A stand-in for a server with OpenAI's speech route: says a tone as long as the text, in pieces of odd lengths. */
export function speechServer(
  { dialect = "openai" }: { readonly dialect?: "openai" | "speaches" } = {},
): ScenarioServer {
  return new ScenarioServer((request, server) => {
    if (request.headers.get("authorization") !== `Bearer ${scenarioKey}`) {
      return Response.json({
        error: { message: "x", type: "invalid_request_error", param: null, code: "invalid_api_key" },
      }, { status: 401 });
    }
    if (request.method === "GET" && request.path === "/models") {
      return Response.json({ object: "list", data: [] });
    }
    if (request.method !== "POST" || request.path !== "/audio/speech") {
      return new Response("", { status: 404 });
    }
    const message = JSON.parse(request.body);
    server.object(...checkShape(message), ...checks[dialect]?.(message) ?? []);
    if (dialect === "openai" && "sample_rate" in message) server.object("OpenAI has no sample_rate");
    // Without a rate, speaches gives that of the voice.
    const rate = message.sample_rate ?? (dialect === "openai" ? 24_000 : 22_050);
    const bytes = new ToneSpeech(rate, message.speed ?? 1).say(message.input);
    return new Response(bodyOf(oddPieces(bytes)), { headers: { "content-type": "audio/pcm" } });
  });
}
