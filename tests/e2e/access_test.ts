import { assertEquals, assertStringIncludes } from "@std/assert";
import { encodeBase64Url } from "@std/encoding";
import { liveService } from "../support/live_service.ts";

const key = "a-key-of-sixteen-characters";

async function knock(url: string, headers: Record<string, string> = {}) {
  const response = await fetch(`${url}/v1/translate?source=en&target=es`, { method: "POST", headers });
  return { status: response.status, problem: await response.json() };
}

Deno.test("the speech routes ask for no key on loopback when there is none", async () => {
  await using service = liveService();
  assertEquals((await knock(service.url)).status, 400);
});

Deno.test("the speech routes are closed on other addresses until there are keys, and say what to set", async () => {
  await using service = liveService({}, { loopback: false, apiKeys: [], origins: [] });
  const { status, problem } = await knock(service.url);
  assertEquals(status, 503);
  assertStringIncludes(problem.detail, "PARLEY_API_KEYS");
  const health = await fetch(`${service.url}/healthz`);
  await health.body?.cancel();
  assertEquals(health.status, 200);
});

Deno.test("the speech routes take one of the keys, in the header or the subprotocol list, and no other", async () => {
  await using service = liveService({}, {
    loopback: false,
    apiKeys: ["another-key-of-the-service", key],
    origins: [],
  });
  assertEquals((await knock(service.url)).status, 401);
  assertEquals((await knock(service.url, { authorization: "Bearer wrong" })).status, 401);
  assertEquals((await knock(service.url, { authorization: `Bearer ${key}` })).status, 400);
  const offered = `parley.v1, parley.key.${encodeBase64Url(key)}`;
  assertEquals((await knock(service.url, { "sec-websocket-protocol": offered })).status, 400);
  assertEquals(
    (await knock(service.url, { "sec-websocket-protocol": "parley.v1, parley.key.!!" })).status,
    401,
  );
});

Deno.test("a refusal for want of a key repeats nothing of what was shown", async () => {
  await using service = liveService({}, { loopback: false, apiKeys: [key], origins: [] });
  const { problem } = await knock(service.url, { authorization: "Bearer secret-of-somebody" });
  assertEquals(JSON.stringify(problem).includes("secret"), false);
});

Deno.test("pages of other origins are refused; the service's own and those that are configured are not", async () => {
  await using service = liveService({}, { loopback: true, apiKeys: [], origins: ["https://app.example"] });
  assertEquals((await knock(service.url, { origin: "https://evil.example" })).status, 403);
  assertEquals((await knock(service.url, { origin: "https://app.example" })).status, 400);
  assertEquals((await knock(service.url, { origin: service.url })).status, 400);
});

Deno.test("a name that was made to point at this machine does not open it to foreign pages", async () => {
  await using service = liveService();
  const { port } = new URL(service.url);
  const headers = { origin: `http://evil.example:${port}`, host: `evil.example:${port}` };
  assertEquals((await knock(service.url, headers)).status, 403);
});
