import { encodeBase64 } from "@std/encoding";
import { contractOf, publishedContract } from "./published.ts";
import { type Recorded, ScenarioServer } from "./scenario.ts";
import { refuseKey, SocketScript } from "./socket_script.ts";
import { bodyOf, oddPieces, ToneSpeech } from "./tone_speech.ts";

const contract = publishedContract("elevenlabs/asyncapi.yml");
const schema = (name: string) => `/components/schemas/${name}`;
const checkMessage = contract?.closed(
  ...[
    "InitializeConnectionMulti",
    "SendTextMulti",
    "FlushContext",
    "CloseContext",
    "CloseSocket",
    "KeepContextAlive",
  ].map(schema),
);
const checkReply = contract?.open(schema("AudioOutputMulti"), schema("FinalOutputMulti"));
const checkQuery = contract?.closed(
  "/channels/~1v1~1text-to-speech~1{voice_id}~1multi-stream-input/bindings/ws/query",
);
/** What is known of the request without the published parts, which have none for it (captured from ElevenLabs' own library). */
const checkBody = contractOf({
  request: {
    type: "object",
    required: ["text", "model_id"],
    properties: {
      text: { type: "string" },
      model_id: { type: "string" },
      language_code: { type: "string", pattern: "^[a-z]{2,3}$" },
      voice_settings: {
        type: "object",
        properties: { speed: { type: "number", minimum: 0.7, maximum: 1.2 } },
      },
    },
  },
}, "elevenlabs").closed("/request");

/** A stand-in for ElevenLabs, over HTTP and over the socket with several contexts: says a tone as long as the text. */
export function elevenLabsServer(script = new SocketScript()): ScenarioServer {
  return new ScenarioServer(stream, (request, server) => {
    const { pathname, searchParams } = new URL(request.path, "http://x");
    if (!/^\/v1\/text-to-speech\/[\w-]+\/multi-stream-input$/.test(pathname)) {
      return new Response("", { status: 404 });
    }
    const refused = refuseKey(request.headers.get("xi-api-key"), "KEY");
    if (refused) return refused;
    checkConnection(searchParams, server);
    const rate = Number(searchParams.get("output_format")!.slice("pcm_".length));
    return (socket) => new MultiContext(socket, rate, script, server).listen();
  });
}

function checkConnection(query: URLSearchParams, server: ScenarioServer): void {
  const typed = Object.fromEntries(
    [...query].map((
      [key, value],
    ) => [key, value === "true" ? true : /^\d+$/.test(value) ? Number(value) : value]),
  );
  server.object(...checkQuery?.(typed) ?? []);
  if (Number(query.get("inactivity_timeout")) > 180) server.object("inactivity_timeout is above 180");
  if (query.get("model_id") === "eleven_v3") server.object("eleven_v3 has no socket");
}

function stream(request: Recorded, server: ScenarioServer): Response {
  const { pathname, searchParams } = new URL(request.path, "http://x");
  if (request.method !== "POST" || !/^\/v1\/text-to-speech\/[\w-]+\/stream$/.test(pathname)) {
    return Response.json({ detail: "Not Found" }, { status: 404 });
  }
  if (refuseKey(request.headers.get("xi-api-key"), "KEY")) {
    return Response.json({ detail: { status: "invalid_api_key", message: "x" } }, { status: 401 });
  }
  const message = JSON.parse(request.body);
  server.object(...checkBody(message));
  const rate = Number(searchParams.get("output_format")!.slice("pcm_".length));
  const bytes = new ToneSpeech(rate, message.voice_settings?.speed ?? 1).say(message.text);
  return new Response(bodyOf(oddPieces(bytes)));
}

interface Context {
  readonly speech: ToneSpeech;
  flushed: boolean;
}

class MultiContext {
  readonly #contexts = new Map<string, Context>();
  readonly #socket: WebSocket;
  readonly #rate: number;
  readonly #script: SocketScript;
  readonly #server: ScenarioServer;

  constructor(socket: WebSocket, rate: number, script: SocketScript, server: ScenarioServer) {
    this.#socket = socket;
    this.#rate = rate;
    this.#script = script;
    this.#server = server;
  }

  listen(): void {
    this.#socket.addEventListener("open", () => this.#script.play("open", this.#socket));
    this.#socket.addEventListener("message", ({ data }) => this.#take(JSON.parse(data)));
  }

  #take(message: Record<string, unknown>): void {
    this.#server.object(...checkMessage?.(message) ?? []);
    const id = String(message["context_id"]);
    const context = this.#contexts.get(id);
    if (message["close_context"]) return this.#close(id, context);
    if (message["flush"]) {
      if (!context) this.#server.object("a context is flushed that there is not");
      else context.flushed = true;
      return;
    }
    const text = message["text"];
    if (typeof text !== "string") return this.#server.object("a message has neither text nor a purpose");
    if (!context) return this.#begin(id, text, message);
    if (!text.endsWith(" ")) this.#server.object("a text does not end in a space");
    if (context.flushed) this.#server.object("a text comes after the flush");
    if (this.#script.play("phrase", this.#socket)) this.#speak(id, context.speech.say(text));
  }

  #begin(id: string, text: string, { voice_settings: settings }: Record<string, unknown>): void {
    if (text !== " ") this.#server.object("a context does not begin with a space");
    if (this.#contexts.size >= 5) this.#server.object("more than five contexts");
    const speed = (settings as { speed?: number } | undefined)?.speed ?? 1;
    if (speed < 0.7 || speed > 1.2) this.#server.object(`the speed is ${speed}`);
    this.#contexts.set(id, { speech: new ToneSpeech(this.#rate, speed), flushed: false });
    this.#script.play("begin", this.#socket);
  }

  #speak(id: string, bytes: Uint8Array): void {
    for (const piece of oddPieces(bytes)) {
      if (!this.#script.play("audio", this.#socket)) return;
      this.#send({ audio: encodeBase64(piece), alignment: null, normalizedAlignment: null, contextId: id });
    }
    // Of a type that nobody knows yet.
    this.#socket.send(JSON.stringify({ notice: "something new", contextId: id }));
  }

  #close(id: string, context: Context | undefined): void {
    this.#contexts.delete(id);
    if (!context || !this.#script.play("end", this.#socket)) return;
    this.#send({ isFinal: true, contextId: id });
  }

  #send(reply: Record<string, unknown>): void {
    const isAudio = "audio" in reply;
    // The published schema has no null for what it calls nullable beside a reference.
    const { alignment: _, normalizedAlignment: __, ...checked } = reply;
    this.#server.object(...checkReply?.(isAudio ? checked : reply) ?? []);
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(reply));
  }
}
