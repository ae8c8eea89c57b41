import { encodeBase64 } from "@std/encoding";
import { contractOf, publishedContract, publishedDocument } from "./published.ts";
import { type Recorded, scenarioKey, ScenarioServer } from "./scenario.ts";
import { ToneSpeech } from "./tone_speech.ts";

const checkTranslate = publishedContract("google/translate-v2.extract.json")?.closed(
  "/schemas/TranslateTextRequest",
);
const protos = publishedDocument("google/texttospeech.v1.extract.json") as
  | { readonly nested: Readonly<Record<string, ProtoMessage>> }
  | undefined;
const checkSynthesize = protos &&
  contractOf(schemasOf(protos.nested), "google").closed("/SynthesizeSpeechRequest");

interface ProtoMessage {
  readonly fields?: Readonly<Record<string, { readonly type: string; readonly rule?: string }>>;
  readonly values?: Readonly<Record<string, number>>;
}

/** Messages of protocol buffers as the JSON that stands for them. */
function schemasOf(messages: Readonly<Record<string, ProtoMessage>>): Record<string, unknown> {
  const typeOf = (type: string) => {
    if (type === "string" || type === "bytes") return { type: "string" };
    if (type === "bool") return { type: "boolean" };
    if (/^(double|float|u?int\d+)$/.test(type)) return { type: "number" };
    return messages[type] ? { $ref: `#/${type}` } : {};
  };
  return Object.fromEntries(
    Object.entries(messages).map(([name, { fields, values }]) => [
      name,
      values ? { enum: Object.keys(values) } : {
        type: "object",
        properties: Object.fromEntries(
          Object.entries(fields ?? {}).map(([field, { type, rule }]) => [
            field,
            rule === "repeated" ? { type: "array", items: typeOf(type) } : typeOf(type),
          ]),
        ),
      },
    ]),
  );
}

function refuseKey({ headers, path }: Recorded, server: ScenarioServer): Response | undefined {
  if (new URL(path, "http://x").searchParams.has("key")) server.object("the key stands in the address");
  if (headers.get("x-goog-api-key") === scenarioKey) return undefined;
  const error = {
    code: 400,
    message: "x",
    status: "INVALID_ARGUMENT",
    details: [{ reason: "API_KEY_INVALID" }],
  };
  return Response.json({ error }, { status: 400 });
}

/** A stand-in for Google's Cloud Translation: "translates" each word into itself behind the target's code. */
export function googleTranslateServer(): ScenarioServer {
  const languages = ["en", "es", "no", "pt", "pt-PT", "zh-CN", "zh-TW"].map((language) => ({ language }));
  return new ScenarioServer((request, server) => {
    const refused = refuseKey(request, server);
    if (refused) return refused;
    if (request.method === "GET" && request.path === "/language/translate/v2/languages") {
      return Response.json({ data: { languages } });
    }
    if (request.method !== "POST" || request.path !== "/language/translate/v2") {
      return new Response("", { status: 404 });
    }
    const message = JSON.parse(request.body);
    server.object(...checkTranslate?.(message) ?? []);
    if (message.format !== "text") server.object("the format is not text: the answer would be HTML");
    if (!languages.some(({ language }) => language === message.target)) {
      server.object(`unknown target: ${message.target}`);
    }
    const translations = message.q.map((q: string) => ({
      translatedText: q.replaceAll(/\S+/g, `${message.target}:$&`),
    }));
    return Response.json({ data: { translations } });
  });
}

/** A stand-in for Google's Cloud Text-to-Speech: says a tone as long as the text. */
export function googleSpeechServer(): ScenarioServer {
  return new ScenarioServer((request, server) => {
    const refused = refuseKey(request, server);
    if (refused) return refused;
    if (request.method === "GET" && request.path.startsWith("/v1/voices")) {
      return Response.json({ voices: [] });
    }
    if (request.method !== "POST" || request.path !== "/v1/text:synthesize") {
      return new Response("", { status: 404 });
    }
    const message = JSON.parse(request.body);
    server.object(...checkSynthesize?.(message) ?? []);
    const { audioEncoding, sampleRateHertz, speakingRate = 1 } = message.audioConfig;
    if (audioEncoding !== "PCM") server.object("the encoding has a header");
    if (speakingRate < 0.25 || speakingRate > 2) server.object(`the speed is ${speakingRate}`);
    if (new TextEncoder().encode(message.input.text).length > 5000) {
      return new Response("{}", { status: 400 });
    }
    const bytes = new ToneSpeech(sampleRateHertz, speakingRate).say(message.input.text);
    return Response.json({ audioContent: encodeBase64(bytes) });
  });
}
