import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { utterance } from "../../adapters/fake/script.ts";
import { systemClock } from "../../flow/clock.ts";
import type { Access } from "../../routes/auth.ts";
import { serveConnection } from "../../sessions/connection.ts";
import { start } from "../support/fake_service.ts";
import { MemorySocket } from "../support/memory_socket.ts";
import { listening, observedService } from "../support/observed_service.ts";
import { findPromtool } from "../support/promtool.ts";

const anybody: Access = { loopback: true, apiKeys: [], origins: [] };
const key = "quokka-key-of-sixteen-characters";
const pcm = { "content-type": "audio/pcm;rate=16000;encoding=s16le" };
const target = "/v1/translate?source=en&target=es";

async function read(url: string, headers: Record<string, string> = {}) {
  const response = await fetch(url, { headers });
  return { status: response.status, type: response.headers.get("content-type"), text: await response.text() };
}

const promtool = await findPromtool();

Deno.test("GET /metrics gives what promtool finds no fault with", { ignore: promtool.ignore }, async () => {
  const service = observedService({ clock: systemClock });
  await using server = listening(service, anybody);
  await (await fetch(server.url + target, { method: "POST", headers: pcm, body: new Uint8Array(6 * 32_000) }))
    .body?.cancel();
  const { type, text } = await read(`${server.url}/metrics`);
  assertMatch(type!, /^text\/plain; version=0\.0\.4/);
  assertEquals(await promtool.run(["check", "metrics"], text), { ok: true, said: "" });
});

Deno.test("GET /metrics and /v1/stats tell of interpretations over HTTP", async () => {
  const service = observedService({ clock: systemClock });
  await using server = listening(service, anybody);
  const body = new Uint8Array(6 * 32_000);
  const answer = await fetch(server.url + target, { method: "POST", headers: pcm, body });
  await answer.arrayBuffer();
  const broken = await fetch(server.url + target, {
    method: "POST",
    headers: { "content-type": "audio/wav" },
    body,
  });
  await broken.body?.cancel();
  assertEquals([answer.status, broken.status], [200, 400]);
  const { text } = await read(`${server.url}/metrics`);
  assertStringIncludes(text, `parley_sessions_ended_total{transport="translate",code="1000"} 1\n`);
  assertStringIncludes(text, `parley_sessions_ended_total{transport="translate",code="4400"} 1\n`);
  assertStringIncludes(text, `parley_source_audio_seconds_total 6\n`);
  const stats = JSON.parse((await read(`${server.url}/v1/stats`)).text);
  assertEquals([stats.sessions.started, stats.segments.spoken, stats.latencyMs.ttfab.count], [2, 2, 2]);
  assertEquals(stats.stages.stt.failures, {});
});

Deno.test("GET /metrics and /v1/stats are guarded like the speech routes", async () => {
  const cases: readonly [Access, Record<string, string>, number][] = [
    [anybody, {}, 200],
    [anybody, { origin: "https://evil.example" }, 403],
    [{ ...anybody, apiKeys: [key] }, {}, 401],
    [{ ...anybody, apiKeys: [key] }, { authorization: `Bearer ${key}` }, 200],
    [{ ...anybody, loopback: false }, {}, 503],
    [{ ...anybody, loopback: false, apiKeys: [key] }, { authorization: "Bearer wrong" }, 401],
  ];
  for (const [access, headers, status] of cases) {
    await using server = listening(observedService({ clock: systemClock }), access);
    for (const path of ["/metrics", "/v1/stats"]) {
      assertEquals((await read(server.url + path, headers)).status, status, path);
    }
  }
});

Deno.test("nothing that was said, and no key, gets into a log line, an error, a problem, a metric or a span", async () => {
  const script = [
    utterance("the wombat sleeps near the platypus", 500),
    utterance("the echidna goes home", 4000),
  ];
  const service = observedService({
    clock: systemClock,
    script,
    stt: { faults: [{ fault: "unavailable", atMs: 9000 }] },
    mt: { faults: [{ fault: "rate_limited", segment: 2 }] },
  });
  const seen: string[] = [];
  await using server = listening(service, { loopback: false, apiKeys: [key], origins: [] });
  const authorization = { authorization: `Bearer ${key}` };

  const socket = new MemorySocket().open((socket) => serveConnection(socket, service.registry));
  socket.say({ ...start, glossary: { wombat: "bandicoot" } });
  const turn = () => new Promise((resolve) => setTimeout(resolve, 1));
  while (socket.said("ready").length === 0) await turn();
  for (let ms = 0; ms < 10_000 && !socket.closed; ms += 100) {
    socket.speak(100);
    socket.acknowledge();
    await turn();
  }
  while (!socket.closed) await turn();
  assert(socket.said("caption").some(({ stable }) => stable.includes("bandicoot")), "the glossary was used");
  seen.push(...socket.said("error").map((message) => JSON.stringify(message)), socket.closed.reason);

  for (const body of [new Uint8Array(12 * 32_000), "wombat platypus"]) {
    const response = await fetch(server.url + target, {
      method: "POST",
      headers: {
        ...authorization,
        "content-type": typeof body === "string" ? "audio/wav" : pcm["content-type"],
      },
      body,
    });
    if (response.ok) await response.arrayBuffer().catch((error) => seen.push(String(error)));
    else seen.push(await response.text());
  }
  for (const path of ["/metrics", "/v1/stats", "/v1/languages", "/readyz", "/nowhere"]) {
    seen.push((await read(server.url + path, { authorization: `Bearer ${key}-wrong` })).text);
    if (path !== "/v1/languages") seen.push((await read(server.url + path, authorization)).text);
  }
  seen.push(...service.lines, ...service.faults.map(String));
  seen.push(
    ...service.spans.map(({ name, attributes, events, status, links }) =>
      JSON.stringify([name, attributes, events, status, links])
    ),
  );

  const text = seen.join("\n");
  for (const event of ["session started", "segment failed", "session failed", "session ended"]) {
    assertStringIncludes(text, event);
  }
  for (const secret of ["wombat", "platypus", "echidna", "bandicoot", "quokka"]) {
    assertEquals(text.toLowerCase().includes(secret), false, `${secret} is told`);
  }
});
