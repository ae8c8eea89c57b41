import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { encodeBase64 } from "@std/encoding";
import { utterance } from "../../adapters/fake/script.ts";
import { wsConnect } from "../../cli/socket.ts";
import { wavHeader } from "../../media/wav_writer.ts";
import { liveService } from "../support/live_service.ts";

const script = [utterance("we go home", 200)];
/** Speech of a tenth of the usual length, to keep the fixture small. */
const tts = { msPerCharacter: 7 };

interface Reply {
  readonly type: string;
  readonly message?: string;
  readonly data?: {
    readonly message_id: string | number;
    readonly original_text: string;
    readonly translated_text: string;
    readonly audio_url: string;
  };
}

/** Says messages on one socket; returns the answers, one for each. */
async function exchange(
  socketUrl: string,
  messages: readonly (object | string | Uint8Array<ArrayBuffer>)[],
): Promise<Reply[]> {
  const socket = wsConnect(`${socketUrl}/legacy/ws`, []);
  const replies: Reply[] = [];
  const all = Promise.withResolvers<void>();
  socket.addEventListener("message", ({ data }) => {
    replies.push(JSON.parse(String(data)));
    if (replies.length === messages.length) all.resolve();
  });
  socket.addEventListener("close", () => all.reject(new Error("The socket closed")));
  await new Promise<void>((resolve) => socket.addEventListener("open", () => resolve()));
  for (const message of messages) {
    socket.send(
      message instanceof Uint8Array || typeof message === "string" ? message : JSON.stringify(message),
    );
  }
  await all.promise;
  const closed = new Promise<unknown>((resolve) => socket.addEventListener("close", resolve));
  socket.close(1000);
  await closed;
  return replies;
}

function silence(ms: number, rate = 16_000): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Math.round(ms * rate / 1000) * 2);
}

function wav(ms: number, rate: number): Uint8Array<ArrayBuffer> {
  const samples = silence(ms, rate);
  const file = new Uint8Array(44 + samples.length);
  file.set(wavHeader(rate, samples.length / 2));
  return file;
}

/** The error that one message is answered with. */
async function errorOf(
  socketUrl: string,
  message: object | string | Uint8Array<ArrayBuffer>,
): Promise<string> {
  const [reply] = await exchange(socketUrl, [message]);
  assertEquals(reply!.type, "error", JSON.stringify(reply).slice(0, 200));
  return reply!.message!;
}

const audio = encodeBase64(silence(2000));

Deno.test("GET /legacy/ws answers a recorded message of an old client as it was answered then", async () => {
  await using service = liveService({ script, tts });
  const recorded = JSON.parse(
    await Deno.readTextFile(new URL("../fixtures/legacy/exchange.json", import.meta.url)),
  );
  assertEquals(await exchange(service.socketUrl, [recorded.sent]), [recorded.received]);
  assertEquals(service.faults, []);
});

Deno.test("GET /legacy/ws takes raw samples, translates English into Spanish, and numbers the message itself", async () => {
  await using service = liveService({ script, tts });
  const [reply] = await exchange(service.socketUrl, [{ type: "audio", data: { audio } }]);
  assertEquals(reply!.type, "translation");
  assertEquals(reply!.data!.original_text, "we go home");
  assertEquals(reply!.data!.translated_text, "es:we es:go es:home");
  assert(reply!.data!.message_id.toString().length === 36);
  const [head, base64] = reply!.data!.audio_url.split(",");
  assertEquals(head, "data:audio/wav;base64");
  const file = Uint8Array.from(atob(base64!), (character) => character.charCodeAt(0));
  assertEquals(new TextDecoder().decode(file.subarray(0, 4)), "RIFF");
  // 17 letters of 7 ms at 24 kHz.
  assertEquals(file.length, 44 + 2 * Math.round(17 * 0.007 * 24_000));
  assert(new Int16Array(file.slice(44).buffer).some((sample) => sample > 1000), "it is audible");
});

Deno.test("GET /legacy/ws takes WAV at any rate, data: URLs, languages, and a bare string", async () => {
  await using service = liveService({ script, tts });
  const url = `data:audio/wav;base64,${encodeBase64(wav(2000, 44_100))}`;
  const replies = await exchange(service.socketUrl, [
    {
      type: "audio",
      data: { audio: url, message_id: 7, source_language: "de", target_language: "fr", extra: 1 },
    },
    { type: "audio", data: `data:audio/pcm;rate=16000;base64,${audio}` },
    { type: "audio", data: audio.replaceAll(/.{76}/g, "$&\r\n") },
  ]);
  assertEquals(replies.map(({ data }) => data?.translated_text), [
    "fr:we fr:go fr:home",
    "es:we es:go es:home",
    "es:we es:go es:home",
  ]);
  assertEquals(replies[0]!.data!.message_id, 7);
});

