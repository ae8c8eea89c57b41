import schema from "../../fixtures/schemas/soniox.json" with { type: "json" };
import { EnergyListener } from "../../../adapters/fake/energy_listener.ts";
import { Watchdog } from "../../../adapters/net/watchdog.ts";
import { type Clock, systemClock } from "../../../flow/clock.ts";
import type { Hypothesis, Word } from "../../../pipeline/ports.ts";
import { contractOf } from "./published.ts";
import { ScenarioServer } from "./scenario.ts";
import { refuseKey, SocketScript, type Step } from "./socket_script.ts";

const contract = contractOf(schema, "soniox");
const checkConfig = contract.closed("/definitions/SonioxConfig");
const checkResult = contract.open("/definitions/SonioxResult");
/** The messages between the first and the last, from https://soniox.com/docs/stt/rt/manual-finalization and …/connection-keepalive. */
const checkControl = contractOf({
  finalize: {
    type: "object",
    required: ["type"],
    properties: { type: { const: "finalize" }, trailing_silence_ms: { type: "number", minimum: 0 } },
  },
  keepalive: { type: "object", required: ["type"], properties: { type: { const: "keepalive" } } },
}, "soniox_control").closed("/finalize", "/keepalive");

/** What it waits for audio or a keepalive, in ms (https://soniox.com/docs/stt/rt/connection-keepalive). */
const idleMs = 20_000;
/** "Real-time or near real-time" is taken to mean: twice as fast at most, but for so much (https://soniox.com/docs/stt/rt/error-handling). */
const pace = { speed: 2, burstMs: 10_000 };
/** How many tokens of an utterance may still change: an odd number, so that words are final in part. */
const openTokens = 3;

/** Options of {@linkcode sonioxServer}. */
export interface SonioxScenario {
  /** Takes the key in the first message, as Soniox's own library still sends it. */
  readonly ofLibrary?: boolean;
  readonly clock?: Clock;
  /** How much audio a stream may have, in ms; 300 minutes as documented. */
  readonly limitMs?: number;
  /** Whether a final text may differ from the interim one that it replaces; true by default. */
  readonly contradicting?: boolean;
}

/** A stand-in for Soniox's real-time recognition: hears a numbered word in every 300 ms of sound, and translates it when it is to. */
export function sonioxServer(script = new SocketScript(), scenario: SonioxScenario = {}): ScenarioServer {
  return new ScenarioServer(() => new Response("", { status: 404 }), (request, server) => {
    if (request.path !== "/transcribe-websocket") return new Response("", { status: 404 });
    const refused = scenario.ofLibrary
      ? undefined
      : refuseKey(request.headers.get("authorization"), "Bearer KEY");
    return refused ?? ((socket) => new Transcription(socket, script, server, scenario).listen());
  });
}

interface Token {
  readonly text: string;
  readonly start_ms?: number;
  readonly end_ms?: number;
  readonly confidence: number;
  readonly is_final: boolean;
  readonly language?: string;
  readonly translation_status?: string;
  readonly source_language?: string;
}

interface Config {
  readonly model: string;
  readonly audio_format: string;
  readonly sample_rate: number;
  readonly num_channels: number;
  readonly language_hints?: readonly string[];
  readonly enable_endpoint_detection?: boolean;
  readonly enable_language_identification?: boolean;
  readonly translation?: { readonly type: string; readonly target_language?: string };
}

class Transcription {
  readonly #socket: WebSocket;
  readonly #script: SocketScript;
  readonly #server: ScenarioServer;
  readonly #scenario: SonioxScenario;
  readonly #watchdog: Watchdog;
  readonly #clock: Clock;
  /** When it was connected. */
  readonly #sinceMs: number;
  #config: Config | undefined;
  #listener: EnergyListener | undefined;
  #language = "en";
  #over = false;
  #silent = false;
  /** Samples that came. */
  #samples = 0;
  /** Tokens of the utterance so far, how many of them were sent as final, and how many of its words they are. */
  #tokens: Token[] = [];
  #sent = 0;
  #words = 0;
  #finalToMs = 0;
  /** Translations that come one message after what they translate. */
  #translations: Token[] = [];

