import { scenarioKey, ScenarioServer } from "./scenario.ts";

/** Every field of the request, and its type (https://docs.libretranslate.com/api/operations/translate). */
const fields: Readonly<Record<string, string>> = {
  q: "string",
  source: "string",
  target: "string",
  format: "string",
  alternatives: "number",
  api_key: "string",
};

/** A stand-in for a LibreTranslate server: "translates" each word into itself behind the target's code. */
export function libreTranslateServer(
  { codes = ["en", "es", "pt-BR", "zh-Hans", "zh-Hant", "nb"] }: { readonly codes?: readonly string[] } = {},
): ScenarioServer {
  const refuse = (status: number, error: string) => Response.json({ error }, { status });
  return new ScenarioServer(({ method, path, headers, body }, server) => {
    if (method === "GET" && path === "/languages") {
      return Response.json(codes.map((code) => ({ code, name: code, targets: codes })));
    }
    if (method !== "POST" || path !== "/translate") return refuse(404, "Not found");
    if (headers.get("content-type") !== "application/json") server.object("the body is not declared as JSON");
    const message: Record<string, unknown> = JSON.parse(body);
    for (const [key, value] of Object.entries(message)) {
      const type = typeof value;
      if (type !== fields[key]) server.object(`${key} is ${type}, expected ${fields[key]}`);
    }
    if (message["api_key"] !== scenarioKey) return refuse(403, "Invalid API key");
    if (message["format"] !== "text") server.object("the format is not text: markup would be read into it");
    const { q, source, target } = message as Record<"q" | "source" | "target", string>;
    if (!codes.includes(source) || !codes.includes(target)) return refuse(400, `${target} is not supported`);
    return Response.json({ translatedText: q.replaceAll(/\S+/g, `${target}:$&`) });
  });
}
