import { decodeBase64 } from "@std/encoding";
import { EnergyListener } from "../../../adapters/fake/energy_listener.ts";
import type { HearingEvent, Word } from "../../../pipeline/ports.ts";
import { contractOf, publishedContract } from "./published.ts";
import { ScenarioServer } from "./scenario.ts";
import { refuseKey, SocketScript } from "./socket_script.ts";

const contract = publishedContract("openai/realtime-transcription-translation.json");
const schema = (name: string) => `/components/schemas/${name}`;
const checkSession = contract?.closed(schema("RealtimeTranscriptionSessionCreateRequestGA"));
const checkPublished = contract?.closed(
  ...["Append", "Commit", "Clear"].map((name) => schema(`RealtimeClientEventInputAudioBuffer${name}`)),
);
const checkReply = contract?.open(
  ...[
    "RealtimeServerEventError",
    "RealtimeServerEventRateLimitsUpdated",
    "RealtimeServerEventInputAudioBufferSpeechStarted",
    "RealtimeServerEventInputAudioBufferSpeechStopped",
    "RealtimeServerEventInputAudioBufferCommitted",
    "RealtimeServerEventConversationItemInputAudioTranscriptionDelta",
    "RealtimeServerEventConversationItemInputAudioTranscriptionCompleted",
    "RealtimeServerEventConversationItemInputAudioTranscriptionFailed",
  ].map(schema),
);
/** Replies that the published parts do not describe. */
const undescribed: ReadonlySet<unknown> = new Set([
  "session.created",
  "session.updated",
  "input_audio_buffer.cleared",
  "conversation.item.added",
  "something.new",
]);
/** What is known without the published ones, and of the beta, which is not published any more. */
const known = contractOf({
  append: {
    type: "object",
    required: ["type", "audio"],
    properties: { type: { const: "input_audio_buffer.append" }, audio: { type: "string" } },
  },
  other: {
    type: "object",
    required: ["type"],
    properties: { type: { enum: ["input_audio_buffer.commit", "input_audio_buffer.clear"] } },
  },
  ga: {
    type: "object",
    required: ["type", "session"],
    properties: {
      type: { const: "session.update" },
      session: {
        type: "object",
        required: ["type", "audio"],
        properties: { type: { const: "transcription" }, audio: { type: "object" } },
      },
    },
  },
  beta: {
    type: "object",
    required: ["type", "session"],
    properties: {
      type: { const: "session.update" },
      session: {
        type: "object",
        properties: {
          input_audio_transcription: {
            type: "object",
            required: ["model"],
            properties: { model: { type: "string" }, language: { type: "string", pattern: "^[a-z]{2,3}$" } },
          },
        },
      },
    },
  },
}, "realtime");
const checks = {
  append: known.closed("/append"),
  other: known.closed("/other"),
  ga: known.closed("/ga"),
  beta: known.closed("/beta"),
};

const rate = 24_000;
/** Less audio than this is no utterance. */
const shortestMs = 100;
/** How much silence ends an utterance that nobody has asked to be ended: so much that none does. */
const neverMs = 3_600_000;
/** What speaches waits for, whatever it is asked. */
const betaSilenceMs = 550;

/** How a stand-in for OpenAI's realtime transcription behaves. */
export interface RealtimeScenario {
  readonly script?: SocketScript;
  readonly dialect?: "ga" | "beta";
  /** Every second transcript comes before the one that it follows. */
  readonly shuffles?: boolean;
  /** What a transcript is at its end, in place of what came bit by bit. */
  readonly completes?: (text: string) => string;
  /** Speech that is committed before it has stopped gets another name. */
  readonly renames?: boolean;
}

/**
 * A stand-in for OpenAI's realtime transcription, or that of speaches (`beta`): hears a word in every 300 ms of sound, finds the ends of utterances itself
 * unless that is turned off, and tells each word in two parts.
 */
export function realtimeServer(options: RealtimeScenario = {}): ScenarioServer {
  const { dialect = "ga" } = options;
  return new ScenarioServer(() => new Response("", { status: 404 }), (request, server) => {
    const { pathname, searchParams } = new URL(request.path, "http://x");
    if (pathname !== "/realtime") return new Response("", { status: 404 });
    const refused = refuseKey(authorizationOf(request.headers), "Bearer KEY");
    if (refused) return refused;
    if (searchParams.get("intent") !== "transcription") server.object("the intent is not transcription");
    const model = searchParams.get("model");
    if (dialect === "ga" && model !== null) server.object("there is a model in the address");
    if (dialect === "beta" && !model) server.object("there is no model in the address");
    if (request.headers.get("openai-beta")) server.object("there is the header of the beta");
    return (socket) =>
      new RealtimeSession(socket, server, { ...options, dialect, model: model ?? "" }).listen();
  });
}

