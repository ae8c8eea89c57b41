import { decodeBase64, encodeBase64 } from "@std/encoding";
import { wsConnect } from "../cli/socket.ts";
import { systemClock } from "../flow/clock.ts";
import { table } from "./table.ts";

/** The old app's provider speeds at their midpoints (DESIGN §9). */
const speeds = { sttSecondsPerSecond: 0.35, mtMsPerWord: 60, ttsSecondsPerSecond: 0.3 };
/** A 10 s message of 25 words; its Spanish is 15 % longer. */
const message = { seconds: 10, words: 25, expansion: 1.15, rate: 16_000 };

/**
 * The old app as its report describes it, rebuilt: one base64 JSON message in, then speech to text, translation and text to speech one after the other,
 * then one base64 JSON message out; the providers are waits at their stated speeds.
 */
export async function oldApp(signal: AbortSignal): Promise<string> {
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, (request) => {
    const { socket, response } = Deno.upgradeWebSocket(request);
    socket.onmessage = async ({ data }) => socket.send(await answer(data, signal));
    return response;
  });
  const socket = wsConnect(`ws://127.0.0.1:${server.addr.port}`, []);
  await new Promise<void>((resolve) => socket.addEventListener("open", resolve));
  const audio = encodeBase64(new Uint8Array(message.seconds * message.rate * 2));
  const startMs = systemClock.now();
  const reply = new Promise<string>((resolve) =>
    socket.addEventListener("message", ({ data }) => resolve(String(data)))
  );
  socket.send(JSON.stringify({ type: "audio", data: { audio } }));
  const data = await reply;
  const totalMs = systemClock.now() - startMs;
  const closed = new Promise<unknown>((resolve) => socket.addEventListener("close", resolve));
  socket.close();
  await closed;
  await server.shutdown();
  return [
    `End of a ${message.seconds} s message → first audio, the old app rebuilt: sequential, base64 in JSON (stt ${speeds.sttSecondsPerSecond} s per second, mt ${speeds.mtMsPerWord} ms a word, ${message.words} words, tts ${speeds.ttsSecondsPerSecond} s per second)`,
    table(["what", "value"], [
      ["first audio after the end of speech", `${(totalMs / 1000).toFixed(2)} s`],
      ["bytes up / down", `${audio.length} / ${data.length}`],
    ]),
  ].join("\n");
}

async function answer(text: string, signal: AbortSignal): Promise<string> {
  const { data } = JSON.parse(text);
  const seconds = decodeBase64(data.audio).length / 2 / message.rate;
  await systemClock.sleep(1000 * seconds * speeds.sttSecondsPerSecond, signal);
  await systemClock.sleep(message.words * speeds.mtMsPerWord, signal);
  const spokenSeconds = seconds * message.expansion;
  await systemClock.sleep(1000 * spokenSeconds * speeds.ttsSecondsPerSecond, signal);
  const speech = encodeBase64(new Uint8Array(Math.round(spokenSeconds * message.rate) * 2));
  return JSON.stringify({ type: "translation", data: { audio_url: `data:audio/wav;base64,${speech}` } });
}
