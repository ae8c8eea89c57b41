import { EnergyListener } from "../../../adapters/fake/energy_listener.ts";
import { Watchdog } from "../../../adapters/net/watchdog.ts";
import { type Clock, systemClock } from "../../../flow/clock.ts";
import type { Word } from "../../../pipeline/ports.ts";
import { publishedContract } from "./published.ts";
import { ScenarioServer } from "./scenario.ts";
import { refuseKey, SocketScript } from "./socket_script.ts";

const contract = publishedContract("deepgram/asyncapi.yml");
const schema = (name: string) => `/components/schemas/ListenV1_ListenV1${name}`;
const checkQuery = contract?.closed("/channels/~1v1~1listen/bindings/ws/query");
const checkControl = contract?.closed(...["Finalize", "CloseStream", "KeepAlive"].map(schema));
const checkReply = contract?.open(...["Results", "Metadata", "UtteranceEnd", "SpeechStarted"].map(schema));

/** How long it waits for audio or a message, in ms (https://developers.deepgram.com/docs/audio-keep-alive). */
const idleMs = 10_000;
/** How often it reports on speech and on silence, and how often silence becomes final, in ms of audio. */
const interimMs = 200;
const silentInterimMs = 1000;
const silentFinalMs = 3000;
/** So many words become final at a time. */
const finalWords = 3;
const rates: ReadonlySet<string> = new Set(["8000", "16000", "24000", "44100", "48000"]);

/** Options of {@linkcode deepgramServer}. */
export interface DeepgramScenario {
  readonly clock?: Clock;
  /** Whether the answer to `Finalize` is marked as such, which Deepgram does not promise; true by default. */
  readonly marksFinalized?: boolean;
  /** Answers to `Finalize` come after so many more messages of audio; at once by default. */
  readonly lateAnswers?: number;
  /** Leaves out what only our connections are held to. */
  readonly ofLibrary?: boolean;
}

/** A stand-in for Deepgram's live recognition: hears a numbered word in every 300 ms of sound. */
export function deepgramServer(script = new SocketScript(), scenario: DeepgramScenario = {}): ScenarioServer {
  return new ScenarioServer(() => new Response("", { status: 404 }), (request, server) => {
    const { pathname, searchParams: query } = new URL(request.path, "http://x");
    if (pathname !== "/v1/listen") return new Response("", { status: 404 });
    const refused = refuseKey(request.headers.get("authorization"), "Token KEY");
    if (refused) return refused;
    server.object(...checkQuery?.(typed(query)) ?? [], ...objections(query, scenario));
    return (socket) => new Stream(socket, query, script, server, scenario).listen();
  });
}

class Stream {
  readonly #socket: WebSocket;
  readonly #query: URLSearchParams;
  readonly #script: SocketScript;
  readonly #server: ScenarioServer;
  readonly #scenario: DeepgramScenario;
  readonly #watchdog: Watchdog;
  readonly #rate: number;
  readonly #listener: EnergyListener;
  readonly #requestId = crypto.randomUUID();
  #samples = 0;
  #reportedTo = 0;
  /** What is not final begins here. */
  #spanFrom = 0;
  /** Words that are not final. */
  #words: readonly Word[] = [];
  /** How many words of the utterance are. */
  #settled = 0;
  /** Where the last word ends whose `UtteranceEnd` has not been told. */
  #lastWordMs: number | undefined;
  #unanswered: number | undefined;
  #over = false;
  /** Nothing is answered any more. */
  #stalled = false;