/** The key of the header; of those who can set none, that among the subprotocols. */
function authorizationOf(headers: Headers): string | null {
  const among = /openai-insecure-api-key\.([^,\s]+)/.exec(headers.get("sec-websocket-protocol") ?? "");
  return headers.get("authorization") ?? (among ? `Bearer ${among[1]}` : null);
}

interface SessionParts extends RealtimeScenario {
  readonly dialect: "ga" | "beta";
  readonly model: string;
}

interface Pending {
  readonly item: string;
  readonly words: readonly Word[];
  readonly seconds: number;
}

class RealtimeSession {
  readonly #socket: WebSocket;
  readonly #server: ScenarioServer;
  readonly #script: SocketScript;
  readonly #parts: SessionParts;
  #ear: EnergyListener | undefined;
  #model: string;
  #hasTurns = true;
  #samples = 0;
  /** Where the buffer begins. */
  #bufferFrom = 0;
  #count = 0;
  #events = 0;
  #item: string | undefined;
  #previous: string | null = null;
  #held: Pending | undefined;
  #told = 0;
  #over = false;

  constructor(socket: WebSocket, server: ScenarioServer, parts: SessionParts) {
    this.#socket = socket;
    this.#server = server;
    this.#parts = parts;
    this.#script = parts.script ?? new SocketScript();
    this.#model = parts.model;
  }

