/**
 * The providers of the load in a process of their own, on loopback: hears over Deepgram's socket, translates over OpenAI's chat route with server-sent events,
 * speaks over Cartesia's socket with base64 in JSON; all with the latencies of a simulator's profile, which is the argument. Prints its port.
 *
 * @module
 */
import { encodeBase64 } from "../../adapters/net/base64.ts";
import { profileNamed } from "../../adapters/fake/profiles/mod.ts";
import { simulatedRecognizer } from "../../adapters/fake/simulated_recognizer.ts";
import { simulatedSynthesizer } from "../../adapters/fake/simulated_synthesizer.ts";
import { simulatedTranslator } from "../../adapters/fake/simulated_translator.ts";
import { Queue } from "../../flow/queue.ts";
import type { Voice } from "../../pipeline/ports.ts";
import { serveDeepgram } from "./deepgram_stream.ts";

const profile = profileNamed(Deno.args[0] ?? "published");
const recognizer = simulatedRecognizer({ profile });
const translator = simulatedTranslator({ profile });
const synthesizer = simulatedSynthesizer({ profile });
const encoder = new TextEncoder();
/** Open throughout: a provider's connection is opened by its client. */
const forever = new AbortController().signal;
const translation = await translator.open({ source: "en", target: "es", glossary: {}, signal: forever });
const voices = new Map<number, Promise<Voice>>();

function voiceAt(rate: number): Promise<Voice> {
  const known = voices.get(rate);
  if (known) return known;
  const formats = [{ codec: "pcm_s16le", rate } as const];
  const voice = synthesizer.open({ language: "es", formats, signal: forever });
  voices.set(rate, voice);
  return voice;
}

function bytesOf({ buffer, byteOffset, byteLength }: Int16Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

async function* translate(body: string): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const { messages } = JSON.parse(body);
  const text = /^<source>(.*)<\/source>$/s.exec(messages.at(-1).content)?.[1] ?? "";
  const chunk = (delta: object, finish: string | null = null) =>
    encoder.encode(`data: ${
      JSON.stringify({
        id: "chatcmpl-1",
        object: "chat.completion.chunk",
        created: 1,
        model: "simulated",
        choices: [{ index: 0, delta, finish_reason: finish }],
      })
    }\n\n`);
  for await (const event of translation.translate({ segment: 1, text, history: [] }, forever)) {
    if (event.type === "append") yield chunk({ content: event.text });
  }
  yield chunk({}, "stop");
  yield encoder.encode("data: [DONE]\n\n");
}

function speak(socket: WebSocket): void {
  const gone = new AbortController();
  const { signal } = gone;
  const contexts = new Map<string, { readonly text: Queue<string>; readonly stop: AbortController }>();
  socket.onclose = () => gone.abort();
  socket.onmessage = ({ data }) => {
    const message = JSON.parse(String(data));
    const id = String(message.context_id);
    if (message.cancel) return contexts.get(id)?.stop.abort();
    const known = contexts.get(id);
    const context = known ?? { text: new Queue<string>({ limit: Infinity }), stop: new AbortController() };
    contexts.set(id, context);
    if (message.transcript !== "") context.text.push(message.transcript);
    if (!message.continue) context.text.close();
    if (known) return;
    const within = AbortSignal.any([signal, context.stop.signal]);
    speakContext(socket, id, message.output_format.sample_rate, context.text, within)
      .catch(() => {})
      .finally(() => contexts.delete(id));
  };
}

async function speakContext(
  socket: WebSocket,
  id: string,
  rate: number,
  text: Queue<string>,
  signal: AbortSignal,
): Promise<void> {
  const voice = await voiceAt(rate);
  for await (const event of voice.speak(text.items(signal), { segment: 1, speed: 1 }, signal)) {
    if (event.type !== "frame") continue;
    const chunk = { type: "chunk", data: encodeBase64(bytesOf(event.samples)), done: false, context_id: id };
    socket.send(JSON.stringify({ ...chunk, status_code: 206, step_time: 1 }));
  }
  socket.send(JSON.stringify({ type: "done", done: true, status_code: 200, context_id: id }));
}

const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, async (request) => {
  const { pathname, searchParams } = new URL(request.url);
  if (request.headers.get("upgrade")?.toLowerCase() === "websocket") {
    const { socket, response } = Deno.upgradeWebSocket(request);
    if (pathname === "/v1/listen") serveDeepgram(socket, Number(searchParams.get("sample_rate")), recognizer);
    else speak(socket);
    return response;
  }
  if (pathname === "/models") return Response.json({ object: "list", data: [] });
  const body = ReadableStream.from(translate(await request.text()));
  return new Response(body, { headers: { "content-type": "text/event-stream" } });
});
console.log(server.addr.port);
Deno.addSignalListener("SIGTERM", () => Deno.exit(0));
