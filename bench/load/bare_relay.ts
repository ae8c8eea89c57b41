/**
 * The least that any service would have to do: takes what speakers say, hands it to the providers, and gives back what comes, over the same sockets and
 * libraries as the service. Nothing is committed, cut, timed, kept, retried or checked. What it uses is what the platform takes before interpreting begins.
 * Its argument is the address of the providers; it says where it listens as the service does.
 *
 * @module
 */
// @ts-types="npm:@types/ws@8.18.1"
import { WebSocket as ProviderSocket } from "ws";
import { decodeBase64 } from "../../adapters/net/base64.ts";
import { serverSentEvents } from "../../adapters/net/event_stream.ts";
import { decodeBinary, encodePcm } from "../../protocol/codec.ts";
import { ACKNOWLEDGE_EVERY_MS, SUBPROTOCOL } from "../../protocol/limits.ts";

const [providers = ""] = Deno.args;
const sockets = providers.replace(/^http/, "ws");
const rate = 16_000;
const laneRate = 24_000;
/** What a provider of recognition gets in a message, in samples. */
const chunkSamples = rate / 10;
const windowBytes = 1_000_000;

/** One connection for the voices of all speakers: what comes back belongs to a context. */
const voices = new ProviderSocket(`${sockets}/tts/websocket`, { perMessageDeflate: false });
const speaking = new Map<string, (data: string | undefined) => void>();
voices.on("message", (bytes: Uint8Array) => {
  const { context_id, data } = JSON.parse(new TextDecoder().decode(bytes));
  speaking.get(context_id)?.(data);
  if (data === undefined) speaking.delete(context_id);
});
await new Promise((resolve) => voices.on("open", resolve));

/** One speaker. */
class Relay {
  readonly #client: WebSocket;
  readonly #chunk = new Int16Array(chunkSamples);
  #filled = 0;
  #recognizer: ProviderSocket | undefined;
  #timer: ReturnType<typeof setInterval> | undefined;
  #seq = 0;
  #received = 0;
  #acknowledged = 0;
  #position = 0;
  #segments = 0;
  #spoken: Promise<void> = Promise.resolve();

  constructor(client: WebSocket) {
    this.#client = client;
    client.binaryType = "arraybuffer";
    client.onmessage = ({ data }) => typeof data === "string" ? this.#takeText(data) : this.#takeAudio(data);
    client.onclose = () => {
      clearInterval(this.#timer);
      this.#recognizer?.close();
    };
  }

  #takeText(text: string): void {
    const message = JSON.parse(text);
    if (message.type === "ping") this.#send({ type: "pong", t0: message.t0 });
    if (message.type !== "start") return;
    const recognizer = new ProviderSocket(`${sockets}/v1/listen?sample_rate=${rate}`, {
      perMessageDeflate: false,
    });
    recognizer.on("message", (bytes: Uint8Array) => this.#hear(JSON.parse(new TextDecoder().decode(bytes))));
    recognizer.on("open", () => {
      this.#recognizer = recognizer;
      this.#send({ type: "ready", lanes: [{ lane: 0, rate }, { lane: 1, rate: laneRate }] });
      this.#timer = setInterval(() => this.#acknowledge(), ACKNOWLEDGE_EVERY_MS);
    });
  }

  #takeAudio(data: ArrayBuffer): void {
    const message = decodeBinary(data);
    if (message.type !== "pcm") return;
    this.#received = message.seq;
    for (let at = 0; at < message.samples.length;) {
      const taken = Math.min(message.samples.length - at, chunkSamples - this.#filled);
      this.#chunk.set(message.samples.subarray(at, at + taken), this.#filled);
      this.#filled += taken;
      at += taken;
      if (this.#filled < chunkSamples) break;
      this.#recognizer?.send(new Uint8Array(this.#chunk.slice().buffer));
      this.#filled = 0;
    }
  }

  #hear(result: { type: string; is_final?: boolean; channel: { alternatives: { transcript: string }[] } }) {
    if (result.type !== "Results") return;
    const text = result.channel.alternatives[0]!.transcript;
    this.#send({ type: "caption", seq: this.#next(), lane: 0, stable: "", tentative: text });
    if (!result.is_final || text === "") return;
    this.#segments += 1;
    this.#send({ type: "segment", seq: this.#next(), segment: this.#segments, text });
    // In their order: one waits for what was said before it.
    this.#spoken = this.#spoken.then(() => this.#interpret(text)).catch(() => {});
  }

  async #interpret(text: string): Promise<void> {
    const context = crypto.randomUUID();
    const over = Promise.withResolvers<void>();
    speaking.set(context, (data) => {
      if (data === undefined) over.resolve();
      else this.#speak(decodeBase64(data, "the provider"));
    });
    const say = (transcript: string, more: boolean) =>
      voices.send(JSON.stringify({
        context_id: context,
        transcript,
        continue: more,
        output_format: { sample_rate: laneRate },
      }));
    const response = await fetch(`${providers}/chat/completions`, {
      method: "POST",
      body: JSON.stringify({ messages: [{ role: "user", content: `<source>${text}</source>` }] }),
    });
    let translated = "";
    for await (const { data } of serverSentEvents(response.body!, "the provider")) {
      const append = data === "[DONE]" ? undefined : JSON.parse(data).choices[0].delta.content;
      if (append === undefined) continue;
      translated += append;
      say(append, true);
      this.#send({ type: "caption", seq: this.#next(), lane: 1, stable: translated, tentative: "" });
    }
    say("", false);
    await over.promise;
  }

  #speak(bytes: Uint8Array): void {
    const samples = new Int16Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 2);
    this.#client.send(encodePcm({ lane: 1, seq: this.#next(), position: this.#position, flags: 0 }, samples));
    this.#position += samples.length;
  }

  #acknowledge(): void {
    if (this.#received === this.#acknowledged) return;
    this.#acknowledged = this.#received;
    this.#send({ type: "ack", received: this.#received, settled: 0, window: windowBytes });
  }

  #next(): number {
    this.#seq += 1;
    return this.#seq;
  }

  #send(message: object): void {
    if (this.#client.readyState === WebSocket.OPEN) this.#client.send(JSON.stringify(message));
  }
}

const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, (request) => {
  const { socket, response } = Deno.upgradeWebSocket(request, { protocol: SUBPROTOCOL });
  new Relay(socket);
  return response;
});
console.error(JSON.stringify({ level: "info", url: `http://127.0.0.1:${server.addr.port}` }));
Deno.addSignalListener("SIGTERM", () => Deno.exit(0));
