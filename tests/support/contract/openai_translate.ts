import { decodeBase64, encodeBase64 } from "@std/encoding";
import { Tone } from "../../../adapters/fake/tone.ts";
import { publishedContract } from "./published.ts";
import { ScenarioServer } from "./scenario.ts";
import { refuseKey, SocketScript } from "./socket_script.ts";

const contract = publishedContract("openai/realtime-transcription-translation.json");
const ofClient = contract?.closed(
  "/components/schemas/RealtimeTranslationClientEventSessionUpdate",
  "/components/schemas/RealtimeTranslationClientEventInputAudioBufferAppend",
  "/components/schemas/RealtimeTranslationClientEventSessionClose",
);
const ofServer = contract?.open(
  ...[
    "RealtimeServerEventError",
    "RealtimeTranslationServerEventSessionCreated",
    "RealtimeTranslationServerEventSessionUpdated",
    "RealtimeTranslationServerEventSessionClosed",
    "RealtimeTranslationServerEventSessionInputTranscriptDelta",
    "RealtimeTranslationServerEventSessionOutputTranscriptDelta",
    "RealtimeTranslationServerEventSessionOutputAudioDelta",
  ].map((name) => `/components/schemas/${name}`),
);

/** The engine's frame: 200 ms at 24 kHz. */
const frameSamples = 4800;
/** What is louder than this is speech. */
const loud = 1000;

/** What the stand-in's translation is like. */
export interface OpenAiTranslateOptions {
  readonly script?: SocketScript;
  /** How long the source may pause before the stand-in objects: silence has to be sent, in ms; not watched when absent. */
  readonly pauseMs?: number;
}

/**
 * A stand-in for OpenAI's realtime translation: writes a word for each 200 ms of sound, and says the translation of all words once there is silence. Every
 * fourth word ends a clause. After speech come frames of silence, as a voice that has stopped.
 */
export function openaiTranslateServer(options: OpenAiTranslateOptions = {}): ScenarioServer {
  return new ScenarioServer(() => new Response("", { status: 404 }), (request, server) => {
    const { pathname, searchParams } = new URL(request.path, "http://x");
    if (pathname !== "/v1/realtime/translations") return new Response("", { status: 404 });
    const refused = refuseKey(request.headers.get("authorization"), "Bearer KEY");
    if (refused) return refused;
    if (!searchParams.get("model")) server.object("there is no model in the address");
    if (request.headers.get("openai-beta")) server.object("there is the header of the beta");
    return (socket) =>
      new TranslationSession(socket, server, options).listen(searchParams.get("model") ?? "");
  });
}

class TranslationSession {
  readonly #socket: WebSocket;
  readonly #server: ScenarioServer;
  readonly #script: SocketScript;
  readonly #options: OpenAiTranslateOptions;
  readonly #tone = new Tone(330, 24_000);
  #session: Record<string, unknown> = {};
  #language: string | undefined;
  #transcribes = false;
  #closing = false;
  #buffer: number[] = [];
  #frames = 0;
  #events = 0;
  #words = 0;
  #unspoken = 0;
  #position = 0;
  #lastMs = performance.now();

  constructor(socket: WebSocket, server: ScenarioServer, options: OpenAiTranslateOptions) {
    this.#socket = socket;
    this.#server = server;
    this.#script = options.script ?? new SocketScript();
    this.#options = options;
  }

