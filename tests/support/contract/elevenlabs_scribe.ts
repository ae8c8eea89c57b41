import { decodeBase64 } from "@std/encoding";
import { EnergyListener } from "../../../adapters/fake/energy_listener.ts";
import { type Clock, systemClock } from "../../../flow/clock.ts";
import type { HearingEvent, Word } from "../../../pipeline/ports.ts";
import { contractOf, publishedContract } from "./published.ts";
import { scenarioKey, ScenarioServer } from "./scenario.ts";
import { SocketScript } from "./socket_script.ts";

const contract = publishedContract("elevenlabs/scribe.asyncapi.yaml");
const schema = (name: string) => `/components/schemas/${name}`;
const checkPublished = contract?.closed(schema("InputAudioChunkPayload"));
const checkReply = contract?.open(
  ...[
    "SessionStartedPayload",
    "PartialTranscriptPayload",
    "FinalTranscriptPayload",
    "CommittedTranscriptPayload",
    "CommittedTranscriptWithTimestampsPayload",
    "ScribeErrorPayload",
  ].map(schema),
);
/** What is known without the published ones, and of the connection, which they do not describe. */
const known = contractOf({
  chunk: {
    type: "object",
    required: ["message_type", "audio_base_64", "commit", "sample_rate"],
    properties: {
      message_type: { const: "input_audio_chunk" },
      audio_base_64: { type: "string" },
      commit: { type: "boolean" },
      sample_rate: { type: "integer" },
    },
  },
  query: {
    type: "object",
    required: ["model_id", "audio_format"],
    properties: {
      model_id: { type: "string" },
      audio_format: { enum: ["pcm_8000", "pcm_16000", "pcm_22050", "pcm_24000", "pcm_44100", "pcm_48000"] },
      commit_strategy: { enum: ["manual", "vad"] },
      language_code: { type: "string", pattern: "^[a-z]{2,3}$" },
      include_timestamps: { type: "boolean" },
      include_language_detection: { type: "boolean" },
      vad_silence_threshold_secs: { type: "number", exclusiveMinimum: 0.3, maximum: 3 },
      keyterms: { type: "array", maxItems: 50, items: { type: "string", maxLength: 20 } },
    },
  },
}, "scribe");
const checkChunk = known.closed("/chunk");
const checkQuery = known.closed("/query");

/** A commit of less audio than this is ignored (https://github.com/elevenlabs/packages/issues/378). */
const shortestCommitMs = 300;
/** Interim transcripts begin after so much audio; without a commit, one is made when there is so much. */
const firstPartialMs = 2000;
const longestSegmentMs = 90_000;
const longestChunkMs = 1000;
/** How much silence ends an utterance that nobody has asked to be ended: so much that none does. */
const neverMs = 3_600_000;

/** Options of {@linkcode scribeServer}. */
export interface ScribeScenario {
  readonly clock?: Clock;
  /** How long a session may take, in ms. */
  readonly sessionMs?: number;
}

/**
 * A stand-in for ElevenLabs' Scribe in real time: hears a word in every 300 ms of sound. Nothing is committed by itself unless that was asked
 * for; a commit with timestamps comes twice, and one with too little audio is ignored. What is wrong with the connection is told once it is open.
 */
export function scribeServer(
  script: SocketScript = new SocketScript(),
  { clock = systemClock, sessionMs = Infinity }: ScribeScenario = {},
): ScenarioServer {
  return new ScenarioServer(() => new Response("", { status: 404 }), (request, server) => {
    const { pathname, searchParams } = new URL(request.path, "http://x");
    if (pathname !== "/v1/speech-to-text/realtime") return new Response("", { status: 404 });
    const query = typed(searchParams);
    const wrong = checkQuery(query);
    server.object(...wrong);
    const refusal = () => {
      if (request.headers.get("xi-api-key") !== scenarioKey) return "auth_error";
      return wrong.length > 0 ? "invalid_request" : undefined;
    };
    return (socket) => new Session(socket, { query, clock, sessionMs, script, server }).listen(refusal);
  });
}

function typed(query: URLSearchParams): Record<string, unknown> {
  const single = [...query].filter(([key]) => key !== "keyterms").map(([key, value]) => {
    if (value === "true" || value === "false") return [key, value === "true"];
    return [key, /^[\d.]+$/.test(value) ? Number(value) : value];
  });
  const terms = query.getAll("keyterms");
  return { ...Object.fromEntries(single), ...(terms.length > 0 ? { keyterms: terms } : {}) };
}

interface SessionParts {
  readonly query: Record<string, unknown>;
  readonly clock: Clock;
  readonly sessionMs: number;
  readonly script: SocketScript;
  readonly server: ScenarioServer;
}

class Session {
  readonly #socket: WebSocket;
  readonly #parts: SessionParts;
  readonly #rate: number;
  readonly #ear: EnergyListener;
  readonly #beganMs: number;
  #samples = 0;
  #committed = 0;
  /** The words since the last commit. */
  #words: readonly Word[] = [];
  #over = false;

  constructor(socket: WebSocket, parts: SessionParts) {
    const { query } = parts;
    this.#socket = socket;
    this.#parts = parts;
    this.#rate = Number(String(query["audio_format"]).slice("pcm_".length)) || 16_000;
    const silenceMs = query["commit_strategy"] === "vad"
      ? Number(query["vad_silence_threshold_secs"] ?? 1.5) * 1000
      : neverMs;
    this.#ear = new EnergyListener({ rate: this.#rate, language: "en", silenceMs });
    this.#beganMs = parts.clock.now();
  }

