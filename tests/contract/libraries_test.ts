/**
 * The vendors' own libraries against the stand-ins: a stand-in that the vendor's library takes for the vendor is not of our own invention.
 */
import { assert, assertEquals, assertInstanceOf } from "@std/assert";
import { Cartesia } from "cartesia-js";
import * as deepl from "deepl-node";
import OpenAI from "openai";
import { cartesiaServer } from "../support/contract/cartesia.ts";
import { chatServer } from "../support/contract/chat.ts";
import { deeplServer } from "../support/contract/deepl.ts";
import { scenarioKey } from "../support/contract/scenario.ts";
import { SocketScript } from "../support/contract/socket_script.ts";
import { speechServer } from "../support/contract/speech.ts";

Deno.test("openai streams a chat from the stand-in for a chat model", async () => {
  await using server = chatServer();
  const client = new OpenAI({ apiKey: scenarioKey, baseURL: server.address, maxRetries: 0 });
  const chunks = await client.chat.completions.create({
    model: "scenario",
    temperature: 0,
    max_tokens: 100,
    stream: true,
    stream_options: { include_usage: true },
    messages: [
      { role: "system", content: "from English (en) into Spanish (es)" },
      { role: "user", content: "<source>one two</source>" },
    ],
  });
  let text = "";
  let tokens: number | undefined;
  for await (const { choices, usage } of chunks) {
    text += choices[0]?.delta.content ?? "";
    tokens = usage?.total_tokens ?? tokens;
  }
  assertEquals({ text, tokens }, { text: "es:one es:two", tokens: 120 });
});

Deno.test("openai finds the key refused by the stand-in for a chat model", async () => {
  await using server = chatServer();
  const client = new OpenAI({ apiKey: "sk-wrong", baseURL: server.address, maxRetries: 0 });
  const error = await client.models.list().then(() => undefined, (error) => error);
  assertInstanceOf(error, OpenAI.AuthenticationError);
});

Deno.test("openai has the stand-in for a speech server speak", async () => {
  await using server = speechServer();
  const client = new OpenAI({ apiKey: scenarioKey, baseURL: server.address, maxRetries: 0 });
  const response = await client.audio.speech.create({
    model: "scenario",
    voice: "coral",
    input: "1234567890",
    response_format: "pcm",
  });
  assertEquals((await response.arrayBuffer()).byteLength, 2 * 24_000 * 0.6);
});

Deno.test("deepl-node translates with the stand-in for DeepL", async () => {
  await using server = deeplServer({ used: 10 });
  const client = new deepl.DeepLClient(scenarioKey, { serverUrl: server.address, maxRetries: 0 });
  const usage = await client.getUsage();
  assertEquals([usage.character?.count, usage.character?.limit], [10, 1000]);
  const { text } = await client.translateText("one two", "en", "pt-BR", {
    context: "before",
    modelType: "latency_optimized",
  });
  assertEquals(text, "pt:one pt:two");
});

Deno.test("deepl-node finds the plan used up and the key refused by the stand-in for DeepL", async () => {
  await using server = deeplServer();
  const client = new deepl.DeepLClient(scenarioKey, { serverUrl: server.address, maxRetries: 0 });
  server.faults.push({ route: "/v2/translate", fault: { type: "status", status: 456, body: "{}" } });
  const used = await client.translateText("one", "en", "es").catch((error) => error);
  assertInstanceOf(used, deepl.QuotaExceededError);
  const other = new deepl.DeepLClient("sk-wrong", { serverUrl: server.address, maxRetries: 0 });
  assertInstanceOf(await other.getUsage().catch((error) => error), deepl.AuthorizationError);
});

Deno.test("cartesia-js speaks with the stand-in for Cartesia", async () => {
  await using server = cartesiaServer(new SocketScript(), { ofLibrary: true });
  using _ = plainSockets();
  // The library puts the key into the address: it is another one than that which may not stand there.
  const client = new Cartesia({ apiKey: "sk-library", baseURL: server.address });
  const socket = await client.tts.websocket();
  const context = socket.context({
    model_id: "sonic-3.5",
    voice: { id: "voice1" },
    output_format: { container: "raw", encoding: "pcm_s16le", sample_rate: 24_000 },
    language: "es",
  });
  await context.push({ transcript: "12345" });
  await context.push({ transcript: "67890" });
  await context.no_more_inputs();
  let bytes = 0;
  let done = false;
  for await (const event of context.receive()) {
    if (event.type === "chunk") bytes += event.audio?.length ?? 0;
    done ||= event.type === "done";
  }
  assert(done, "It did not come to an end");
  assertEquals(bytes, 2 * 24_000 * 0.6);
  socket.close();
});

/** The library connects by TLS whatever the address says: its sockets go without, until this is disposed. */
function plainSockets(): Disposable {
  const usual = globalThis.WebSocket;
  globalThis.WebSocket = class extends usual {
    constructor(url: string | URL, options?: string | string[]) {
      super(String(url).replace(/^wss:/, "ws:"), options);
    }
  };
  return { [Symbol.dispose]: () => void (globalThis.WebSocket = usual) };
}