  listen(model: string): void {
    this.#session = {
      id: "sess_1",
      type: "translation",
      expires_at: 1_900_000_000,
      model,
      audio: { input: { transcription: null, noise_reduction: null }, output: { language: "en" } },
    };
    this.#socket.addEventListener("open", () => {
      if (this.#script.play("open", this.#socket)) {
        this.#send({ type: "session.created", session: this.#session });
      }
    });
    this.#socket.addEventListener("message", ({ data }) => this.#take(data));
  }

  #take(data: unknown): void {
    if (typeof data !== "string") return this.#server.object("a message is not text");
    const message = JSON.parse(data) as Record<string, unknown>;
    this.#server.object(...ofClient?.(message) ?? []);
    if (this.#closing) return this.#server.object("a message comes after session.close");
    switch (message["type"]) {
      case "session.update":
        return this.#update(message["session"] as { audio: Record<string, Record<string, unknown>> });
      case "session.input_audio_buffer.append":
        return this.#append(String(message["audio"]));
      case "session.close":
        return this.#close();
      default:
        return this.#server.object(`a message is of the type ${message["type"]}`);
    }
  }

  #update({ audio: { input = {}, output = {} } }: { audio: Record<string, Record<string, unknown>> }): void {
    if (!this.#script.play("begin", this.#socket)) return;
    this.#language = String(output["language"]);
    if (!/^[a-z]{2,3}$/.test(this.#language)) this.#server.object(`the language is ${this.#language}`);
    this.#transcribes = input["transcription"] !== undefined;
    this.#send({ type: "session.updated", session: { ...this.#session, audio: { input, output } } });
  }

  #append(audio: string): void {
    if (this.#language === undefined) this.#server.object("audio comes before the language was agreed upon");
    const bytes = decodeBase64(audio);
    if (bytes.length % 2 !== 0) this.#server.object(`a piece of audio has ${bytes.length} bytes`);
    if (bytes.length > 2 * frameSamples) this.#server.object("a piece of audio is longer than a frame");
    const pausedMs = performance.now() - this.#lastMs;
    this.#lastMs = performance.now();
    const { pauseMs = Infinity } = this.#options;
    if (this.#frames > 0 && pausedMs > pauseMs) {
      this.#server.object(`no audio came for ${Math.round(pausedMs)} ms`);
    }
    this.#buffer.push(...new Int16Array(bytes.slice().buffer));
    while (this.#buffer.length >= frameSamples) this.#hear(this.#buffer.splice(0, frameSamples));
  }

  #hear(samples: readonly number[]): void {
    this.#frames += 1;
    if (samples.some((sample) => Math.abs(sample) > loud)) return this.#write();
    if (this.#unspoken > 0) this.#speak();
  }

  #write(): void {
    this.#words += 1;
    this.#unspoken += 1;
    if (!this.#transcribes || !this.#script.play("phrase", this.#socket)) return;
    const mark = this.#words % 4 === 0 ? "," : "";
    // A word in two fragments.
    for (const delta of [` ${this.#words}wo`, `rd${mark}`]) {
      this.#send({ type: "session.input_transcript.delta", delta, elapsed_ms: this.#frames * 200 });
    }
  }

  #speak(): void {
    const first = this.#words - this.#unspoken + 1;
    this.#unspoken = 0;
    if (this.#transcribes) {
      this.#send({ type: "session.input_transcript.delta", delta: ".", elapsed_ms: this.#frames * 200 });
    }
    for (let word = first; word <= this.#words; word++) {
      const mark = word === this.#words ? "." : word % 4 === 0 ? "," : "";
      const delta = ` ${word}${this.#language}${mark}`;
      this.#send({ type: "session.output_transcript.delta", delta, elapsed_ms: this.#frames * 200 });
      if (!this.#script.play("audio", this.#socket)) return;
      this.#sound(this.#tone.samples(this.#position, frameSamples));
      this.#position += frameSamples;
    }
    for (let frame = 0; frame < 4; frame++) this.#sound(new Int16Array(frameSamples));
    // Of a type that nobody knows yet.
    this.#socket.send(JSON.stringify({ type: "session.something_new", event_id: "e" }));
  }

  #sound(samples: Int16Array): void {
    const bytes = new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);
    // Pieces of odd lengths: a sample is cut in two.
    for (const part of [bytes.subarray(0, 4801), bytes.subarray(4801)]) {
      this.#send({
        type: "session.output_audio.delta",
        delta: encodeBase64(part),
        sample_rate: 24_000,
        channels: 1,
        format: "pcm16",
        elapsed_ms: this.#frames * 200,
      });
    }
  }

  #close(): void {
    this.#closing = true;
    if (this.#buffer.length > 0) this.#hear(this.#buffer.splice(0));
    if (this.#unspoken > 0) this.#speak();
    if (!this.#script.play("end", this.#socket)) return;
    this.#send({ type: "session.closed" });
    this.#socket.close(1000);
  }

  #send(message: Record<string, unknown>): void {
    const event = { event_id: `event_${++this.#events}`, ...message };
    this.#server.object(...ofServer?.(event) ?? []);
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(event));
  }
}
