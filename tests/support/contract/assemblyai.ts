import { EnergyListener } from "../../../adapters/fake/energy_listener.ts";
import { type Clock, systemClock } from "../../../flow/clock.ts";
import type { HearingEvent, Hypothesis, Word } from "../../../pipeline/ports.ts";
import schema from "../../fixtures/schemas/assemblyai.json" with { type: "json" };
import { contractOf } from "./published.ts";
import { scenarioKey, ScenarioServer } from "./scenario.ts";
import { SocketScript } from "./socket_script.ts";

const contract = contractOf(schema, "assemblyai");
const checkMessage = contract.closed("/definitions/AaiClient");
const checkReply = contract.open("/definitions/AaiServer");
const milliseconds = { type: "integer", minimum: 0, maximum: 10_000 };
/** The parameters of the connection, which are no part of the types (https://assemblyai.com/docs/streaming/api-spec/streaming-websocket). */
const checkQuery = contractOf({
  query: {
    type: "object",
    required: ["sample_rate", "speech_model"],
    properties: {
      sample_rate: { type: "integer", minimum: 8000, maximum: 48_000 },
      encoding: { enum: ["pcm_s16le"] },
      speech_model: { type: "string" },
      format_turns: { type: "boolean" },
      min_turn_silence: milliseconds,
      max_turn_silence: milliseconds,
      end_of_turn_confidence_threshold: { type: "number", minimum: 0, maximum: 1 },
      inactivity_timeout: { type: "integer", minimum: 5, maximum: 3600 },
      language_detection: { type: "boolean" },
      keyterms_prompt: { type: "array", maxItems: 100, items: { type: "string", maxLength: 50 } },
      token: { type: "string" },
    },
  },
}, "assemblyai-query").closed("/query");

/** Audio may run ahead of the clock by as much as the longest message has. */
const aheadMs = 1000;

/** Options of {@linkcode assemblyAiServer}. */
export interface AssemblyAiScenario {
  readonly clock?: Clock;
  /** How long a session may take, in ms; three hours by default, as AssemblyAI has it. */
  readonly sessionMs?: number;
  /** How many sessions there may be at a time. */
  readonly concurrency?: number;
  /** Whether nothing is said of pace and farewell: for clocks that stand still, and connections that break; false by default. */
  readonly lenient?: boolean;
}

/**
 * A stand-in for AssemblyAI's streaming: hears a word in every 300 ms of sound. Messages of audio have to last 50 to 1000 ms and to come no
 * faster than they were spoken, a session that is left without a farewell is objected to, since it would go on to be charged for, and an
 * end that is forced while nobody speaks is not answered.
 */
export function assemblyAiServer(
  script: SocketScript = new SocketScript(),
  scenario: AssemblyAiScenario = {},
): ScenarioServer {
  const { clock = systemClock, sessionMs = 3 * 3_600_000, concurrency = 100, lenient = false } = scenario;
  const full = (server: ScenarioServer) => server.sockets > concurrency;
  return new ScenarioServer(() => new Response("", { status: 404 }), (request, server) => {
    const { pathname, searchParams } = new URL(request.path, "http://x");
    if (pathname !== "/v3/ws") return new Response("", { status: 404 });
    const query = typed(searchParams);
    server.object(...checkQuery(query));
    const authorized = request.headers.get("authorization") === scenarioKey;
    return (socket) =>
      new Session(socket, { query, clock, sessionMs, lenient, script, server }).listen(() => {
        if (!authorized) return [1008, "Unauthorized Connection: Missing Authorization header"];
        return full(server) ? [3009, "Unauthorized Connection: Too many concurrent sessions"] : undefined;
      });
  });
}

function typed(query: URLSearchParams): Record<string, unknown> {
  return Object.fromEntries([...query].map(([key, value]) => {
    if (key === "keyterms_prompt") return [key, JSON.parse(value)];
    if (value === "true" || value === "false") return [key, value === "true"];
    return [key, /^[\d.]+$/.test(value) ? Number(value) : value];
  }));
}

interface SessionParts {
  readonly query: Record<string, unknown>;
  readonly clock: Clock;
  readonly sessionMs: number;
  readonly lenient: boolean;
  readonly script: SocketScript;
  readonly server: ScenarioServer;
}

class Session {
  readonly #socket: WebSocket;
  readonly #parts: SessionParts;
  readonly #rate: number;
  readonly #ear: EnergyListener;
  readonly #beganMs: number;
  #activeMs: number;
  #samples = 0;
  #turn = 0;
  /** The words of the turn so far. */
  #words: readonly Word[] = [];
  /** It was said to be over, by either side. */
  #over = false;

  constructor(socket: WebSocket, parts: SessionParts) {
    this.#socket = socket;
    this.#parts = parts;
    this.#rate = Number(parts.query["sample_rate"]);
    const silenceMs = Number(parts.query["min_turn_silence"] ?? 400);
    this.#ear = new EnergyListener({ rate: this.#rate, language: "en", silenceMs });
    this.#beganMs = this.#activeMs = parts.clock.now();
  }

