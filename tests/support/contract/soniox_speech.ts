import { encodeBase64 } from "@std/encoding";
import schema from "../../fixtures/schemas/soniox.json" with { type: "json" };
import { Watchdog } from "../../../adapters/net/watchdog.ts";
import { type Clock, systemClock } from "../../../flow/clock.ts";
import { contractOf } from "./published.ts";
import { ScenarioServer } from "./scenario.ts";
import { refuseKey, SocketScript, type Step } from "./socket_script.ts";
import { oddPieces, ToneSpeech } from "./tone_speech.ts";

const contract = contractOf(schema, "soniox");
const checkConfig = contract.closed("/definitions/SonioxTtsConfig");
const checkEvent = contract.open("/definitions/SonioxTtsEvent");
/** The other messages, from https://soniox.com/docs/api-reference/tts/websocket-api, …/tts/rt/termination and …/tts/rt/connection-keepalive. */
const known = contractOf({
  text: {
    type: "object",
    required: ["text", "text_end", "stream_id"],
    properties: {
      text: { type: "string", maxLength: 5000 },
      text_end: { type: "boolean" },
      stream_id: { type: "string" },
    },
  },
  cancel: {
    type: "object",
    required: ["stream_id", "cancel"],
    properties: { stream_id: { type: "string" }, cancel: { const: true } },
  },
  keepalive: { type: "object", required: ["keep_alive"], properties: { keep_alive: { const: true } } },
}, "soniox_speech");
const checkText = known.closed("/text");
const checkCancel = known.closed("/cancel");
const checkKeepalive = known.closed("/keepalive");

/** How many streams a connection takes at a time (https://soniox.com/docs/tts/rt/limits-and-quotas). */
const streamsPerConnection = 5;
/** How much audio a stream gives at most, in ms (the same page). */
const longestStreamMs = 120_000;
/** What a connection waits for a message, in ms: keepalives are to come every 20 to 30 s. */
const idleMs = 30_000;
/** What a stream waits for text, in ms, as others have measured it (https://github.com/kizuna-ai-lab/sokuji/pull/543). */
const textMs = 5200;
/** From https://soniox.com/docs/tts/concepts/audio-formats. */
const rates: readonly unknown[] = [8000, 16_000, 24_000, 44_100, 48_000];

/** Options of {@linkcode sonioxSpeechServer}. */
export interface SonioxSpeechScenario {
  /** Takes the key in the first message of a stream, as Soniox's own library still sends it. */
  readonly ofLibrary?: boolean;
  readonly clock?: Clock;
  /** How many streams may be at work over all connections; as many as asked for by default. */
  readonly atOnce?: number;
  /** Says what it has only when the text has ended, as Soniox does with short texts. */
  readonly holdsBack?: boolean;
  /** The last audio and the end of its stream come in one message. */
  readonly endsWithAudio?: boolean;
  /** What the end of a stream waits for after the end of its text; nothing by default. */
  readonly finish?: (stream: string) => Promise<void>;
}

/** A stand-in for Soniox's socket for speech: says a tone as long as the text. */
export function sonioxSpeechServer(
  script = new SocketScript(),
  scenario: SonioxSpeechScenario = {},
): ScenarioServer {
  const atWork = { streams: 0 };
  return new ScenarioServer(() => new Response("", { status: 404 }), (request, server) => {
    if (request.path !== "/tts-websocket") return new Response("", { status: 404 });
    const refused = scenario.ofLibrary
      ? undefined
      : refuseKey(request.headers.get("authorization"), "Bearer KEY");
    return refused ?? ((socket) => new Streams(socket, { script, server, scenario, atWork }).listen());
  });
}

interface Config {
  readonly stream_id: string;
  readonly model: string;
  readonly voice: string;
  readonly sample_rate: number;
  readonly speed?: number;
}

interface Stream {
  readonly speech: ToneSpeech;
  readonly rate: number;
  readonly waiting: Watchdog;
  /** Audio that was not sent yet. */
  held: Uint8Array[];
  bytes: number;
  ended: boolean;
}

interface StreamsParts {
  readonly script: SocketScript;
  readonly server: ScenarioServer;
  readonly scenario: SonioxSpeechScenario;
  readonly atWork: { streams: number };
}

class Streams {
  readonly #socket: WebSocket;
  readonly #parts: StreamsParts;
  readonly #clock: Clock;
  readonly #watchdog: Watchdog;
  readonly #streams = new Map<string, Stream>();
  /** Those that are over: what was on its way to them is no fault. */
  readonly #over = new Set<string>();