  listen(refusal: () => string | undefined): void {
    const socket = this.#socket;
    socket.addEventListener("open", () => {
      const refused = refusal();
      if (refused) return this.#fail(refused);
      if (!this.#play("open")) return;
      const { audio_format, model_id, language_code } = this.#parts.query;
      this.#send({
        message_type: "session_started",
        session_id: crypto.randomUUID(),
        config: {
          sample_rate: this.#rate,
          audio_format,
          model_id,
          ...(language_code === undefined ? {} : { language_code }),
        },
      });
      this.#play("begin");
    });
    socket.addEventListener("message", ({ data }) => {
      if (this.#over) return;
      const { clock, sessionMs, server } = this.#parts;
      if (clock.now() - this.#beganMs > sessionMs) return this.#fail("session_time_limit_exceeded");
      if (typeof data !== "string") return server.object("a message is not text");
      this.#take(JSON.parse(data));
    });
  }

  #play(step: Parameters<SocketScript["play"]>[0]): boolean {
    const goesOn = this.#parts.script.play(step, this.#socket);
    if (!goesOn) this.#over = true;
    return goesOn;
  }

  #take(message: Record<string, unknown>): void {
    const { server } = this.#parts;
    const wrong = [...checkChunk(message), ...checkPublished?.(message) ?? []];
    if (message["sample_rate"] !== this.#rate) wrong.push("the rate is another one than that of the format");
    if (wrong.length > 0) {
      server.object(...wrong);
      return this.#fail("input_error");
    }
    const bytes = decodeBase64(String(message["audio_base_64"]));
    if (bytes.length % 2 !== 0) server.object("samples are cut in two");
    if (bytes.length > 0) this.#hear(new Int16Array(bytes.buffer));
    // A commit is a flush and the end alike.
    if (message["commit"] === true && !this.#over && this.#play("phrase") && this.#play("end")) {
      this.#commit();
    }
  }

  #hear(samples: Int16Array): void {
    if (samples.length * 1000 / this.#rate > longestChunkMs) {
      this.#parts.server.object(`a chunk has ${samples.length} samples`);
      return this.#fail("chunk_size_exceeded");
    }
    if (!this.#play("audio")) return;
    const position = this.#samples;
    this.#samples += samples.length;
    const told = this.#words;
    this.#report(this.#ear.hear({ type: "frame", rate: this.#rate, position, samples }));
    if (this.#ear.speaking && this.#words === told) this.#update(told);
    if (!this.#over && this.#uncommittedMs >= longestSegmentMs) this.#commit();
  }

  get #uncommittedMs(): number {
    return (this.#samples - this.#committed) * 1000 / this.#rate;
  }

  #commit(): void {
    if (this.#uncommittedMs < shortestCommitMs) {
      const seconds = (this.#uncommittedMs / 1000).toFixed(2);
      return this.#send({
        message_type: "commit_throttled",
        error: `Commit request ignored: only ${seconds}s of uncommitted audio.`,
      });
    }
    const events = this.#ear.flush();
    if (events.length > 0) this.#report(events);
    else this.#transcribe([]);
  }

  #report(events: readonly HearingEvent[]): void {
    for (const event of events) {
      if (event.type !== "hypothesis") continue;
      if (event.final) this.#transcribe(event.words);
      else this.#update(event.words);
    }
  }

  /** What may change is told again with each message of audio, once there is enough of it; the last word is misheard. */
  #update(words: readonly Word[]): void {
    this.#words = words;
    if (this.#samples * 1000 / this.#rate < firstPartialMs || words.length === 0) return;
    const heard = words.map(({ text }) => text);
    this.#send({ message_type: "partial_transcript", text: [...heard.slice(0, -1), "mumble"].join(" ") });
    // Of a type that nobody knows yet.
    this.#socket.send(JSON.stringify({ message_type: "something_new", text: "noise" }));
  }

  #transcribe(words: readonly Word[]): void {
    this.#committed = this.#samples;
    this.#words = [];
    const text = words.map((word, index) => index === 0 ? capital(word.text) : word.text).join(" ") +
      (words.length > 0 ? "." : "");
    if (words.length > 0) this.#send({ message_type: "final_transcript", text });
    this.#send({ message_type: "committed_transcript", text });
    if (this.#parts.query["include_timestamps"] !== true) return;
    const timed = words.flatMap((word, index) => [
      ...(index === 0 ? [] : [{
        text: " ",
        type: "spacing",
        start: words[index - 1]!.endMs / 1000,
        end: word.startMs / 1000,
        logprob: 0,
      }]),
      {
        text: (index === 0 ? capital(word.text) : word.text) + (index === words.length - 1 ? "." : ""),
        type: "word",
        start: word.startMs / 1000,
        end: word.endMs / 1000,
        logprob: -0.1,
      },
    ]);
    this.#send({
      message_type: "committed_transcript_with_timestamps",
      text,
      language_code: this.#parts.query["language_code"] ?? "en",
      words: timed,
    });
  }

  /** As ElevenLabs does it: the error, then the close. */
  #fail(type: string): void {
    this.#send({ message_type: type, error: "x" });
    this.#over = true;
    this.#socket.close(1008, type);
  }

  #send(reply: Record<string, unknown>): void {
    this.#parts.server.object(...checkReply?.(reply) ?? []);
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(reply));
  }
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