  constructor(
    socket: WebSocket,
    query: URLSearchParams,
    script: SocketScript,
    server: ScenarioServer,
    scenario: DeepgramScenario,
  ) {
    this.#socket = socket;
    this.#query = query;
    this.#script = script;
    this.#server = server;
    this.#scenario = scenario;
    this.#rate = Number(query.get("sample_rate"));
    const silenceMs = Number(query.get("endpointing") ?? 10);
    this.#listener = new EnergyListener({ rate: this.#rate, language: "en", silenceMs });
    this.#watchdog = new Watchdog({
      clock: scenario.clock ?? systemClock,
      deadlineMs: idleMs,
      bark: () => this.#socket.close(1011, "NET-0001"),
    });
  }

  listen(): void {
    this.#socket.addEventListener("close", () => this.#watchdog[Symbol.dispose]());
    this.#socket.addEventListener("open", () => {
      this.#watchdog.begin();
      this.#script.play("open", this.#socket);
    });
    this.#socket.addEventListener("message", ({ data }) => this.#take(data));
  }

  #take(data: string | ArrayBuffer): void {
    if (this.#stalled) return;
    if (this.#over) return this.#server.object("something comes after the end");
    this.#watchdog.begin();
    if (data instanceof ArrayBuffer) return this.#hear(data);
    const message = JSON.parse(data);
    this.#server.object(...checkControl?.(message) ?? []);
    if (message.type === "Finalize" && this.#script.play("phrase", this.#socket)) {
      this.#unanswered = this.#scenario.lateAnswers ?? 0;
      this.#finalizeInTime();
    }
    if (message.type === "CloseStream") this.#close();
  }

  #hear(data: ArrayBuffer): void {
    if (data.byteLength === 0 || data.byteLength % 2 === 1) {
      this.#server.object(`a piece of ${data.byteLength} bytes`);
      return this.#close();
    }
    const samples = new Int16Array(data);
    const frame = { type: "frame", rate: this.#rate, position: this.#samples, samples } as const;
    this.#samples += samples.length;
    if (frame.position === 0) this.#script.play("begin", this.#socket);
    if (!this.#script.play("audio", this.#socket)) return void (this.#stalled = true);
    if (this.#unanswered !== undefined) this.#unanswered -= 1;
    this.#finalizeInTime();
    const step = this.#rate / 100;
    for (let to = frame.position + step; to < this.#samples + step; to += step) {
      this.#listen(frame, Math.min(to, this.#samples));
    }
  }

  #listen(frame: Parameters<EnergyListener["hear"]>[0], to: number): void {
    for (const event of this.#listener.hear(frame, to)) {
      if (event.type === "speech_started") {
        this.#send({ type: "SpeechStarted", channel: [0], timestamp: event.position / this.#rate });
      }
      if (event.type === "hypothesis") this.#understand(event.words);
      if (event.type === "endpoint") this.#settle({ speech_final: true });
    }
    if (this.#words.length > finalWords) this.#settleWords();
    const { speaking } = this.#listener;
    const sinceMs = (to - this.#reportedTo) * 1000 / this.#rate;
    if (sinceMs >= (speaking ? interimMs : silentInterimMs)) this.#report({});
    const silentMs = (to - this.#spanFrom) * 1000 / this.#rate;
    if (!speaking && silentMs >= silentFinalMs) this.#settle({});
    this.#endUtterance(to * 1000 / this.#rate);
  }

  #understand(words: readonly Word[]): void {
    this.#words = words.slice(this.#settled);
    this.#lastWordMs = words.at(-1)?.endMs ?? this.#lastWordMs;
  }

  /** It comes whether the utterance has ended already or not. */
  #endUtterance(nowMs: number): void {
    const limitMs = Number(this.#query.get("utterance_end_ms") ?? Infinity);
    if (this.#lastWordMs === undefined || nowMs - this.#lastWordMs < limitMs) return;
    this.#send({ type: "UtteranceEnd", channel: [0], last_word_end: this.#lastWordMs / 1000 });
    this.#lastWordMs = undefined;
  }

  /** The first words become final, while somebody speaks on. */
  #settleWords(): void {
    const words = this.#words.slice(0, finalWords);
    const rest = this.#words.slice(finalWords);
    const to = Math.round(words.at(-1)!.endMs * this.#rate / 1000);
    this.#sendResults(words, to, { is_final: true });
    this.#settled += words.length;
    this.#words = rest;
    this.#spanFrom = to;
  }

  #settle(marks: { readonly speech_final?: boolean; readonly from_finalize?: boolean }): void {
    this.#report({ ...marks, is_final: true });
    this.#spanFrom = this.#reportedTo;
    this.#settled = marks.speech_final || marks.from_finalize ? 0 : this.#settled + this.#words.length;
    this.#words = [];
  }

  #finalizeInTime(): void {
    if (this.#unanswered === undefined || this.#unanswered > 0) return;
    this.#unanswered = undefined;
    for (const event of this.#listener.flush()) {
      if (event.type === "hypothesis") this.#understand(event.words);
    }
    const { marksFinalized = true } = this.#scenario;
    this.#settle(marksFinalized ? { from_finalize: true } : {});
    this.#settled = 0;
  }

  #close(): void {
    this.#over = true;
    if (!this.#script.play("end", this.#socket)) return;
    for (const event of this.#listener.end()) {
      if (event.type === "hypothesis") this.#understand(event.words);
    }
    this.#settle({ speech_final: true });
    this.#send({
      type: "Metadata",
      transaction_key: "deprecated",
      request_id: this.#requestId,
      sha256: "0".repeat(64),
      created: "2026-11-22T12:00:00.000Z",
      duration: this.#samples / this.#rate,
      channels: 1,
    });
    this.#socket.close(1000);
  }

  #report(
    marks: { readonly is_final?: boolean; readonly speech_final?: boolean; readonly from_finalize?: boolean },
  ) {
    this.#reportedTo = this.#listener.heardTo;
    this.#sendResults(this.#words, this.#reportedTo, marks);
  }

  #sendResults(
    said: readonly Word[],
    to: number,
    marks: { readonly is_final?: boolean; readonly speech_final?: boolean; readonly from_finalize?: boolean },
  ): void {
    const multi = this.#query.get("language") === "multi";
    const words = said.map(({ text, startMs, endMs }) => ({
      word: text,
      punctuated_word: text[0]!.toUpperCase() + text.slice(1),
      start: startMs / 1000,
      end: endMs / 1000,
      confidence: 0.99,
      ...(multi ? { language: "es" } : {}),
    }));
    const last = words.at(-1);
    // What is not final may change once more; what is ends with a mark.
    if (last) {
      last.punctuated_word = marks.is_final
        ? `${last.punctuated_word}.`
        : last.punctuated_word.replace(/\d$/, "x");
    }
    this.#send({
      type: "Results",
      channel_index: [0, 1],
      start: this.#spanFrom / this.#rate,
      duration: (to - this.#spanFrom) / this.#rate,
      is_final: false,
      speech_final: false,
      ...marks,
      channel: {
        alternatives: [{
          transcript: words.map(({ punctuated_word: word }) => word).join(" "),
          confidence: 0.99,
          ...(multi ? { languages: ["es"] } : {}),
          words,
        }],
      },
      metadata: {
        request_id: this.#requestId,
        model_info: { name: "general-nova-3", version: "2025-04-17.21547", arch: "nova-3" },
        model_uuid: crypto.randomUUID(),
      },
    });
  }

  #send(message: Record<string, unknown>): void {
    this.#server.object(...checkReply?.(message) ?? []);
    if (this.#socket.readyState === WebSocket.OPEN) {
      this.#socket.send(JSON.stringify({ ...message, something_new: [] }));
      // Of a type that nobody knows yet.
      if (message["is_final"]) this.#socket.send(JSON.stringify({ type: "SomethingNew", x: {} }));
    }
  }
}

