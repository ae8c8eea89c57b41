import { assert, assertEquals, assertMatch, assertRejects, assertStringIncludes } from "@std/assert";
import { utterance } from "../../adapters/fake/script.ts";
import { decodeBinary, Flag } from "../../protocol/codec.ts";
import { FrameDecoder } from "../../protocol/frames.ts";
import { parseServerMessage } from "../../protocol/server_message.ts";
import { liveService } from "../support/live_service.ts";

const target = "/v1/translate?source=en&target=es";
const pcm = "audio/pcm;rate=16000;encoding=s16le";

function silence(ms: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(ms * 32);
}

function post(url: string, body: BodyInit | null, headers: Record<string, string> = { "content-type": pcm }) {
  return fetch(url, { method: "POST", headers, body });
}

async function problemOf(response: Response) {
  assertEquals(response.headers.get("content-type"), "application/problem+json");
  const problem = await response.json();
  assertEquals(problem.status, response.status);
  return problem as { status: number; title: string; detail: string; kind?: string };
}

/** 16-bit samples of a streamed WAV, after its 44 bytes of header. */
function samplesOf(wav: Uint8Array): Int16Array {
  return new Int16Array(wav.slice(44).buffer);
}

Deno.test("POST /v1/translate answers raw PCM with a streamed WAV and real stage times", async () => {
  await using service = liveService({ mt: { delayMs: 30 }, tts: { delayMs: 20 } });
  const response = await post(service.url + target, silence(6000));
  assertEquals([response.status, response.headers.get("content-type")], [200, "audio/wav"]);
  assertEquals(response.headers.get("cache-control"), "no-store");
  const times = Object.fromEntries(
    response.headers.get("server-timing")!.split(", ").map((part) => part.split(";dur=")).map((
      [stage, ms],
    ) => [stage, Number(ms)]),
  );
  assertEquals(Object.keys(times), ["stt", "mt", "tts", "queue", "ttfab"]);
  assert(times["mt"]! >= 29 && times["tts"]! >= 19 && times["ttfab"]! >= 49, JSON.stringify(times));
  const wav = new Uint8Array(await response.arrayBuffer());
  assertEquals(new TextDecoder().decode(wav.slice(0, 4)), "RIFF");
  assertEquals(new DataView(wav.buffer).getUint32(24, true), 24_000);
  assert(samplesOf(wav).some((sample) => Math.abs(sample) > 1000), "it is audible");
});

Deno.test("POST /v1/translate answers while the request is still being sent", async () => {
  await using service = liveService();
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const writer = writable.getWriter();
  const answer = post(service.url + target, readable);
  for (let ms = 0; ms < 3500; ms += 100) await writer.write(silence(100));
  const response = await answer;
  const reader = response.body!.getReader();
  let early = 0;
  while (early < 10_000) early += (await reader.read()).value!.length;
  for (let ms = 3500; ms < 6000; ms += 100) await writer.write(silence(100));
  await writer.close();
  let late = 0;
  for (let next = await reader.read(); !next.done; next = await reader.read()) late += next.value.length;
  assert(late > 10_000, `${late} bytes came of the second utterance`);
});

Deno.test("POST /v1/translate gives raw PCM to those who ask for it", async () => {
  await using service = liveService();
  const response = await post(service.url + target, silence(6000), {
    "content-type": pcm,
    accept: "audio/pcm",
  });
  assertEquals(response.headers.get("content-type"), "audio/pcm;rate=24000;encoding=s16le;channels=1");
  assert((await response.arrayBuffer()).byteLength > 48_000);
});

Deno.test("POST /v1/translate gives messages of the protocol, several languages and totals in the framed format", async () => {
  await using service = liveService();
  const headers = { "content-type": pcm, accept: "application/vnd.parley" };
  const response = await post(`${service.url}/v1/translate?source=en&target=es,fr`, silence(6000), headers);
  assertEquals(response.headers.get("content-type"), "application/vnd.parley");
  const messages = new FrameDecoder().push(new Uint8Array(await response.arrayBuffer()));
  const json = messages.filter((message) => typeof message === "string").map((text) =>
    parseServerMessage(text)
  );
  const audio = messages.filter((message) => message instanceof Uint8Array).map((bytes) =>
    decodeBinary(bytes)
  );
  assertEquals(json[0]?.type, "lanes");
  const ended = json.at(-1)!;
  assert(ended.type === "ended" && ended.totals.segments === 2 && ended.totals.skipped === 0);
  const starts = audio.filter((message) =>
    message.type === "pcm" && (message.flags & Flag.segmentStart) !== 0
  );
  assertEquals(starts.length, 4);
  const numbers = [...json, ...audio].flatMap((message) => "seq" in message ? [message.seq!] : []).toSorted((
    a,
    b,
  ) => a - b);
  assertEquals(numbers, messages.map((_, index) => index + 1));
});

Deno.test("POST /v1/translate answers silence with an empty WAV", async () => {
  await using service = liveService({ script: [] });
  const response = await post(service.url + target, silence(2000));
  assertEquals([response.status, response.headers.get("server-timing")], [200, null]);
  assertEquals((await response.arrayBuffer()).byteLength, 44);
});

