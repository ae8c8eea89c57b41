/**
 * AssemblyAI's own library against the stand-in: a stand-in that the vendor's library takes for the vendor is not of our own invention.
 */
import { assertEquals, assertGreater } from "@std/assert";
import { StreamingTranscriber, type TurnEvent } from "assemblyai";
import { Tone } from "../../adapters/fake/tone.ts";
import { assemblyAiServer } from "../support/contract/assemblyai.ts";
import { scenarioKey } from "../support/contract/scenario.ts";
import { FakeClock, settle } from "../support/fake_clock.ts";

const rate = 16_000;

/** The library insists on TLS: its address goes without. */
function transcriberAt(address: string, apiKey: string, formatTurns: boolean): StreamingTranscriber {
  const transcriber = new StreamingTranscriber({
    websocketBaseUrl: `${address.replace(/^http:/, "wss:")}/v3/ws`,
    apiKey,
    sampleRate: rate,
    encoding: "pcm_s16le",
    speechModel: "universal-streaming-multilingual",
    formatTurns,
    keytermsPrompt: ["Parley"],
    minTurnSilence: 400,
    maxConnectionRetries: 0,
    connectTimeout: 5000,
  });
  const inside = transcriber as unknown as { connectionUrl(): URL };
  const url = inside.connectionUrl().href.replace(/^wss:/, "ws:");
  return Object.assign(transcriber, { connectionUrl: () => new URL(url) });
}

Deno.test("assemblyai transcribes with the stand-in for AssemblyAI, forces an end and terminates", async () => {
  const clock = new FakeClock();
  await using server = assemblyAiServer(undefined, { clock });
  const transcriber = transcriberAt(server.address, scenarioKey, true);
  const turns: TurnEvent[] = [];
  transcriber.on("turn", (turn) => turns.push(turn));
  const begin = await transcriber.connect();
  assertGreater(begin.id.length, 0);
  const tone = new Tone(440, rate);
  for (let sent = 0; sent < 15; sent += 1) {
    await clock.advance(100);
    transcriber.sendAudio(tone.samples(sent * rate / 10, rate / 10).buffer as ArrayBuffer);
  }
  transcriber.forceEndpoint();
  transcriber.keepAlive();
  transcriber.updateConfiguration({ max_turn_silence: 800 });
  while (!turns.some((turn) => turn.turn_is_formatted)) await settle();
  await transcriber.close(true, 5000);
  const ends = turns.filter((turn) => turn.end_of_turn).map((
    { transcript, turn_is_formatted, turn_order },
  ) => ({
    transcript,
    turn_is_formatted,
    turn_order,
  }));
  const text = "word1 word2 word3 word4 word5";
  assertEquals(ends, [
    { transcript: text, turn_is_formatted: false, turn_order: 0 },
    { transcript: "Word1 word2 word3 word4 word5.", turn_is_formatted: true, turn_order: 0 },
  ]);
});

Deno.test("assemblyai finds the key refused by the stand-in for AssemblyAI", async () => {
  await using server = assemblyAiServer();
  const transcriber = transcriberAt(server.address, "sk-wrong", false);
  const error = await transcriber.connect().then(() => undefined, (error) => error);
  assertEquals([error.name, error.code], ["Error", 1008]);
});
