import { encodeBase64 } from "@std/encoding";
import schema from "../../fixtures/schemas/cartesia.json" with { type: "json" };
import { contractOf } from "./published.ts";
import { ScenarioServer } from "./scenario.ts";
import { refuseKey, SocketScript } from "./socket_script.ts";
import { oddPieces, ToneSpeech } from "./tone_speech.ts";

const contract = contractOf(schema, "cartesia");
const checkMessage = contract.closed("/definitions/WebsocketClientEvent");
const checkReply = contract.open("/definitions/WebsocketResponse");

/** A stand-in for Cartesia's socket: says a tone as long as the text. It takes the key as its own library sends it, too. */
export function cartesiaServer(script = new SocketScript(), { ofLibrary = false } = {}): ScenarioServer {
  return new ScenarioServer(() => new Response("", { status: 404 }), (request, server) => {
    const { pathname, searchParams } = new URL(request.path, "http://x");
    if (pathname !== "/tts/websocket") return new Response("", { status: 404 });
    const refused = ofLibrary ? undefined : refuseKey(request.headers.get("authorization"), "Bearer KEY");
    if (refused) return refused;
    if (!/^\d{4}-\d\d-\d\d$/.test(searchParams.get("cartesia_version") ?? "")) {
      server.object("there is no version");
    }
    return (socket) => new Contexts(socket, script, server).listen();
  });
}

interface Context {
  /** All fields but the transcript and `continue`: they have to stay the same. */
  readonly manner: string;
  readonly speech: ToneSpeech;
}

class Contexts {
  readonly #contexts = new Map<string, Context>();
  readonly #over = new Set<string>();
  readonly #socket: WebSocket;
  readonly #script: SocketScript;
  readonly #server: ScenarioServer;

  constructor(socket: WebSocket, script: SocketScript, server: ScenarioServer) {
    this.#socket = socket;
    this.#script = script;
    this.#server = server;
  }

  listen(): void {
    this.#socket.addEventListener("open", () => this.#script.play("open", this.#socket));
    this.#socket.addEventListener("message", ({ data }) => this.#take(JSON.parse(data)));
  }

  #take(message: Record<string, unknown>): void {
    this.#server.object(...checkMessage(message));
    const id = String(message["context_id"]);
    if (message["cancel"]) {
      this.#contexts.delete(id);
      this.#over.add(id);
      return;
    }
    const { transcript, continue: more, flush: _, ...manner } = message;
    if (this.#over.has(id)) this.#server.object("a context is used after its end");
    const known = this.#contexts.get(id);
    if (known && known.manner !== JSON.stringify(manner)) {
      this.#server.object("a field changes within a context");
    }
    const { speed = 1 } = (message["generation_config"] ?? {}) as { speed?: number };
    if (speed < 0.6 || speed > 1.5) this.#server.object(`the speed is ${speed}`);
    const { sample_rate: rate } = message["output_format"] as { sample_rate: number };
    const context = known ?? { manner: JSON.stringify(manner), speech: new ToneSpeech(rate, speed) };
    this.#contexts.set(id, context);
    if (!known && !this.#script.play("begin", this.#socket)) return;
    if (!more && transcript === "" && !known) this.#server.object("a context ends that had no text");
    if (!this.#script.play("phrase", this.#socket)) return;
    if (!this.#speak(id, context.speech.say(String(transcript))) || more) return;
    this.#contexts.delete(id);
    this.#over.add(id);
    if (this.#script.play("end", this.#socket)) {
      this.#send({ type: "done", done: true, status_code: 200, context_id: id });
    }
  }

  #speak(id: string, bytes: Uint8Array): boolean {
    for (const piece of oddPieces(bytes)) {
      if (!this.#script.play("audio", this.#socket)) return false;
      this.#send({
        type: "chunk",
        data: encodeBase64(piece),
        done: false,
        status_code: 206,
        step_time: 1,
        context_id: id,
      });
    }
    this.#send({
      type: "flush_done",
      done: false,
      flush_done: true,
      flush_id: 1,
      status_code: 206,
      context_id: id,
    });
    // Of a type that nobody knows yet.
    this.#socket.send(JSON.stringify({ type: "something_new", context_id: id }));
    return true;
  }

  #send(reply: Record<string, unknown>): void {
    this.#server.object(...checkReply(reply));
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(reply));
  }
}
