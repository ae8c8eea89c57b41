/** Soniox's own library against the stand-in for Soniox's speech. */
import { assertEquals, assertInstanceOf } from "@std/assert";
import { AuthError, BadRequestError, RealtimeError, SonioxClient, type TtsStreamInput } from "@soniox/client";
import { scenarioKey, type ScenarioServer } from "../support/contract/scenario.ts";
import { SocketScript } from "../support/contract/socket_script.ts";
import { sonioxSpeechServer } from "../support/contract/soniox_speech.ts";
import { ToneSpeech } from "../support/contract/tone_speech.ts";

const input: TtsStreamInput = {
  model: "tts-rt-v2",
  language: "es",
  voice: "Adrian",
  audio_format: "pcm_s16le",
  sample_rate: 24_000,
};

/** The library puts the key into the first message of each stream: it is another one than that which may not stand there. */
function clientOf(server: ScenarioServer): SonioxClient {
  const config = {
    api_key: "sk-library",
    tts_ws_url: `${server.address.replace("http", "ws")}/tts-websocket`,
  };
  return new SonioxClient({ config });
}

async function audioOf(stream: AsyncIterable<Uint8Array>): Promise<number[]> {
  const chunks: number[] = [];
  for await (const chunk of stream) chunks.push(...chunk);
  return chunks;
}

Deno.test("@soniox/client speaks with the stand-in for Soniox's speech", async () => {
  await using server = sonioxSpeechServer(undefined, { ofLibrary: true });
  const stream = await clientOf(server).realtime.tts({ ...input, speed: 1.25, return_timestamps: true });
  let ended = 0;
  stream.on("audioEnd", () => void (ended += 1));
  const audio = audioOf(stream);
  stream.sendText("12345");
  stream.sendText("67890");
  stream.finish();
  assertEquals(await audio, [...new ToneSpeech(24_000, 1.25).say("1234567890")]);
  assertEquals([ended, stream.state], [1, "ended"]);
  stream.close();
  await server.closed();
});

Deno.test("@soniox/client speaks several texts over one connection to the stand-in, and cancels one", async () => {
  await using server = sonioxSpeechServer(undefined, { ofLibrary: true, holdsBack: true });
  const connection = await clientOf(server).realtime.tts.multiStream();
  const [one, other, cancelled] = await Promise.all([1, 2, 3].map(() => connection.stream(input)));
  const audio = [one!, other!, cancelled!].map(audioOf);
  one!.sendText("12345");
  cancelled!.sendText("never heard");
  other!.sendText("678", { end: true });
  cancelled!.cancel();
  one!.finish();
  const lengths = (await Promise.all(audio)).map(({ length }) => length);
  assertEquals(lengths, [5, 3, 0].map((characters) => 2 * 24_000 * 0.06 * characters));
  assertEquals([server.requests.length, cancelled!.state], [1, "ended"]);
  connection.close();
  await server.closed();
});

Deno.test("@soniox/client finds a voice and the key refused by the stand-in for Soniox's speech", async () => {
  const script = new SocketScript();
  await using server = sonioxSpeechServer(script, { ofLibrary: true });
  const connection = await clientOf(server).realtime.tts.multiStream();
  const unknown = await connection.stream({ ...input, voice: "nobody" });
  assertInstanceOf(await audioOf(unknown).catch((error) => error), BadRequestError);
  const slow = await connection.stream({ ...input, stream_id: "slow" });
  const message = (code: number, more = {}) =>
    JSON.stringify({ error_code: code, error_message: "x", ...more });
  script.plan("phrase", { type: "message", message: message(408, { stream_id: "slow" }) });
  const heard = audioOf(slow).catch((error) => error);
  slow.sendText("one");
  assertInstanceOf(await heard, RealtimeError);
  const refused = new Promise((resolve) => connection.on("error", resolve));
  script.plan("begin", { type: "message", message: message(401) });
  await connection.stream(input);
  assertInstanceOf(await refused, AuthError);
  connection.close();
  await server.closed();
  assertEquals(server.messages.some((text) => text.includes(scenarioKey)), false);
});