const refused: Record<string, { status: number; detail: string; ask(url: string): Promise<Response> }> = {
  "an empty body": { status: 400, detail: "the body is empty", ask: (url) => post(url + target, null) },
  "a body of no bytes": { status: 400, detail: "", ask: (url) => post(url + target, new Uint8Array(0)) },
  "a query without languages": {
    status: 400,
    detail: "?source=en&target=es",
    ask: (url) => post(`${url}/v1/translate`, silence(10)),
  },
  "an unknown query": {
    status: 400,
    detail: "sauce is unknown",
    ask: (url) => post(`${url}${target}&sauce=1`, silence(10)),
  },
  "a source that nobody hears": {
    status: 422,
    detail: "the source language: tlh",
    ask: (url) => post(`${url}/v1/translate?source=tlh&target=es`, silence(10)),
  },
  "the same language twice": {
    status: 422,
    detail: "the languages are the same",
    ask: (url) => post(`${url}/v1/translate?source=en&target=en-GB`, silence(10)),
  },
  "several languages in one WAV": {
    status: 400,
    detail: "expected one target",
    ask: (url) => post(`${url}/v1/translate?source=en&target=es,fr`, silence(10)),
  },
  "a content type that is not audio": {
    status: 415,
    detail: "",
    ask: (url) => post(url + target, "hello", { "content-type": "text/plain" }),
  },
  "a WAV that is none": {
    status: 400,
    detail: "",
    ask: (url) =>
      post(url + target, "hello, this is not a wave file at all", { "content-type": "audio/wav" }),
  },
  "a WAV whose header lies": {
    status: 400,
    detail: "",
    ask: (url) => {
      const wav = new Uint8Array(44 + 320);
      wav.set(new TextEncoder().encode("RIFF"));
      wav.set(new TextEncoder().encode("WAVEfmt "), 8);
      const view = new DataView(wav.buffer);
      view.setUint32(16, 16, true);
      view.setUint16(20, 1, true);
      view.setUint16(22, 1, true);
      view.setUint32(24, 16_000, true);
      view.setUint16(34, 16, true);
      wav.set(new TextEncoder().encode("data"), 36);
      view.setUint32(40, 3200, true);
      return post(url + target, wav, { "content-type": "audio/wav" });
    },
  },
  "an odd number of bytes": {
    status: 400,
    detail: "",
    ask: (url) => post(url + target, new Uint8Array(3201)),
  },
};

for (const [what, { status, detail, ask }] of Object.entries(refused)) {
  Deno.test(`POST /v1/translate refuses ${what} with ${status}`, async () => {
    await using service = liveService({ script: [] });
    const problem = await problemOf(await ask(service.url));
    assertEquals(problem.status, status);
    assertStringIncludes(problem.detail, detail);
    assertMatch(problem.detail, /^Cannot /);
    assertEquals([service.registry.size, service.faults.length], [0, 0]);
  });
}

Deno.test("POST /v1/translate refuses when all places are taken, and says when to come again", async () => {
  await using service = liveService({ limits: { maxSessions: 1 } });
  using _taken = service.registry.admit();
  const response = await post(service.url + target, silence(100));
  assertEquals([response.status, response.headers.get("retry-after")], [503, "5"]);
  assertEquals((await problemOf(response)).kind, "overloaded");
});

Deno.test("POST /v1/translate answers with the problem of an engine that fails before any audio", async () => {
  await using service = liveService({ tts: { openFaults: [{ fault: "unavailable" }] } });
  const problem = await problemOf(await post(service.url + target, silence(6000)));
  assertEquals([problem.status, problem.kind], [503, "unavailable"]);
});

Deno.test("POST /v1/translate breaks the answer off when a segment failed after the first audio", async () => {
  await using service = liveService({ tts: { faults: [{ fault: "internal", segment: 2 }] } });
  const response = await post(service.url + target, silence(6000));
  assertEquals(response.status, 200);
  await assertRejects(() => response.arrayBuffer());
  assertEquals(service.registry.size, 0);
});

Deno.test("POST /v1/translate stops when the listener leaves", async () => {
  const script = Array.from({ length: 50 }, (_, index) => utterance("we go home", 500 + index * 2000));
  await using service = liveService({ script, tts: { realTimeFactor: 0.05 } });
  const stop = new AbortController();
  const headers = { "content-type": pcm };
  const response = await fetch(service.url + target, {
    method: "POST",
    headers,
    body: silence(100_000),
    signal: stop.signal,
  });
  const reader = response.body!.getReader();
  await reader.read();
  assertEquals(service.registry.size, 1);
  stop.abort();
  await assertRejects(() => reader.read());
  while (service.registry.size > 0) await new Promise((resolve) => setTimeout(resolve, 10));
});

Deno.test("POST /v1/translate stops when the body stops half-way", async () => {
  await using service = liveService();
  const stop = new AbortController();
  const body = new ReadableStream({
    start(controller) {
      controller.enqueue(silence(1000));
    },
  });
  const asked = fetch(service.url + target, {
    method: "POST",
    headers: { "content-type": pcm },
    body,
    signal: stop.signal,
  });
  while (service.registry.size === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  stop.abort();
  await assertRejects(() => asked);
  while (service.registry.size > 0) await new Promise((resolve) => setTimeout(resolve, 10));
  assertEquals(service.faults.length, 0);
});
