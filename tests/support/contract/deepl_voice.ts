import { decodeBase64, encodeBase64 } from "@std/encoding";
import { Tone } from "../../../adapters/fake/tone.ts";
import { type Clock, systemClock } from "../../../flow/clock.ts";
import { publishedContract, type Validate } from "./published.ts";
import { type Recorded, ScenarioServer } from "./scenario.ts";
import { refuseKey, SocketScript } from "./socket_script.ts";

const rest = publishedContract("deepl/translate-voice.json");
const checkRequest = rest?.closed(
  "/paths/~1v3~1voice~1realtime/post/requestBody/content/application~1json/schema",
);
const checkTicket = rest?.open("/components/schemas/VoiceStreamingResponse");
const stream = publishedContract("deepl/voice.asyncapi.yaml");
const payload = (name: string) => `/components/schemas/${name}Payload`;
const ofClient = stream?.closed(payload("SourceMediaChunk"), payload("EndOfSourceMedia"));
const ofServer = new Map<string, Validate | undefined>(
  [
    ["source_transcript_update", "SourceTranscriptUpdate"],
    ["target_transcript_update", "TargetTranscriptUpdate"],
    ["target_media_chunk", "TargetMediaChunk"],
    ["end_of_source_transcript", "EndOfSourceTranscript"],
    ["end_of_target_transcript", "EndOfTargetTranscript"],
    ["end_of_target_media", "EndOfTargetMedia"],
    ["end_of_stream", "EndOfStream"],
    ["error", "Error"],
  ].map(([key, name]) => [key!, stream?.open(payload(name!))]),
);

const frameMs = 200;
/** What is louder than this is speech. */
const loud = 1000;

/** Options of {@linkcode deeplVoiceServer}. */
export interface DeepLVoiceOptions {
  readonly script?: SocketScript;
  /** The time by which pacing is judged. */
  readonly clock?: Clock;
}

/**
 * A stand-in for DeepL Voice: hears a word in each 200 ms of sound, tentatively, and concludes them in silence, together with their translation and, where
 * that was asked for, its speech. A session goes on over another connection, as long as each token is used once.
 */
export function deeplVoiceServer(options: DeepLVoiceOptions = {}): ScenarioServer {
  /** The sessions by their tokens that were not used yet, and those by the last that was. */
  const unused = new Map<string, VoiceSession>();
  const used = new Map<string, VoiceSession>();
  let tokens = 0;
  const ticketFor = (session: VoiceSession, server: ScenarioServer) => {
    const token = `token/${++tokens}==`;
    unused.set(token, session);
    const reply = {
      streaming_url: `${server.address.replace("http", "ws")}/v3/voice/realtime/connect`,
      token,
      session_id: "s1",
    };
    server.object(...checkTicket?.(reply) ?? []);
    return Response.json(reply);
  };
  return new ScenarioServer(async (request, server) => {
    const { pathname, searchParams } = new URL(request.path, "http://x");
    if (pathname !== "/v3/voice/realtime") return new Response("", { status: 404 });
    const refused = refuseKey(request.headers.get("authorization"), "DeepL-Auth-Key KEY");
    if (refused) return new Response("{}", { status: 403 });
    if (request.method === "GET") {
      const session = used.get(searchParams.get("token") ?? "");
      if (!session) server.object("the token of a reconnection is not the last one of its session");
      return session ? ticketFor(session, server) : new Response("{}", { status: 400 });
    }
    return await Promise.resolve(
      ticketFor(new VoiceSession(bodyOf(request, server), server, options), server),
    );
  }, (request, server) => {
    const { pathname, searchParams } = new URL(request.path, "http://x");
    if (pathname !== "/v3/voice/realtime/connect") return new Response("", { status: 404 });
    const token = searchParams.get("token") ?? "";
    const session = unused.get(token);
    if (!session) {
      server.object(used.has(token) ? "a token is used twice" : "a token is not known");
      return new Response("", { status: 403 });
    }
    unused.delete(token);
    for (const [old, owner] of used) if (owner === session) used.delete(old);
    used.set(token, session);
    return (socket) => session.listen(socket);
  });
}

interface Wish {
  readonly source_media_content_type: string;
  readonly source_language: string;
  readonly target_languages: readonly string[];
  readonly target_media_languages?: readonly string[];
  readonly target_media_content_type?: string;
}

function bodyOf({ body }: Recorded, server: ScenarioServer): Wish {
  const wish = JSON.parse(body);
  server.object(...checkRequest?.(wish) ?? []);
  return wish;
}

class VoiceSession {
  readonly #wish: Wish;
  readonly #server: ScenarioServer;
  readonly #script: SocketScript;
  readonly #clock: Clock;
  readonly #rate: number;
  readonly #tone = new Tone(330, 24_000);
  #socket: WebSocket | undefined;
  #buffer: number[] = [];
  #frames = 0;
  #words = 0;
  #open = 0;
  #startMs = 0;
  #spoken = 0;
  #ended = false;
  #sentMs = 0;
  #sinceMs: number | undefined;
  #lastMs = 0;

  constructor(wish: Wish, server: ScenarioServer, { script, clock = systemClock }: DeepLVoiceOptions) {
    this.#wish = wish;
    this.#server = server;
    this.#script = script ?? new SocketScript();
    this.#clock = clock;
    this.#rate = Number(/;rate=(\d+)$/.exec(wish.source_media_content_type)?.[1]);
  }

