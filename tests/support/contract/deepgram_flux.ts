import { EnergyListener } from "../../../adapters/fake/energy_listener.ts";
import { Watchdog } from "../../../adapters/net/watchdog.ts";
import { type Clock, systemClock } from "../../../flow/clock.ts";
import type { Word } from "../../../pipeline/ports.ts";
import { contractOf, publishedContract } from "./published.ts";
import { ScenarioServer } from "./scenario.ts";
import { refuseKey, SocketScript, type Step } from "./socket_script.ts";

const contract = publishedContract("deepgram/asyncapi.yml");
const schema = (name: string) => `/components/schemas/ListenV2_ListenV2${name}`;
const checkQuery = contract?.closed("/channels/~1v2~1listen/bindings/ws/query");
const checkReply = contract?.open(...["Connected", "TurnInfo", "FatalError"].map(schema));
const checkPublished = contract?.closed(schema("CloseStream"), schema("Configure"));
/** Newer than the published file: from the types of npm @deepgram/sdk 5.13.0. */
const checkControl = contractOf({
  force: { type: "object", required: ["type"], properties: { type: { const: "ForceEndTurn" } } },
  close: { type: "object", required: ["type"], properties: { type: { const: "CloseStream" } } },
}, "deepgram_control").closed("/force", "/close");

/** After so much silence a turn ends early where that is asked for, and after so much it ends, in ms. */
const eagerMs = 150;
const endMs = 300;
/** How often it reports, in ms of audio: "approximately every 0.25 seconds" (https://developers.deepgram.com/docs/flux/state). */
const updateMs = 240;
/** How long it waits for audio, in ms (https://dpgr.am/net0001). */
const idleMs = 10_000;
const chunkMs = 80;
const rates: ReadonlySet<string> = new Set(["8000", "16000", "24000", "44100", "48000"]);

/** Options of {@linkcode deepgramFluxServer}. */
export interface FluxScenario {
  readonly clock?: Clock;
  /** Whether messages hold pieces of any length, as its own library sends what it is given. */
  readonly ofLibrary?: boolean;
  /** Whether words come with their times, which the published file leaves open; true by default. */
  readonly times?: boolean;
  /** Whether it is a deployment that knows `ForceEndTurn`; true by default. */
  readonly forcing?: boolean;
}

/** A stand-in for Deepgram's Flux: hears a numbered word in every 300 ms of sound, a turn ends with 300 ms of silence. */
export function deepgramFluxServer(script = new SocketScript(), scenario: FluxScenario = {}): ScenarioServer {
  return new ScenarioServer(() => new Response("", { status: 404 }), (request, server) => {
    const { pathname, searchParams: query } = new URL(request.path, "http://x");
    if (pathname !== "/v2/listen") return new Response("", { status: 404 });
    const refused = refuseKey(request.headers.get("authorization"), "Token KEY");
    if (refused) return refused;
    server.object(...checkQuery?.(typed(query)) ?? [], ...objections(query));
    return (socket) => new Turns(socket, query, script, server, scenario).listen();
  });
}

/** How a turn stands: nobody has spoken, somebody speaks, or has ended perhaps. */
type State = "silent" | "speaking" | "ending";

class Turns {
  readonly #socket: WebSocket;
  readonly #query: URLSearchParams;
  readonly #script: SocketScript;
  readonly #server: ScenarioServer;
  readonly #scenario: FluxScenario;
  readonly #watchdog: Watchdog;
  readonly #rate: number;
  readonly #listener: EnergyListener;
  readonly #requestId = crypto.randomUUID();
  #sequence = 0;
  #turn = 0;
  #state: State = "silent";
  #samples = 0;
  #reportedTo = 0;
  /** Words of the turn that are over, and of the stretch of sound that is being heard. */
  #words: readonly Word[] = [];
  #open: readonly Word[] = [];
  /** Where the turn began and where its sound ended last. */
  #turnFrom = 0;
  #soundTo = 0;
  #closing = false;
  #silent = false;
  /** Whether the last piece was shorter than it should be, which only the last one before a message may be. */
  #short = false;