  constructor(socket: WebSocket, parts: StreamsParts) {
    this.#socket = socket;
    this.#parts = parts;
    this.#clock = parts.scenario.clock ?? systemClock;
    this.#watchdog = new Watchdog({
      clock: this.#clock,
      deadlineMs: idleMs,
      bark: () => {
        parts.server.object("the connection was not kept open");
        socket.close(1000);
      },
    });
  }

  listen(): void {
    this.#socket.addEventListener("open", () => {
      this.#watchdog.begin();
      this.#play("open");
    });
    this.#socket.addEventListener("message", ({ data }) => {
      this.#watchdog.begin();
      if (typeof data === "string") this.#take(JSON.parse(data));
      else this.#parts.server.object("a message is not text");
    });
    this.#socket.addEventListener("close", () => {
      this.#watchdog[Symbol.dispose]();
      for (const id of [...this.#streams.keys()]) this.#forget(id);
    });
  }

  #take(message: Record<string, unknown>): void {
    const { server } = this.#parts;
    const id = String(message["stream_id"]);
    if ("keep_alive" in message) return server.object(...checkKeepalive(message));
    if ("cancel" in message) {
      server.object(...checkCancel(message));
      if (this.#streams.has(id)) this.#terminate(id);
      else if (!this.#over.has(id)) server.object("a stream is cancelled that there never was");
      return;
    }
    if ("text" in message) {
      server.object(...checkText(message));
      return this.#say(id, String(message["text"]), message["text_end"] === true);
    }
    this.#begin(message);
  }

  #begin({ api_key: key, ...message }: Record<string, unknown>): void {
    const { server, scenario, atWork } = this.#parts;
    if (scenario.ofLibrary ? !key : key !== undefined) {
      server.object("the key stands in a message");
    }
    server.object(...checkConfig(message), ...objections(message));
    const { stream_id: id, model, voice, sample_rate: rate, speed = 1 } = message as unknown as Config;
    if (this.#streams.has(id)) return server.object("a stream begins twice");
    if (this.#streams.size >= streamsPerConnection) {
      server.object("a connection has more than five streams");
    }
    if (atWork.streams >= (scenario.atOnce ?? Infinity)) return this.#fail(id, 429, "limit_exceeded");
    if (!model.startsWith("tts-rt-")) return this.#fail(id, 400, "model_not_available");
    if (voice === "nobody") return this.#fail(id, 400, "invalid_request");
    const waiting = new Watchdog({
      clock: this.#clock,
      deadlineMs: textMs,
      bark: () => this.#fail(id, 408, "request_timeout"),
    });
    waiting.begin();
    atWork.streams += 1;
    this.#over.delete(id);
    this.#streams.set(id, {
      speech: new ToneSpeech(rate, speed),
      rate,
      waiting,
      held: [],
      bytes: 0,
      ended: false,
    });
    this.#play("begin");
  }

  #say(id: string, text: string, end: boolean): void {
    const { server, scenario } = this.#parts;
    const stream = this.#streams.get(id);
    if (!stream) {
      if (!this.#over.has(id)) server.object("a text comes for a stream that was not begun");
      return this.#send({ stream_id: id, error_code: 400, error_message: `Stream ${id} not found.` });
    }
    if (stream.ended) server.object("a text comes after the end of its stream");
    stream.waiting.begin();
    if (text !== "") {
      if (!this.#play("phrase")) return;
      const bytes = stream.speech.say(text);
      stream.bytes += bytes.length;
      if (stream.bytes / 2 / stream.rate * 1000 > longestStreamMs) {
        server.object("a stream takes longer than two minutes");
      }
      stream.held.push(...oddPieces(bytes));
    }
    if (end) {
      stream.ended = true;
      stream.waiting[Symbol.dispose]();
    }
    if (end && scenario.finish) scenario.finish(id).then(() => this.#finish(id, stream));
    else if (end) this.#finish(id, stream);
    else if (!scenario.holdsBack) this.#give(id, stream, false);
  }

  #finish(id: string, stream: Stream): void {
    if (!this.#give(id, stream, true)) return;
    if (this.#play("end") && this.#streams.has(id)) this.#terminate(id);
  }

  /** Sends what is there; whether it goes on. */
  #give(id: string, stream: Stream, end: boolean): boolean {
    const pieces = stream.held.splice(0);
    const alone = this.#parts.scenario.endsWithAudio === true && end;
    for (const [index, piece] of pieces.entries()) {
      if (!this.#play("audio")) return false;
      const last = alone && index === pieces.length - 1;
      if (last) this.#forget(id);
      this.#send({
        stream_id: id,
        audio: encodeBase64(piece),
        ...(last ? { audio_end: true, terminated: true } : {}),
      });
    }
    if (end && this.#streams.has(id)) this.#send({ stream_id: id, audio: "", audio_end: true });
    // Of a kind that nobody knows yet.
    this.#socket.send(JSON.stringify({ stream_id: id, something_new: {} }));
    return true;
  }

  #fail(id: string, code: number, type: string): void {
    this.#send({ stream_id: id, error_code: code, error_message: "a secret", error_type: type });
    this.#terminate(id);
  }

  #terminate(id: string): void {
    this.#forget(id);
    this.#send({ stream_id: id, terminated: true });
  }

  #forget(id: string): void {
    this.#over.add(id);
    const stream = this.#streams.get(id);
    if (!stream) return;
    stream.waiting[Symbol.dispose]();
    this.#streams.delete(id);
    this.#parts.atWork.streams -= 1;
  }

  /** Whether it goes on as usual: what has stalled neither says anything nor waits any more. */
  #play(step: Step): boolean {
    const goesOn = this.#parts.script.play(step, this.#socket);
    if (!goesOn) { for (const { waiting } of this.#streams.values()) waiting[Symbol.dispose](); }
    return goesOn;
  }

  #send(event: Record<string, unknown>): void {
    this.#parts.server.object(...checkEvent(event));
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(event));
  }
}

/** What the documentation asks of the first message of a stream beyond its schema. */
function* objections(config: Record<string, unknown>): Generator<string> {
  const { audio_format: format, sample_rate: rate, speed = 1, language } = config;
  if (format !== "pcm_s16le") yield `the format is ${format}`;
  if (!rates.includes(rate)) yield `raw audio at ${rate} Hz`;
  if (!(Number(speed) >= 0.7 && Number(speed) <= 1.3)) yield `the speed is ${speed}`;
  if (!/^[a-z]{2}$/.test(String(language))) yield `the language is no ISO code: ${language}`;
  for (const name of ["model", "voice", "language"]) {
    if (String(config[name]).length > 50) yield `${name} is too long`;
  }
}
