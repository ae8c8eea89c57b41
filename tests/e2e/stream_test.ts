import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { encodeBase64Url } from "@std/encoding";
import { utterance } from "../../adapters/fake/script.ts";
import { connect } from "../../client/session.ts";
import { wsConnect } from "../../cli/socket.ts";
import { liveService } from "../support/live_service.ts";

const key = "a-key-of-sixteen-characters";
const guarded = { loopback: false, apiKeys: [key], origins: [] };

/** What a server answers a raw handshake with: its status line and headers. */
async function handshake(url: string, headers: readonly string[]): Promise<string> {
  const { hostname, port } = new URL(url);
  using connection = await Deno.connect({ hostname, port: Number(port) });
  const lines = [
    "GET /v1/stream HTTP/1.1",
    `Host: ${hostname}:${port}`,
    "Connection: Upgrade",
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    ...headers,
  ];
  await connection.write(new TextEncoder().encode(`${lines.join("\r\n")}\r\n\r\n`));
  const answer = new Uint8Array(4096);
  const length = await connection.read(answer);
  return new TextDecoder().decode(answer.subarray(0, length ?? 0)).toLowerCase();
}

Deno.test("GET /v1/stream interprets over a real socket, and the end frees the session", async () => {
  await using service = liveService();
  const { signal } = new AbortController();
  const start = { source: "en", targets: ["es"], input: { codec: "pcm_s16le", rate: 16_000 } } as const;
  await using session = await connect({
    url: `${service.socketUrl}/v1/stream`,
    start,
    connect: wsConnect,
    signal,
  });
  const seen: string[] = [];
  const reading = (async () => {
    for await (const event of session.events) {
      if (event.type === "timing") seen.push(`${event.type} ${event.segment}`);
      if (event.type === "audio" && event.start) seen.push(`${event.type} ${event.timing?.segment}`);
    }
  })();
  await session.send(new Int16Array(6 * 16_000), signal);
  const totals = await session.end(signal);
  await reading;
  assertEquals(seen, ["audio 1", "timing 1", "audio 2", "timing 2"]);
  assertEquals([totals.segments, totals.skipped, totals.sourceMs], [2, 0, 6000]);
  while (service.registry.size > 0) await new Promise((resolve) => setTimeout(resolve, 5));
  assertEquals(service.faults, []);
});

Deno.test("GET /v1/stream takes ten minutes of speech, as fast as it can, and loses nothing", async () => {
  const sentence = "the old house is near the sea and we go home";
  const script = Array.from({ length: 100 }, (_, index) => utterance(sentence, 200 + index * 6000));
  await using service = liveService({ script });
  const { signal } = new AbortController();
  const start = { source: "en", targets: ["es"], input: { codec: "pcm_s16le", rate: 16_000 } } as const;
  await using session = await connect({
    url: `${service.socketUrl}/v1/stream`,
    start,
    connect: wsConnect,
    signal,
  });
  let position = 0;
  const texts: string[] = [];
  const reading = (async () => {
    for await (const event of session.events) {
      if (event.type === "segment") texts.push(event.text);
      if (event.type === "audio" && event.codec === "pcm_s16le") {
        assertEquals(event.position, position);
        position += event.samples.length;
      }
    }
  })();
  await session.send(new Int16Array(600 * 16_000), signal);
  const totals = await session.end(signal);
  await reading;
  assertEquals([totals.sourceMs, totals.skipped], [600_000, 0]);
  assertEquals(texts.join(" "), Array.from({ length: 100 }, () => sentence).join(" "));
  assertEquals(Math.round(totals.spokenMs), Math.round(position / 24));
});

Deno.test("GET /v1/stream takes a key from the subprotocol list, with and without spaces, and answers our subprotocol alone", async () => {
  await using service = liveService({}, guarded);
  for (const comma of [",", ", "]) {
    const offered = ["parley.v1", `parley.key.${encodeBase64Url(key)}`].join(comma);
    const answer = await handshake(service.url, ["Upgrade: websocket", `Sec-WebSocket-Protocol: ${offered}`]);
    assertStringIncludes(answer, "http/1.1 101");
    assertStringIncludes(answer, "sec-websocket-protocol: parley.v1\r\n");
  }
  assertEquals(service.faults, []);
});

Deno.test("GET /v1/stream takes the name of the upgrade in any case", async () => {
  await using service = liveService();
  const answer = await handshake(service.url, ["Upgrade: WebSocket", "Sec-WebSocket-Protocol: parley.v1"]);
  assertStringIncludes(answer, "http/1.1 101");
});

Deno.test("GET /v1/stream refuses an unknown subprotocol and names its own", async () => {
  await using service = liveService();
  for (const offered of [[], ["Sec-WebSocket-Protocol: parley.v9"]]) {
    const answer = await handshake(service.url, ["Upgrade: websocket", ...offered]);
    assertStringIncludes(answer, "http/1.1 400");
    assertStringIncludes(answer, "parley.v1");
  }
});

Deno.test("GET /v1/stream tells a plain request what to do instead", async () => {
  await using service = liveService();
  const response = await fetch(`${service.url}/v1/stream`);
  assertEquals([response.status, response.headers.get("content-type")], [426, "application/problem+json"]);
  assertStringIncludes((await response.json()).detail, "POST /v1/translate");
});

Deno.test("GET /v1/stream survives a client that vanishes in the middle of a word", async () => {
  await using service = liveService({ limits: { resumeMs: 300 } });
  const { hostname, port } = new URL(service.url);
  const connection = await Deno.connect({ hostname, port: Number(port) });
  const request = [
    "GET /v1/stream HTTP/1.1",
    `Host: ${hostname}:${port}`,
    "Connection: Upgrade",
    "Upgrade: websocket",
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    "Sec-WebSocket-Protocol: parley.v1",
  ];
  await connection.write(new TextEncoder().encode(`${request.join("\r\n")}\r\n\r\n`));
  await connection.read(new Uint8Array(4096));
  const text = JSON.stringify({
    type: "start",
    source: "en",
    targets: ["es"],
    input: { codec: "pcm_s16le", rate: 16_000 },
  });
  // A masked text frame with a mask of zeros (RFC 6455, 5.2), then the first bytes of a frame that never ends.
  const frame = new Uint8Array([0x81, 0x80 | text.length, 0, 0, 0, 0, ...new TextEncoder().encode(text)]);
  await connection.write(frame);
  await connection.read(new Uint8Array(4096));
  assertEquals(service.registry.size, 1);
  await connection.write(new Uint8Array([0x82, 0xfe, 0x10, 0x00, 0, 0, 0, 0, 1, 0, 0, 3]));
  connection.close();
  while (service.registry.size > 0) await new Promise((resolve) => setTimeout(resolve, 20));
  assert(service.faults.length === 0);
});