  constructor(
    socket: WebSocket,
    query: URLSearchParams,
    script: SocketScript,
    server: ScenarioServer,
    scenario: FluxScenario,
  ) {
    this.#socket = socket;
    this.#query = query;
    this.#script = script;
    this.#server = server;
    this.#scenario = scenario;
    this.#rate = Number(query.get("sample_rate"));
    this.#listener = new EnergyListener({ rate: this.#rate, language: "en", silenceMs: eagerMs });
    this.#watchdog = new Watchdog({
      clock: scenario.clock ?? systemClock,
      deadlineMs: idleMs,
      bark: () => this.#fail("NET-0001", "No audio was received within the timeout window."),
    });
  }

  listen(): void {
    this.#socket.addEventListener("close", () => this.#watchdog[Symbol.dispose]());
    this.#socket.addEventListener("open", () => {
      this.#watchdog.begin();
      if (!this.#goesOn("open")) return;
      this.#send({ type: "Connected", request_id: this.#requestId });
    });
    this.#socket.addEventListener("message", ({ data }) => this.#take(data));
  }

  #take(data: string | ArrayBuffer): void {
    if (this.#silent) return;
    if (this.#closing) return this.#server.object("something comes after CloseStream");
    if (data instanceof ArrayBuffer) return this.#hear(data);
    const message = JSON.parse(data);
    const known = message.type === "ForceEndTurn" && this.#scenario.forcing !== false ||
      message.type === "CloseStream";
    if (!known) {
      this.#server.object(`a message of a type that there is not: ${message.type}`);
      return this.#fail("UNPARSABLE_CLIENT_MESSAGE", "Could not parse the message.");
    }
    this.#server.object(...checkControl(message));
    if (message.type === "CloseStream") this.#server.object(...checkPublished?.(message) ?? []);
    this.#short = false;
    if (message.type === "ForceEndTurn") this.#force();
    else this.#close();
  }

  #hear(data: ArrayBuffer): void {
    this.#watchdog.begin();
    if (data.byteLength === 0 || data.byteLength % 2 === 1) {
      this.#server.object(`a piece of ${data.byteLength} bytes`);
    }
    const samples = new Int16Array(data, 0, data.byteLength >> 1);
    if (!this.#scenario.ofLibrary) this.#checkLength(samples.length);
    const frame = { type: "frame", rate: this.#rate, position: this.#samples, samples } as const;
    if (this.#samples === 0 && !this.#goesOn("begin")) return;
    this.#samples += samples.length;
    if (!this.#goesOn("audio")) return;
    const step = this.#rate / 100;
    for (let to = frame.position + step; to < this.#samples + step; to += step) {
      this.#listen(frame, Math.min(to, this.#samples));
    }
  }

  #checkLength(samples: number): void {
    const usual = chunkMs * this.#rate / 1000;
    if (this.#short || samples > usual) this.#server.object(`a piece of ${samples} samples, not ${usual}`);
    this.#short = samples < usual;
  }

  #listen(frame: Parameters<EnergyListener["hear"]>[0], to: number): void {
    for (const event of this.#listener.hear(frame, to)) {
      if (event.type === "speech_started") this.#begin(event.position);
      if (event.type === "hypothesis") this.#understand(event.words, event.final);
      if (event.type === "endpoint") this.#pause(event.position);
    }
    const silentMs = this.#listener.speaking ? 0 : (to - this.#soundTo) * 1000 / this.#rate;
    if (this.#state !== "silent" && silentMs >= endMs) this.#end("model");
    if ((to - this.#reportedTo) * 1000 / this.#rate >= updateMs) this.#report("Update", to);
  }

  /** Whether it goes on as usual at a step: what has failed or stalled says nothing more. */
  #goesOn(step: Step): boolean {
    this.#silent ||= !this.#script.play(step, this.#socket);
    return !this.#silent;
  }

  #begin(position: number): void {
    if (this.#state === "ending") this.#report("TurnResumed", this.#listener.heardTo);
    if (this.#state === "silent") {
      this.#turnFrom = position;
      this.#report("StartOfTurn", this.#listener.heardTo);
    }
    this.#state = "speaking";
  }

  #understand(words: readonly Word[], final: boolean): void {
    this.#open = final ? [] : words;
    if (final) this.#words = [...this.#words, ...words];
  }

  #pause(soundTo: number): void {
    this.#soundTo = soundTo;
    if (!this.#query.has("eager_eot_threshold")) return;
    this.#state = "ending";
    this.#report("EagerEndOfTurn", this.#listener.heardTo);
  }

  #end(trigger: string): void {
    this.#report("EndOfTurn", this.#listener.heardTo, trigger);
    this.#turn += 1;
    this.#state = "silent";
    this.#words = [];
    this.#open = [];
  }

  /** Ends the turn if there is one; else nothing comes of it (https://developers.deepgram.com/docs/flux/force-end-turn). */
  #force(): void {
    if (!this.#goesOn("phrase")) return;
    this.#drain();
    if (this.#state !== "silent") this.#end("manual");
  }

  /** No turn ends, the last update holds what was said, and the close has no code (https://developers.deepgram.com/docs/flux/close-stream). */
  #close(): void {
    this.#closing = true;
    if (!this.#goesOn("end")) return;
    this.#drain();
    this.#report("Update", this.#listener.heardTo);
    this.#socket.close();
  }

  #drain(): void {
    for (const event of this.#listener.flush()) {
      if (event.type === "hypothesis") this.#understand(event.words, event.final);
      if (event.type === "endpoint") this.#soundTo = event.position;
    }
  }

  #report(event: string, to: number, trigger?: string): void {
    this.#reportedTo = to;
    const words = [...this.#words, ...this.#open].map(({ text, startMs, endMs }) => ({
      word: text,
      confidence: 0.98,
      ...(this.#scenario.times === false ? {} : { start: startMs / 1000, end: endMs / 1000 }),
    }));
    const last = words.at(-1);
    // What is still being said changes once more.
    if (last && event === "Update" && this.#open.length > 0) last.word = last.word.replace(/\d$/, "x");
    const multi = this.#query.get("model") === "flux-general-multi";
    this.#send({
      type: "TurnInfo",
      request_id: this.#requestId,
      event,
      turn_index: this.#turn,
      audio_window_start: this.#state === "silent" ? to / this.#rate : this.#turnFrom / this.#rate,
      audio_window_end: to / this.#rate,
      transcript: words.map(({ word }) => word).join(" "),
      words,
      end_of_turn_confidence: event === "EndOfTurn" ? 0.9 : 0.1,
      ...(trigger === undefined ? {} : { trigger }),
      ...(multi && words.length > 0 ? { languages: [this.#query.get("language_hint") ?? "en"] } : {}),
    });
  }

  #fail(code: string, description: string): void {
    this.#closing = true;
    this.#send({ type: "Error", code, description });
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.close();
  }

  #send(message: Record<string, unknown>): void {
    const reply = { ...message, sequence_id: this.#sequence++ };
    this.#server.object(...checkReply?.(reply) ?? []);
    if (!this.#silent && this.#socket.readyState === WebSocket.OPEN) {
      this.#socket.send(JSON.stringify({ ...reply, something_new: [] }));
    }
  }
}

/** The query as the published file types it: what may be repeated is a list. */
function typed(query: URLSearchParams): Record<string, string | readonly string[]> {
  const repeated = ["keyterm", "language_hint"];
  return Object.fromEntries(
    [...new Set(query.keys())].map((
      key,
    ) => [key, repeated.includes(key) ? query.getAll(key) : query.get(key)!]),
  );
}

/** What the documentation asks of the address beyond its schema. */
function* objections(query: URLSearchParams): Generator<string> {
  for (const key of new Set(query.keys())) {
    if (!["keyterm", "language_hint"].includes(key) && query.getAll(key).length > 1) {
      yield `${key} is repeated`;
    }
  }
  const model = query.get("model");
  if (model !== "flux-general-multi" && query.has("language_hint")) yield "a language hint for another model";
  if (query.getAll("language_hint").includes("")) yield "an empty language hint";
  if (query.get("encoding") !== "linear16" || !rates.has(query.get("sample_rate") ?? "")) {
    yield `raw audio as ${query.get("encoding")} at ${query.get("sample_rate")}`;
  }
  yield* outside(query, "eot_threshold", 0.5, 1);
  yield* outside(query, "eager_eot_threshold", 0.3, 0.9);
  yield* outside(query, "eot_timeout_ms", 500, 60_000);
  if (Number(query.get("eager_eot_threshold") ?? 0) > Number(query.get("eot_threshold") ?? 0.7)) {
    yield "the eager threshold is above the other one";
  }
  if (query.getAll("keyterm").some((term) => term.trim() === "" || /[,;\n]/.test(term))) {
    yield "a term is not plain";
  }
  if (query.getAll("keyterm").length > 100) yield "more than 100 terms";
}

function* outside(query: URLSearchParams, key: string, least: number, most: number): Generator<string> {
  const value = query.get(key);
  if (value !== null && !(Number(value) >= least && Number(value) <= most)) yield `${key} is ${value}`;
}