  listen(): void {
    this.#socket.addEventListener("open", () => {
      if (!this.#play("open")) return;
      this.#send({ type: "session.created", session: { id: "sess_1", object: "realtime.session" } });
    });
    this.#socket.addEventListener("message", ({ data }) => {
      if (this.#over) return;
      if (typeof data !== "string") return this.#server.object("a message is not text");
      this.#take(JSON.parse(data));
    });
    // Speech that nobody committed is lost: whoever leaves must have asked for it before.
    this.#socket.addEventListener("close", () => this.#over = true);
  }

  #play(step: Parameters<SocketScript["play"]>[0]): boolean {
    const goesOn = this.#script.play(step, this.#socket);
    if (!goesOn) this.#over = true;
    return goesOn;
  }

  #take(message: Record<string, unknown>): void {
    const type = message["type"];
    if (type !== "session.update" && !this.#ear) {
      this.#server.object("there is audio before the session is set up");
    }
    switch (type) {
      case "session.update":
        return this.#update(message);
      case "input_audio_buffer.append":
        this.#server.object(...checks.append(message), ...checkPublished?.(message) ?? []);
        return this.#append(decodeBase64(String(message["audio"])));
      case "input_audio_buffer.commit":
        this.#server.object(...checks.other(message), ...checkPublished?.(message) ?? []);
        if (this.#parts.dialect === "beta" && this.#ear?.speaking) {
          this.#server.object("speech is committed before it has stopped: speaches breaks at that");
        }
        if (this.#play("phrase")) this.#commit();
        return;
      case "input_audio_buffer.clear":
        this.#server.object(...checks.other(message), ...checkPublished?.(message) ?? []);
        if (this.#ear?.speaking && this.#bufferFrom < this.#samples) {
          this.#server.object("speech is cleared before it is committed");
        }
        this.#bufferFrom = this.#samples;
        return this.#send({ type: "input_audio_buffer.cleared" });
      default:
        this.#server.object(`a message is of the type ${type}`);
    }
  }

  #update(message: Record<string, unknown>): void {
    const { dialect } = this.#parts;
    const session = message["session"] as {
      audio?: {
        input: { transcription: { model: string }; turn_detection?: { silence_duration_ms?: number } | null };
      };
      input_audio_transcription?: { model: string };
    };
    this.#server.object(
      ...checks[dialect](message),
      ...dialect === "ga" ? checkSession?.(session) ?? [] : [],
    );
    const isFirst = this.#ear === undefined;
    if (isFirst) {
      const input = session.audio?.input;
      this.#model = input?.transcription.model ?? this.#model;
      this.#hasTurns = dialect === "beta" || input?.turn_detection !== null;
      if (this.#model.startsWith("gpt-realtime-whisper") && this.#hasTurns) {
        this.#server.object("gpt-realtime-whisper has no turn detection");
      }
      const silenceMs = dialect === "beta"
        ? betaSilenceMs
        : input?.turn_detection?.silence_duration_ms ?? 500;
      this.#ear = new EnergyListener({
        rate,
        language: "en",
        silenceMs: this.#hasTurns ? silenceMs : neverMs,
      });
    }
    // To ask once more for what is there is how one takes leave.
    if (!this.#play(isFirst ? "begin" : "end")) return;
    this.#send({ type: "session.updated", session });
    this.#send({ type: "something.new", delta: "noise" });
  }

  #append(bytes: Uint8Array): void {
    if (bytes.length % 2 !== 0) this.#server.object("samples are cut in two");
    if (!this.#play("audio") || !this.#ear) return;
    const samples = new Int16Array(bytes.buffer, 0, bytes.length >> 1);
    const position = this.#samples;
    this.#samples += samples.length;
    for (const event of this.#ear.hear({ type: "frame", rate, position, samples })) this.#report(event);
  }

  #report(event: HearingEvent): void {
    if (this.#over) return;
    if (event.type === "speech_started") {
      this.#told = 0;
      if (this.#hasTurns) {
        this.#item = this.#name();
        this.#send({
          type: "input_audio_buffer.speech_started",
          audio_start_ms: this.#ms(event.position),
          item_id: this.#item,
        });
      }
    }
    if (event.type !== "hypothesis") return;
    if (!event.final) {
      // This one tells while it listens.
      if (!this.#hasTurns && this.#model.startsWith("gpt-realtime-whisper")) this.#tell(event.words);
      return;
    }
    if (this.#hasTurns) {
      this.#send({
        type: "input_audio_buffer.speech_stopped",
        audio_end_ms: this.#ms(event.settledTo),
        item_id: this.#item!,
      });
    }
    this.#close(event.words);
  }

  #commit(): void {
    const commits = (this.#samples - this.#bufferFrom) * 1000 / rate >= shortestMs;
    if (!commits) {
      return this.#send({
        type: "error",
        error: {
          type: "invalid_request_error",
          code: "input_audio_buffer_commit_empty",
          message: "x",
          param: null,
          event_id: null,
        },
      });
    }
    const wasSpeaking = this.#ear!.speaking;
    if (wasSpeaking && this.#parts.renames) this.#item = this.#name();
    const events = this.#ear!.flush();
    const words = events.flatMap((event) => event.type === "hypothesis" ? event.words : []);
    // In silence it hears what it likes.
    this.#close(wasSpeaking ? words : this.#hasTurns ? [hallucination] : []);
  }

  /** An item is committed, and transcribed. */
  #close(words: readonly Word[]): void {
    const item = this.#item ?? this.#name();
    const seconds = (this.#samples - this.#bufferFrom) / rate;
    this.#bufferFrom = this.#samples;
    this.#send({ type: "input_audio_buffer.committed", previous_item_id: this.#previous, item_id: item });
    this.#send({ type: "conversation.item.added", item: { id: item } });
    this.#previous = item;
    const pending = { item, words, seconds };
    if (this.#parts.shuffles && !this.#held && words.length > 0) {
      this.#item = undefined;
      this.#held = pending;
      return;
    }
    this.#item = item;
    this.#complete(pending);
    this.#item = undefined;
    const held = this.#held;
    this.#held = undefined;
    if (!held) return;
    this.#told = 0;
    this.#item = held.item;
    this.#complete(held);
    this.#item = undefined;
  }

  #complete({ item, words, seconds }: Pending): void {
    this.#tell(words);
    this.#told = 0;
    if (this.#over) return;
    const text = words.map(({ text }) => text).join(" ");
    this.#send({
      type: "conversation.item.input_audio_transcription.completed",
      item_id: item,
      content_index: 0,
      transcript: this.#parts.completes?.(text) ?? text,
      usage: { type: "duration", seconds },
    });
  }

  /** Tells the words that were not told yet, each in two parts. */
  #tell(words: readonly Word[]): void {
    const item = this.#item ??= this.#name();
    for (const [index, { text }] of words.entries()) {
      if (index < this.#told) continue;
      const spaced = index === 0 ? text : ` ${text}`;
      for (const delta of [spaced.slice(0, 3), spaced.slice(3)]) {
        this.#send({
          type: "conversation.item.input_audio_transcription.delta",
          item_id: item,
          content_index: 0,
          delta,
        });
      }
    }
    this.#told = words.length;
  }

  #name(): string {
    this.#count += 1;
    return `item_${this.#count}`;
  }

  #ms(position: number): number {
    return Math.round(position * 1000 / rate);
  }

  #send(reply: Record<string, unknown>): void {
    this.#events += 1;
    const whole = { event_id: `event_${this.#events}`, ...reply };
    if (!undescribed.has(reply["type"])) this.#server.object(...checkReply?.(whole) ?? []);
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(whole));
  }
}

const hallucination: Word = { text: "you", startMs: 0, endMs: 0, timing: "estimated" };