  listen(socket: WebSocket): void {
    this.#socket = socket;
    socket.addEventListener("open", () => this.#script.play("open", socket));
    socket.addEventListener("message", ({ data }) => this.#take(data));
  }

  #take(data: unknown): void {
    if (typeof data !== "string") return this.#server.object("a message is not text");
    const message = JSON.parse(data);
    this.#server.object(...ofClient?.(message) ?? []);
    if (this.#ended) return this.#server.object("a message comes after the end");
    if (message.end_of_source_media) return this.#end();
    if (this.#sinceMs === undefined && !this.#script.play("begin", this.#socket!)) return;
    const bytes = decodeBase64(message.source_media_chunk.data);
    const ms = bytes.length / 2 / this.#rate * 1000;
    if (bytes.length % 2 !== 0 || bytes.length === 0) {
      this.#server.object(`a chunk has ${bytes.length} bytes`);
    }
    if (bytes.length > 100_000 || ms > 1000) this.#server.object(`a chunk lasts ${ms} ms`);
    this.#judgePace(ms);
    this.#buffer.push(...new Int16Array(bytes.slice().buffer));
    const size = this.#rate * frameMs / 1000;
    while (this.#buffer.length >= size) this.#hear(this.#buffer.splice(0, size));
  }

  /** Twice as fast as real time, as a whole: single messages may be late on a busy machine. */
  #judgePace(ms: number): void {
    const now = this.#clock.now();
    this.#sinceMs ??= now;
    if (this.#sentMs > 2 * (now - this.#sinceMs) + 1000) this.#server.object("audio comes too fast");
    if (this.#lastMs > 0 && now - this.#lastMs > 30_000) this.#server.object("nothing came for 30 s");
    this.#sentMs += ms;
    this.#lastMs = now;
  }

  #hear(samples: readonly number[]): void {
    this.#frames += 1;
    if (samples.some((sample) => Math.abs(sample) > loud)) return this.#write();
    if (this.#open > 0) this.#conclude();
  }

  #write(): void {
    if (this.#open === 0) this.#startMs = (this.#frames - 1) * frameMs;
    this.#words += 1;
    this.#open += 1;
    if (!this.#script.play("phrase", this.#socket!)) return;
    this.#update([], this.#stretch("Word", this.#words - this.#open + 1, this.#words));
  }

  #conclude(): void {
    const first = this.#words - this.#open + 1;
    const half = Math.ceil(this.#open / 2);
    this.#update(
      this.#stretch("word", first, first + half - 1),
      this.#stretch("word", first + half, this.#words),
    );
    this.#update(this.#stretch("word", first + half, this.#words, first), []);
    this.#open = 0;
    // Of a type that nobody knows yet.
    this.#socket?.send(JSON.stringify({ something_new: {} }));
  }

  /** The words of a stretch, which are cut at half of those that are open. */
  #stretch(word: string, from: number, to: number, first = this.#words - this.#open + 1) {
    if (from > to) return [];
    const at = (number: number) => this.#startMs + (number - first) * frameMs;
    const mark = to === this.#words && word === "word" ? "." : "";
    const text = Array.from({ length: to - from + 1 }, (_, index) => ` ${word}${from + index}`).join("");
    return [{ text: text + mark, start_time: at(from), end_time: at(to + 1) }];
  }

  #update(
    concluded: readonly { text: string; start_time: number; end_time: number }[],
    tentative: readonly { text: string; start_time: number; end_time: number }[],
  ): void {
    const { source_language: language, target_languages: targets, target_media_languages: media = [] } =
      this.#wish;
    const inSource = (stretch: { text: string }) => ({ language, ...stretch });
    this.#send({
      source_transcript_update: { concluded: concluded.map(inSource), tentative: tentative.map(inSource) },
    });
    for (const target of targets) {
      const inTarget = (stretch: { text: string }) => ({
        ...stretch,
        text: stretch.text.replaceAll(/word/gi, target.toLowerCase()),
      });
      this.#send({
        target_transcript_update: {
          language: target,
          concluded: concluded.map(inTarget),
          tentative: tentative.map(inTarget),
        },
      });
    }
    for (const target of media) {
      for (const { text } of concluded) {
        if (this.#script.play("audio", this.#socket!)) this.#speak(target, text);
      }
    }
  }

  #speak(language: string, text: string): void {
    const rate = Number(/;rate=(\d+)$/.exec(this.#wish.target_media_content_type ?? "")?.[1]);
    const length = rate * frameMs / 1000 * text.trim().split(" ").length;
    const samples = this.#tone.samples(this.#spoken, length);
    const bytes = new Uint8Array(samples.buffer);
    const type = this.#spoken === 0 ? { content_type: this.#wish.target_media_content_type } : {};
    this.#spoken += length;
    this.#send({
      target_media_chunk: {
        language,
        data: [bytes.subarray(0, 4000), bytes.subarray(4000)].map((part) => encodeBase64(part)),
        duration: Math.round(length * 1000 / rate),
        text,
        ...type,
      },
    });
  }

  #end(): void {
    this.#ended = true;
    if (this.#buffer.length > 0) this.#hear(this.#buffer.splice(0));
    if (this.#open > 0) this.#conclude();
    if (!this.#script.play("end", this.#socket!)) return;
    this.#send({ end_of_source_transcript: {} });
    for (const language of this.#wish.target_languages) {
      this.#send({ end_of_target_transcript: { language } });
    }
    for (const language of this.#wish.target_media_languages ?? []) {
      this.#send({ end_of_target_media: { language } });
    }
    this.#send({ end_of_stream: {} });
    this.#socket?.close(1000);
  }

  #send(message: Record<string, unknown>): void {
    const [key] = Object.keys(message);
    this.#server.object(...ofServer.get(key!)?.(message) ?? []);
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
  }
}