  listen(refusal: () => [number, string] | undefined): void {
    const socket = this.#socket;
    socket.addEventListener("open", () => {
      const refused = refusal();
      if (refused) return this.#fail(...refused);
      if (!this.#play("open")) return;
      this.#send({ type: "Begin", id: crypto.randomUUID(), expires_at: 1_800_000_000, configuration: {} });
      this.#play("begin");
    });
    socket.addEventListener("message", ({ data }) => {
      if (this.#over) return;
      if (typeof data === "string") this.#take(data);
      else this.#hear(new Uint8Array(data));
    });
    socket.addEventListener("close", () => {
      const { lenient, server } = this.#parts;
      if (!this.#over && !lenient) server.object("a session is left without Terminate");
    });
  }

  #play(step: Parameters<SocketScript["play"]>[0]): boolean {
    const goesOn = this.#parts.script.play(step, this.#socket);
    if (!goesOn) this.#over = true;
    return goesOn;
  }

  #take(text: string): void {
    if (!this.#isAlive()) return;
    const message = JSON.parse(text);
    const wrong = checkMessage(message);
    if (wrong.length > 0) {
      this.#parts.server.object(...wrong);
      return this.#fail(3006, "Invalid Message");
    }
    if (message.type === "ForceEndpoint" && this.#play("phrase")) this.#report(this.#ear.flush());
    if (message.type !== "Terminate" || !this.#play("end")) return;
    this.#report(this.#ear.end());
    const { clock } = this.#parts;
    this.#send({
      type: "Termination",
      audio_duration_seconds: Math.round(this.#samples / this.#rate),
      session_duration_seconds: Math.round((clock.now() - this.#beganMs) / 1000),
    });
    this.#over = true;
    this.#socket.close(1000);
  }

  #hear(bytes: Uint8Array): void {
    if (!this.#isAlive()) return;
    const { clock, lenient, server } = this.#parts;
    const samples = new Int16Array(bytes.slice().buffer);
    const durationMs = samples.length * 1000 / this.#rate;
    const from = this.#samples;
    this.#samples += samples.length;
    const elapsedMs = clock.now() - this.#beganMs;
    const heardMs = this.#samples * 1000 / this.#rate;
    if (durationMs < 50 || durationMs > 1000) {
      server.object(`a message has ${durationMs} ms of audio`);
      return this.#fail(3007, `Input duration violation: ${durationMs} ms. Expected between 50 and 1000 ms`);
    }
    if (heardMs > elapsedMs + aheadMs && !lenient) {
      server.object(`${heardMs} ms of audio came in ${elapsedMs} ms`);
      return this.#fail(3007, "Audio Transmission Rate Exceeded");
    }
    if (!this.#play("audio")) return;
    const told = this.#words;
    this.#report(this.#ear.hear({ type: "frame", rate: this.#rate, position: from, samples }));
    if (this.#ear.speaking && this.#words === told) this.#update(told);
  }

  /** Whether neither the session nor its silence has lasted too long. */
  #isAlive(): boolean {
    const { clock, query, sessionMs } = this.#parts;
    const nowMs = clock.now();
    const idleMs = nowMs - this.#activeMs;
    this.#activeMs = nowMs;
    if (nowMs - this.#beganMs > sessionMs) {
      this.#fail(3008, "Session Expired: Maximum session duration exceeded");
    } else if (idleMs > Number(query["inactivity_timeout"] ?? Infinity) * 1000) {
      this.#over = true;
      this.#socket.close(1000, "Session idle");
    }
    return !this.#over;
  }

  #report(events: readonly HearingEvent[]): void {
    for (const event of events) {
      if (event.type === "speech_started") {
        this.#send({ type: "SpeechStarted", timestamp: Math.round(event.position * 1000 / this.#rate) });
        // Of a type that nobody knows yet.
        this.#socket.send(JSON.stringify({ type: "SomethingNew", turn_order: this.#turn }));
      } else if (event.type === "hypothesis" && event.final) this.#endTurn(event);
      else if (event.type === "hypothesis") this.#update(event.words);
    }
  }

  /** A turn is told again with each message of audio; the last word is not final yet, and misheard. */
  #update(words: readonly Word[]): void {
    this.#words = words;
    const wires = words.map((word, index) =>
      index < words.length - 1 ? wireOf(word) : { ...wireOf(word), text: "mumble", word_is_final: false }
    );
    this.#sendTurn(wires, false, false);
  }

  #endTurn({ words }: Hypothesis): void {
    this.#sendTurn(words.map((word) => wireOf(word)), true, false);
    if (this.#parts.query["format_turns"] === true) {
      const last = words.length - 1;
      const formatted = words.map((word, index) => ({
        ...wireOf(word),
        text: `${index === 0 ? capital(word.text) : word.text}${index === last ? "." : ""}`,
      }));
      this.#sendTurn(formatted, true, true);
    }
    this.#turn += 1;
    this.#words = [];
  }

  #sendTurn(words: readonly ReturnType<typeof wireOf>[], ended: boolean, formatted: boolean): void {
    this.#send({
      type: "Turn",
      turn_order: this.#turn,
      turn_is_formatted: formatted,
      end_of_turn: ended,
      end_of_turn_confidence: ended ? 0.9 : 0.01,
      transcript: words.filter((word) => word.word_is_final).map((word) => word.text).join(" "),
      utterance: "",
      words,
      language_code: "en",
    });
  }

  /** As AssemblyAI does it: the error, then a close with the same code. */
  #fail(code: number, reason: string): void {
    this.#send({ type: "Error", error_code: code, error: reason });
    this.#over = true;
    this.#socket.close(code, reason);
  }

  #send(reply: Record<string, unknown>): void {
    this.#parts.server.object(...checkReply(reply));
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(reply));
  }
}

function wireOf({ text, startMs, endMs }: Word) {
  return {
    text,
    start: Math.round(startMs),
    end: Math.round(endMs),
    confidence: 0.9,
    word_is_final: true,
  };
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