  constructor(socket: WebSocket, script: SocketScript, server: ScenarioServer, scenario: SonioxScenario) {
    this.#socket = socket;
    this.#script = script;
    this.#server = server;
    this.#scenario = scenario;
    this.#clock = scenario.clock ?? systemClock;
    this.#sinceMs = this.#clock.now();
    this.#watchdog = new Watchdog({
      clock: this.#clock,
      deadlineMs: idleMs,
      bark: () => this.#fail(408, "Request timeout."),
    });
  }

  listen(): void {
    this.#socket.addEventListener("close", () => this.#watchdog[Symbol.dispose]());
    this.#socket.addEventListener("open", () => {
      this.#watchdog.begin();
      this.#goesOn("open");
    });
    this.#socket.addEventListener("message", ({ data }) => this.#take(data));
  }

  #take(data: string | ArrayBuffer): void {
    if (this.#silent) return;
    if (this.#over) return this.#server.object("something comes after the end");
    this.#watchdog.begin();
    if (!this.#config) return this.#begin(data);
    if (data === "" || data instanceof ArrayBuffer && data.byteLength === 0) return this.#finish();
    if (data instanceof ArrayBuffer) return this.#hear(data);
    const message = JSON.parse(data);
    this.#server.object(...checkControl(message));
    if (message.type === "finalize" && this.#goesOn("phrase")) this.#finalize();
  }

  #begin(data: string | ArrayBuffer): void {
    if (typeof data !== "string" || data === "") {
      this.#server.object("the first message is not the configuration");
      return this.#fail(400, "Start request expected.");
    }
    const { api_key: key, ...config } = JSON.parse(data);
    if (this.#scenario.ofLibrary ? !key : key !== undefined) {
      this.#server.object("the key stands in the first message");
    }
    this.#server.object(...checkConfig(config), ...objections(config));
    this.#config = config;
    if (!/^stt-rt-/.test(config.model)) return this.#fail(400, "Invalid model specified.");
    this.#language = config.language_hints?.[0] ?? "en";
    this.#listener = new EnergyListener({
      rate: config.sample_rate,
      language: this.#language,
      silenceMs: config.enable_endpoint_detection ? 300 : 3_600_000,
    });
    this.#goesOn("begin");
  }

  #hear(data: ArrayBuffer): void {
    if (data.byteLength % 2 === 1) this.#server.object("a sample is cut in two");
    const samples = new Int16Array(data, 0, data.byteLength >> 1);
    const rate = this.#config!.sample_rate;
    const events = this.#listener!.hear({ type: "frame", rate, position: this.#samples, samples });
    this.#samples += samples.length;
    this.#checkPace();
    if (!this.#goesOn("audio")) return;
    let ended = false;
    for (const event of events) {
      if (event.type === "hypothesis") this.#understand(event);
      if (event.type === "endpoint") ended = true;
      if (event.type === "endpoint") this.#close("<end>");
    }
    if (!ended) this.#report();
    if (this.#samples * 1000 / rate >= (this.#scenario.limitMs ?? 300 * 60_000)) {
      this.#fail(503, "Cannot continue request (code 1). Please restart the request.");
    }
  }

  #checkPace(): void {
    const sentMs = this.#samples * 1000 / this.#config!.sample_rate;
    const mostMs = pace.burstMs + pace.speed * (this.#clock.now() - this.#sinceMs);
    if (!this.#scenario.ofLibrary && sentMs > mostMs + 1) this.#server.object("audio comes too fast");
  }

  /** Takes the words that are new; all of them when the utterance is over. */
  #understand({ words, final }: Hypothesis): void {
    for (const word of words.slice(this.#words)) this.#tokens.push(...this.#cut(word));
    this.#words = words.length;
    if (final) this.#tokens.push(this.#token(".", words.at(-1)!.endMs, words.at(-1)!.endMs));
  }

  /** The word in two pieces, the first with the space before it. */
  #cut({ text, startMs, endMs }: Word): Token[] {
    const middle = Math.ceil(text.length / 2);
    const middleMs = (startMs + endMs) / 2;
    const space = this.#finalToMs === 0 && this.#tokens.length === 0 ? "" : " ";
    return [
      this.#token(space + text.slice(0, middle), startMs, middleMs),
      this.#token(text.slice(middle), middleMs, endMs),
    ];
  }

  #token(text: string, startMs: number, endMs: number): Token {
    const { enable_language_identification: identify, translation } = this.#config!;
    return {
      text,
      start_ms: Math.round(startMs),
      end_ms: Math.round(endMs),
      confidence: 0.97,
      is_final: true,
      ...(identify ? { language: this.#language } : {}),
      ...(translation ? { translation_status: "original" } : {}),
    };
  }

  #translationOf({ text }: Token): Token | undefined {
    const target = this.#config!.translation?.target_language;
    if (target === undefined) return undefined;
    return {
      text: text.toUpperCase(),
      confidence: 0.9,
      is_final: true,
      language: target,
      translation_status: "translation",
      source_language: this.#language,
    };
  }

  /** Whether it goes on as usual at a step: what has failed or stalled says nothing more. */
  #goesOn(step: Step): boolean {
    this.#silent ||= !this.#script.play(step, this.#socket);
    return !this.#silent;
  }

  /** What is new and final, and all that is not. */
  #report(): void {
    const settled = Math.max(this.#sent, this.#tokens.length - openTokens);
    const finals = this.#tokens.slice(this.#sent, settled);
    const open = this.#tokens.slice(settled).map((token) => ({ ...token, is_final: false }));
    const last = open.at(-1);
    if (last && this.#scenario.contradicting !== false) {
      open[open.length - 1] = { ...last, text: last.text.slice(0, -1) + "x" };
    }
    this.#settle(finals);
    this.#send([...this.#translated(finals), ...open]);
  }

  /** The rest of an utterance, with the token that says why it is over. */
  #close(mark: "<end>" | "<fin>"): void {
    const rest = this.#tokens.slice(this.#sent);
    this.#settle(rest);
    const translated = this.#translated(rest);
    const waiting = this.#translations.splice(0);
    this.#tokens = [];
    this.#sent = 0;
    this.#words = 0;
    const end = { text: mark, confidence: 1, is_final: true };
    this.#send([...translated, ...waiting, end]);
  }

  #settle(finals: readonly Token[]): void {
    this.#sent += finals.length;
    this.#finalToMs = finals.at(-1)?.end_ms ?? this.#finalToMs;
  }

  /** The tokens, among which stand the translations of those before. */
  #translated(finals: readonly Token[]): Token[] {
    const late = this.#translations.splice(0);
    this.#translations = finals.flatMap((token) => this.#translationOf(token) ?? []);
    return [...late, ...finals];
  }

  #finalize(): void {
    for (const event of this.#listener!.flush()) {
      if (event.type === "hypothesis") this.#understand(event);
    }
    this.#close("<fin>");
  }

  #finish(): void {
    this.#over = true;
    if (!this.#goesOn("end")) return;
    const open = this.#listener!.speaking;
    for (const event of this.#listener!.end()) {
      if (event.type === "hypothesis") this.#understand(event);
    }
    if (open) this.#close("<end>");
    this.#send([], true);
    this.#socket.close(1000);
  }

  #send(tokens: readonly Token[], finished = false): void {
    const heardMs = Math.round(this.#samples * 1000 / this.#config!.sample_rate);
    const result = {
      tokens,
      final_audio_proc_ms: this.#tokens.length > 0 ? this.#finalToMs : heardMs,
      total_audio_proc_ms: heardMs,
      ...(finished ? { finished } : {}),
    };
    this.#server.object(...checkResult(result));
    this.#write({ ...result, something_new: {} });
  }

  #fail(code: number, message: string): void {
    this.#over = true;
    this.#write({ error_code: code, error_message: message });
    this.#socket.close(1000);
  }

  #write(message: object): void {
    if (!this.#silent && this.#socket.readyState === WebSocket.OPEN) {
      this.#socket.send(JSON.stringify(message));
    }
  }
}

/** What the documentation asks of the first message beyond its schema. */
function* objections(config: Record<string, unknown>): Generator<string> {
  const { audio_format: format, max_endpoint_delay_ms: delayMs, endpoint_sensitivity: sensitivity } = config;
  if (format === "pcm_s16le" && !(Number(config["sample_rate"]) > 0 && config["num_channels"] === 1)) {
    yield "raw audio without its rate and channels";
  }
  if (delayMs !== undefined && !(Number(delayMs) >= 500 && Number(delayMs) <= 3000)) {
    yield `max_endpoint_delay_ms is ${delayMs}`;
  }
  if (sensitivity !== undefined && !(Math.abs(Number(sensitivity)) <= 1)) {
    yield `endpoint_sensitivity is ${sensitivity}`;
  }
  const hints = (config["language_hints"] ?? []) as readonly string[];
  if (hints.some((hint) => !/^[a-z]{2}$/.test(hint))) yield `a language hint is no ISO code: ${hints}`;
  if (JSON.stringify(config["context"] ?? {}).length > 10_000) yield "the context is too long";
}
