import { publishedContract } from "./published.ts";
import { type Recorded, scenarioKey, ScenarioServer } from "./scenario.ts";

const contract = publishedContract("deepl/translate-voice.json");
const translate = "/paths/~1v2~1translate/post";
const json = "content/application~1json/schema";
const form = "content/application~1x-www-form-urlencoded/schema";
const checkRequest = contract?.closed(`${translate}/requestBody/${json}`);
const checkForm = contract?.closed(`${translate}/requestBody/${form}`);
const checkReply = contract?.open(`${translate}/responses/200/${json}`);
const checkUsage = contract?.open("/components/schemas/UsageResponse");

// https://developers.deepl.com/docs/getting-started/supported-languages
const targets = new Set(
  "AR BG CS DA DE EL EN-GB EN-US ES ES-419 ET FI FR HE HU ID IT JA KO LT LV NB NL PL PT-BR PT-PT RO RU SK SL SV TH TR UK VI ZH-HANS ZH-HANT"
    .split(" "),
);
const sources = new Set([...targets].map((code) => code.slice(0, 2)));

/** A stand-in for DeepL: "translates" each word into itself behind the target language, `es:word`. */
export function deeplServer({ used = 0 }: { readonly used?: number } = {}): ScenarioServer {
  return new ScenarioServer((request, server) => {
    if (request.headers.get("authorization") !== `DeepL-Auth-Key ${scenarioKey}`) {
      return Response.json({ message: "Forbidden" }, { status: 403 });
    }
    const usage = { character_count: used, character_limit: 1000 };
    if (request.method === "GET" && request.path === "/v2/usage") {
      server.object(...checkUsage?.(usage) ?? []);
      return Response.json(usage);
    }
    if (request.method !== "POST" || request.path !== "/v2/translate") {
      return Response.json({ message: "Not found" }, { status: 404 });
    }
    return translated(request, server);
  });
}

function translated({ body, headers }: Recorded, server: ScenarioServer): Response {
  if (new TextEncoder().encode(body).length > 128 * 1024) return new Response(null, { status: 413 });
  const isForm = headers.get("content-type")?.startsWith("application/x-www-form-urlencoded") ?? false;
  const message = isForm ? formOf(body) : JSON.parse(body);
  server.object(...(isForm ? checkForm : checkRequest)?.(message) ?? []);
  if (!isForm && headers.get("content-type") !== "application/json") {
    server.object("the body is not declared as JSON");
  }
  const { text, source_lang: source, target_lang: target, model_type: model } = message;
  if (text.length > 50) server.object("more than 50 texts");
  // Its own library sends codes in either case.
  if (!sources.has(source.toUpperCase())) server.object(`unknown source_lang: ${source}`);
  if (!targets.has(target.toUpperCase())) server.object(`unknown target_lang: ${target}`);
  const reply = {
    translations: text.map((one: string) => ({
      detected_source_language: source,
      text: one.replaceAll(/\S+/g, `${target.slice(0, 2).toLowerCase()}:$&`),
      billed_characters: one.length,
      model_type_used: model,
    })),
  };
  server.object(...checkReply?.(reply) ?? []);
  return Response.json(reply);
}

/** A form as DeepL's own library sends it. */
function formOf(body: string) {
  const form = new URLSearchParams(body);
  const typed = Object.entries(Object.fromEntries(form)).map(([key, value]) => [
    key,
    key === "text" ? form.getAll(key) : key === "show_billed_characters" ? value === "1" : value,
  ]);
  return Object.fromEntries(typed);
}
