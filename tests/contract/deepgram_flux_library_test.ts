/** Deepgram's own library against the stand-in for Flux. */
import { assert, assertEquals } from "@std/assert";
import { DeepgramClient } from "@deepgram/sdk";
import { Tone } from "../../adapters/fake/tone.ts";
import { deepgramFluxServer } from "../support/contract/deepgram_flux.ts";
import { scenarioKey, type ScenarioServer } from "../support/contract/scenario.ts";

const rate = 16_000;

interface TurnInfo {
  readonly type: string;
  readonly event?: string;
  readonly transcript?: string;
  readonly trigger?: string;
  readonly code?: string;
}

async function connect(server: ScenarioServer, more: object = {}) {
  const address = server.address.replace("http", "ws");
  const client = new DeepgramClient({
    apiKey: scenarioKey,
    environment: { base: server.address, production: address, agent: address, agentRest: server.address },
  });
  const socket = await client.listen.v2.connect(
    {
      model: "flux-general-en",
      encoding: "linear16",
      sample_rate: rate,
      eot_threshold: 0.7,
      keyterm: ["Parley", "lane change"],
      reconnectAttempts: 0,
      ...more,
    } as Parameters<typeof client.listen.v2.connect>[0],
  );
  const messages: TurnInfo[] = [];
  const closed = new Promise<void>((resolve) => socket.on("close", () => resolve()));
  socket.on("message", (message) => void messages.push(message as TurnInfo));
  socket.on("error", () => {});
  socket.connect();
  return { socket, messages, closed };
}

function sound(soundMs: number, silenceMs: number): Int16Array<ArrayBuffer>[] {
  const samples = new Int16Array((soundMs + silenceMs) * rate / 1000);
  samples.set(new Tone(440, rate).samples(0, soundMs * rate / 1000));
  const step = 80 * rate / 1000;
  return Array.from({ length: Math.ceil(samples.length / step) }, (_, index) => {
    return samples.slice(index * step, (index + 1) * step);
  });
}

Deno.test("@deepgram/sdk transcribes with the stand-in for Flux", async () => {
  await using server = deepgramFluxServer(undefined, { ofLibrary: true });
  const { socket, messages, closed } = await connect(server, { eager_eot_threshold: 0.5 });
  await socket.waitForOpen();
  for (const piece of sound(900, 800)) socket.sendMedia(piece.buffer);
  for (const piece of sound(400, 0)) socket.sendMedia(piece.buffer);
  socket.sendForceEndTurn({ type: "ForceEndTurn" });
  for (const piece of sound(300, 0)) socket.sendMedia(piece.buffer);
  socket.sendCloseStream({ type: "CloseStream" });
  await closed;
  assertEquals(messages[0]?.type, "Connected");
  const turns = messages.filter(({ event }) => event === "EndOfTurn");
  assertEquals(turns.map(({ transcript, trigger }) => [transcript, trigger]), [
    ["word1 word2 word3", "model"],
    ["word4 word5", "manual"],
  ]);
  const eager = messages.findIndex(({ event }) => event === "EagerEndOfTurn");
  assertEquals(messages[eager]?.transcript, "word1 word2 word3");
  assertEquals([messages.at(-1)?.event, messages.at(-1)?.transcript], ["Update", "word6"]);
  assert(messages.some(({ event }) => event === "StartOfTurn"), "No turn began");
  await server.closed();
});