Deno.test("GET /legacy/ws answers a message without speech with an empty recording", async () => {
  await using service = liveService({ script, tts });
  const [reply] = await exchange(service.socketUrl, [
    { type: "audio", data: { message_id: "m", audio: encodeBase64(silence(100)) } },
  ]);
  const { data } = reply!;
  assertEquals([data?.message_id, data?.original_text, data?.translated_text], ["m", "", ""]);
  assertEquals(atob(data!.audio_url.split(",")[1]!).length, 44);
});

Deno.test("GET /legacy/ws answers messages one after the other, in their order", async () => {
  await using service = liveService({ script, tts });
  const ids = ["a", "b", "c"];
  const replies = await exchange(
    service.socketUrl,
    ids.map((id) => ({ type: "audio", data: { audio, message_id: id } })),
  );
  assertEquals(replies.map(({ data }) => data?.message_id), ids);
});

Deno.test("GET /legacy/ws says what is wrong with a message and goes on", async () => {
  await using service = liveService({ script, tts });
  const { socketUrl } = service;
  const replies = await exchange(socketUrl, ["{", { type: "audio", data: { audio, message_id: "after" } }]);
  assertEquals(replies.map(({ type }) => type), ["error", "translation"]);
  assertStringIncludes(await errorOf(socketUrl, "[]"), "expected {");
  assertStringIncludes(await errorOf(socketUrl, { type: "hello" }), "its field type");
  assertStringIncludes(await errorOf(socketUrl, { type: "audio", data: {} }), "its field data");
  assertStringIncludes(await errorOf(socketUrl, { type: "audio", data: { audio: "?!" } }), "not base64");
  assertStringIncludes(await errorOf(socketUrl, { type: "audio", data: { audio: "" } }), "there is none");
  assertStringIncludes(
    await errorOf(socketUrl, { type: "audio", data: { audio: "data:audio/webm;codecs=opus;base64,GkXfow" } }),
    "audio/webm",
  );
  assertStringIncludes(await errorOf(socketUrl, { type: "audio", data: { audio: "GkXfo0AAAAA=" } }), "WebM");
  assertStringIncludes(
    await errorOf(socketUrl, { type: "audio", data: { audio, target_language: "tlh" } }),
    "tlh",
  );
  assertStringIncludes(await errorOf(socketUrl, new Uint8Array(8)), "binary");
  assertEquals(service.faults, []);
});

Deno.test("GET /legacy/ws names its limits", async () => {
  await using service = liveService({ script, tts });
  const { socketUrl } = service;
  const large = JSON.stringify({ type: "audio", data: { audio: "A".repeat(4_200_000) } });
  assertStringIncludes(await errorOf(socketUrl, large), "expected at most 4194304");
  const long = encodeBase64(wav(121_000, 8000));
  assertStringIncludes(
    await errorOf(socketUrl, { type: "audio", data: { audio: long } }),
    "longer than 120 s",
  );
  const [reply] = await exchange(socketUrl, [{
    type: "audio",
    data: { audio: encodeBase64(wav(119_000, 8000)) },
  }]);
  assertEquals(reply!.data?.original_text, "we go home");
});

Deno.test("GET /legacy/ws tells a failure of an engine, and nothing of a partial translation", async () => {
  await using service = liveService({ script, tts, mt: { faults: [{ fault: "rate_limited" }] } });
  const message = await errorOf(service.socketUrl, { type: "audio", data: { audio } });
  assertStringIncludes(message, "this failure is in the script");
});

Deno.test("GET /legacy/ws forgets a client that leaves in the middle of a message", async () => {
  await using service = liveService({ script, mt: { faults: [{ fault: "stall" }] } });
  const socket = wsConnect(`${service.socketUrl}/legacy/ws`, []);
  await new Promise<void>((resolve) => socket.addEventListener("open", () => resolve()));
  socket.send(JSON.stringify({ type: "audio", data: { audio } }));
  while (service.registry.size === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  const closed = new Promise<unknown>((resolve) => socket.addEventListener("close", resolve));
  socket.close(1000);
  await closed;
  while (service.registry.size > 0) await new Promise((resolve) => setTimeout(resolve, 5));
  assertEquals(service.faults, []);
});

Deno.test("GET /legacy/ws is guarded by keys, counts as a session, and tells a plain request what to do", async () => {
  const key = "a-key-of-sixteen-characters";
  await using guarded = liveService({}, { loopback: false, apiKeys: [key], origins: [] });
  const refused = await fetch(`${guarded.url}/legacy/ws`);
  await refused.body?.cancel();
  const plain = await fetch(`${guarded.url}/legacy/ws`, { headers: { authorization: `Bearer ${key}` } });
  assertEquals([refused.status, plain.status], [401, 426]);
  assertStringIncludes((await plain.json()).detail, "POST /v1/translate");
  await using full = liveService({ limits: { maxSessions: 0 } });
  assertStringIncludes(await errorOf(full.socketUrl, { type: "audio", data: { audio } }), "0 sessions run");
});
