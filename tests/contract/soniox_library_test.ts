/** Soniox's own library against the stand-in for Soniox. */
import { assert, assertEquals, assertInstanceOf } from "@std/assert";
import { AuthError, type RealtimeResult, type RealtimeSttSession, SonioxClient } from "@soniox/client";
import { Tone } from "../../adapters/fake/tone.ts";
import type { ScenarioServer } from "../support/contract/scenario.ts";
import { sonioxServer } from "../support/contract/soniox.ts";
import { SocketScript } from "../support/contract/socket_script.ts";

const rate = 16_000;
/** The library puts the key into the first message: it is another one than that which may not stand there. */
const key = "sk-library";

function sessionOf(server: ScenarioServer, translation = false): RealtimeSttSession {
  const client = new SonioxClient({
    config: { api_key: key, stt_ws_url: `${server.address.replace("http", "ws")}/transcribe-websocket` },
  });
  return client.realtime.stt({
    model: "stt-rt-v5",
    audio_format: "pcm_s16le",
    sample_rate: rate,
    num_channels: 1,
    language_hints: ["en"],
    enable_endpoint_detection: true,
    enable_language_identification: true,
    ...(translation ? { translation: { type: "one_way", target_language: "es" } } : {}),
  }, { api_key: key });
}

/** Sends so much sound and then silence, in pieces of 60 ms. */
function say(session: RealtimeSttSession, soundMs: number, silenceMs: number): void {
  const samples = new Int16Array((soundMs + silenceMs) * rate / 1000);
  samples.set(new Tone(440, rate).samples(0, soundMs * rate / 1000));
  const step = 60 * rate / 1000;
  for (let at = 0; at < samples.length; at += step) {
    session.sendAudio(new Uint8Array(samples.slice(at, at + step).buffer));
  }
}

function finalText(results: readonly RealtimeResult[], status?: string): string {
  return results.flatMap(({ tokens }) => tokens)
    .filter((token) => token.is_final && token.translation_status === status)
    .map(({ text }) => text).join("");
}

Deno.test("@soniox/client transcribes with the stand-in for Soniox", async () => {
  await using server = sonioxServer(undefined, { ofLibrary: true });
  const session = sessionOf(server);
  const results: RealtimeResult[] = [];
  let endpoints = 0;
  const finalized = Promise.withResolvers<void>();
  session.on("result", (result) => void results.push(result));
  session.on("endpoint", () => void (endpoints += 1));
  session.on("finalized", () => finalized.resolve());
  await session.connect();
  say(session, 900, 600);
  say(session, 600, 0);
  session.keepAlive();
  session.finalize();
  await finalized.promise;
  say(session, 300, 0);
  await session.finish();
  assertEquals(session.state, "finished");
  assertEquals(endpoints, 2);
  assertEquals(finalText(results), "word1 word2 word3. word4 word5. word6.");
  assert(
    results.some(({ tokens }) => tokens.some((token) => !token.is_final)),
    "Nothing came before it was final",
  );
  await server.closed();
});

Deno.test("@soniox/client translates with the stand-in for Soniox", async () => {
  await using server = sonioxServer(undefined, { ofLibrary: true });
  const session = sessionOf(server, true);
  const results: RealtimeResult[] = [];
  session.on("result", (result) => void results.push(result));
  await session.connect();
  say(session, 600, 600);
  await session.finish();
  assertEquals(finalText(results, "original"), "word1 word2.");
  assertEquals(finalText(results, "translation"), "WORD1 WORD2.");
  await server.closed();
});

Deno.test("@soniox/client finds the key refused by the stand-in for Soniox", async () => {
  const script = new SocketScript();
  await using server = sonioxServer(script, { ofLibrary: true });
  const refusal = JSON.stringify({ error_code: 401, error_message: "Incorrect API key provided." });
  script.plan("begin", { type: "message", message: refusal });
  const session = sessionOf(server);
  const failed = new Promise((resolve) => session.on("error", resolve));
  await session.connect();
  assertInstanceOf(await failed, AuthError);
  await server.closed();
});