/** The query as the published file types it: what may be repeated is a list. */
function typed(query: URLSearchParams): Record<string, string | readonly string[]> {
  return Object.fromEntries(
    [...new Set(query.keys())].map((key) => [key, key === "keyterm" ? query.getAll(key) : query.get(key)!]),
  );
}

/** What the documentation asks of the address beyond its schema. */
function* objections(query: URLSearchParams, { ofLibrary }: DeepgramScenario): Generator<string> {
  for (const key of new Set(query.keys())) {
    if (key !== "keyterm" && query.getAll(key).length > 1) yield `${key} is repeated`;
  }
  if (query.get("encoding") !== "linear16" || !rates.has(query.get("sample_rate") ?? "")) {
    yield `raw audio as ${query.get("encoding")} at ${query.get("sample_rate")}`;
  }
  if (!ofLibrary && !query.has("endpointing")) yield "utterances end after 10 ms of silence";
  if (query.has("utterance_end_ms")) {
    if (query.get("interim_results") !== "true") yield "utterance_end_ms without interim_results";
    if (Number(query.get("utterance_end_ms")) < 1000) yield "utterance_end_ms is below 1000";
  }
  if (query.has("keyterm") && !query.get("model")?.startsWith("nova-3")) yield "key terms for another model";
  if (query.getAll("keyterm").includes("")) yield "an empty key term";
}
