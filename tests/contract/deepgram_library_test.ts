/** Deepgram's own library against the stand-in for Deepgram, and what it sends. */
import { assert, assertEquals } from "@std/assert";
import { DeepgramClient } from "@deepgram/sdk";
import { closeMessage, connection, finalizeMessage, keepaliveMessage } from "../../adapters/deepgram/wire.ts";
import { Tone } from "../../adapters/fake/tone.ts";
import golden from "../fixtures/golden/deepgram.json" with { type: "json" };
import { deepgramServer } from "../support/contract/deepgram.ts";
import { scenarioKey } from "../support/contract/scenario.ts";

const rate = 16_000;

interface Message {
  readonly type: string;
  readonly is_final?: boolean;
  readonly speech_final?: boolean;
  readonly from_finalize?: boolean;
  readonly channel?: { readonly alternatives: readonly { readonly transcript: string }[] };
}

Deno.test("@deepgram/sdk transcribes with the stand-in for Deepgram", async () => {
  await using server = deepgramServer(undefined, { ofLibrary: true });
  const address = server.address.replace("http", "ws");
  const client = new DeepgramClient({
    apiKey: scenarioKey,
    environment: { base: server.address, production: address, agent: address, agentRest: server.address },
  });
  const socket = await client.listen.v1.connect(
    {
      model: "nova-3",
      language: "en",
      interim_results: "true",
      encoding: "linear16",
      sample_rate: rate,
      endpointing: 300,
      utterance_end_ms: 1000,
      vad_events: "true",
      keyterm: ["a b", "c"],
      reconnectAttempts: 0,
    } as unknown as Parameters<typeof client.listen.v1.connect>[0],
  );
  const messages: Message[] = [];
  const closed = new Promise<void>((resolve) => socket.on("close", () => resolve()));
  const finalized = Promise.withResolvers<void>();
  socket.on("message", (message) => {
    messages.push(message as Message);
    if ((message as Message).from_finalize) finalized.resolve();
  });
  socket.connect();
  await socket.waitForOpen();
  const samples = new Int16Array(2.5 * rate);
  samples.set(new Tone(440, rate).samples(0, 1.3 * rate));
  for (let at = 0; at < samples.length; at += 1600) {
    socket.sendMedia(samples.slice(at, at + 1600).buffer);
  }
  socket.sendMedia(samples.slice(0, 0.6 * rate).buffer);
  socket.sendKeepAlive({ type: "KeepAlive" });
  socket.sendFinalize({ type: "Finalize" });
  await finalized.promise;
  socket.sendCloseStream({ type: "CloseStream" });
  await closed;
  const text = messages.filter((message) => message.is_final)
    .map((message) => message.channel?.alternatives[0]?.transcript).filter((text) => text);
  assertEquals(text, ["Word1 Word2 Word3.", "Word4 Word5.", "Word6 Word7."]);
  const types = new Set(messages.map(({ type }) => type));
  for (const type of ["Results", "SpeechStarted", "UtteranceEnd", "Metadata"]) assert(types.has(type), type);
});

Deno.test("deepgram sends what Deepgram's own library sends", () => {
  const theirs = new URL(golden["listen connection"].ws, "ws://x");
  const { url, headers } = connection({ key: "KEY", address: "http://x" }, {
    model: "nova-3",
    language: "en",
    rate,
    glossary: { "a b": "x", c: "y" },
    silenceMs: 300,
    wordlessMs: 1000,
  });
  const ours = new URL(url);
  assertEquals(ours.pathname, theirs.pathname);
  for (const key of new Set(theirs.searchParams.keys())) {
    assertEquals(ours.searchParams.getAll(key), theirs.searchParams.getAll(key), key);
  }
  assertEquals(headers, golden["listen connection"].headers);
  const messages = [finalizeMessage, keepaliveMessage, closeMessage].map((message) => JSON.parse(message));
  assertEquals(messages, golden["listen frames"]);
});
