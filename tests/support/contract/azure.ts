import { contractOf } from "./published.ts";
import { scenarioKey, ScenarioServer } from "./scenario.ts";
import { bodyOf, oddPieces, ToneSpeech } from "./tone_speech.ts";

/** The bodies of the published examples (Azure/azure-rest-api-specs), as far as they are sent. */
const contract = contractOf({
  "3.0": {
    type: "array",
    minItems: 1,
    maxItems: 1000,
    items: { type: "object", required: ["text"], properties: { text: { type: "string" } } },
  },
  "2026-06-06": {
    type: "object",
    required: ["inputs"],
    properties: {
      inputs: {
        type: "array",
        items: {
          type: "object",
          required: ["text", "targets"],
          properties: {
            text: { type: "string" },
            language: { type: "string" },
            targets: {
              type: "array",
              items: { type: "object", required: ["language"], properties: { language: { type: "string" } } },
            },
          },
        },
      },
    },
  },
}, "azure");
const checks = { "3.0": contract.closed("/3.0"), "2026-06-06": contract.closed("/2026-06-06") };

const codes = ["en", "es", "nb", "pt", "pt-pt", "zh-Hans", "zh-Hant"];

/** A stand-in for Azure's translator, in both versions: "translates" each word into itself behind the target's code. */
export function azureTranslateServer(): ScenarioServer {
  return new ScenarioServer(({ method, path, headers, body }, server) => {
    const { pathname, searchParams } = new URL(path, "http://x");
    const version = searchParams.get("api-version");
    if (version !== "3.0" && version !== "2026-06-06") return new Response("{}", { status: 400 });
    if (method === "GET" && pathname === "/languages") {
      return Response.json({ translation: Object.fromEntries(codes.map((code) => [code, { name: code }])) });
    }
    if (method !== "POST" || pathname !== "/translate") return new Response("{}", { status: 404 });
    if (
      headers.get("ocp-apim-subscription-key") !== scenarioKey ||
      headers.get("ocp-apim-subscription-region") !== "testregion"
    ) {
      return Response.json({ error: { code: 401000, message: "x" } }, { status: 401 });
    }
    const message = JSON.parse(body);
    server.object(...checks[version](message));
    const marked = (text: string, to: string) => text.replaceAll(/\S+/g, `${to}:$&`);
    if (version === "3.0") {
      const [from, to] = [searchParams.get("from") ?? "", searchParams.get("to") ?? ""];
      if (!codes.includes(from) || !codes.includes(to)) server.object(`unknown codes: ${from}, ${to}`);
      return Response.json([{ translations: [{ to, text: marked(message[0].text, to) }] }]);
    }
    const [{ text, targets: [{ language }] }] = message.inputs;
    return Response.json({ value: [{ translations: [{ language, text: marked(text, language) }] }] });
  });
}

/** A stand-in for Azure's voices: says a tone as long as the text. */
export function azureSpeechServer(): ScenarioServer {
  return new ScenarioServer(({ method, path, headers, body }, server) => {
    if (headers.get("ocp-apim-subscription-key") !== scenarioKey) return new Response("", { status: 401 });
    if (method === "GET" && path === "/cognitiveservices/voices/list") return Response.json([]);
    if (method !== "POST" || path !== "/cognitiveservices/v1") return new Response("", { status: 404 });
    if (headers.get("content-type") !== "application/ssml+xml") return new Response("", { status: 415 });
    if (!headers.get("user-agent")) server.object("there is no user agent");
    const rate = { "raw-24khz-16bit-mono-pcm": 24_000 }[headers.get("x-microsoft-outputformat") ?? ""];
    const [, language, voice, inner] =
      /^<speak version="1.0" xmlns="[^"]+" xml:lang="([\w-]+)"><voice name="([\w-]+)">(.*)<\/voice><\/speak>$/s
        .exec(body) ?? [];
    if (!rate || !language || !voice || inner === undefined) {
      server.object("the SSML is not as expected");
      return new Response("", { status: 400 });
    }
    const [, speed = "1", paced] = /^<prosody rate="([\d.]+)">(.*)<\/prosody>$/s.exec(inner) ?? [];
    const text = paced ?? inner;
    // deno-lint-ignore no-control-regex -- what XML cannot hold
    if (/[<>"']|&(?!(amp|lt|gt|quot|apos);)|[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/.test(text)) {
      server.object("the text is not escaped");
    }
    return new Response(bodyOf(oddPieces(new ToneSpeech(rate, Number(speed)).say(text))));
  });
}
