import { decodeBase64, encodeBase64 } from "@std/encoding";
import { Tone } from "../../../adapters/fake/tone.ts";
import { type Clock, systemClock } from "../../../flow/clock.ts";
import schema from "../../fixtures/schemas/gemini.json" with { type: "json" };
import { contractOf } from "./published.ts";
import { type Recorded, scenarioKey, ScenarioServer } from "./scenario.ts";
import { SocketScript } from "./socket_script.ts";

const contract = contractOf(schema, "gemini");
const checkMessage = contract.closed("/definitions/LiveClientMessage");
const checkAnswer = contract.closed("/definitions/LiveServerMessage");

const path = "/ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent";
/** The key of Google's own library, which still puts it into the address: another one than that which may not stand there. */
export const libraryKey = "sk-library";

/** The model works in frames of 200 ms, at 16 kHz in and at 24 kHz out. */
const frameMs = 200;
const heardSamples = 3200;
const spokenSamples = 4800;
/** Audio is asked for in chunks of 100 ms (https://ai.google.dev/gemini-api/docs/live-api/live-translate). */
const longestChunkBytes = 3200;
/** What is louder than this is speech. */
const loud = 1000;

/** Options of {@linkcode geminiTranslateServer}. */
export interface GeminiTranslateScenario {
  readonly script?: SocketScript;
  /** The time in which it speaks, leaves and judges pauses. */
  readonly clock?: Clock;
  /** Takes the key in the address, as Google's own library for JavaScript sends it. */
  readonly ofLibrary?: boolean;
  /** Called for each message that is sent. */
  readonly given?: () => void;
  /** How much later a sentence is translated, in ms. */
  readonly lagMs?: number;
  /** Whether words are numbered on over all connections for a language, rather than in each. */
  readonly onwards?: boolean;
  /** How long the source may pause before its end has to be told, in ms; not watched when absent. */
  readonly pauseMs?: number;
  /** Each connection says that it is going to leave when it has had so much audio, and leaves so much later; in ms. */
  readonly goAway?: { readonly afterMs: number; readonly leftMs: number };
}

/**
 * A stand-in for Gemini Live Translate: writes a word for each 200 ms of sound, and says the translation of all words once there is silence, or the end of the
 * stream. Every fourth word ends a clause. There are no turns, and where it says nothing it sends
 * silence. Its JSON comes in frames of bytes.
 */
export function geminiTranslateServer(scenario: GeminiTranslateScenario = {}): ScenarioServer {
  const words = new Map<string, number>();
  return new ScenarioServer(() => new Response("", { status: 404 }), (request, server) => {
    const asked = request.path.split("?")[0]!;
    // Google's own library begins with two slashes, at Google, too.
    if (asked !== path && !(scenario.ofLibrary && asked === `/${path}`)) {
      return new Response("", { status: 404 });
    }
    const key = keyOf(request, scenario.ofLibrary === true, server);
    if (key === undefined) return new Response("{}", { status: 403 });
    const known = key === (scenario.ofLibrary ? libraryKey : scenarioKey);
    const counts = scenario.onwards ? words : new Map<string, number>();
    return (socket) => new LiveSession(socket, server, scenario, counts).listen(known);
  });
}

function keyOf({ path, headers }: Recorded, ofLibrary: boolean, server: ScenarioServer): string | undefined {
  const query = path.split("?")[1];
  if (ofLibrary) return new URLSearchParams(query).get("key") ?? undefined;
  if (query !== undefined) server.object("there is a query in the address");
  return headers.get("x-goog-api-key") ?? undefined;
}

interface Setup {
  readonly model?: string;
  readonly generationConfig?: {
    readonly responseModalities?: readonly string[];
    readonly translationConfig?: { readonly targetLanguageCode?: string };
  };
  readonly inputAudioTranscription?: object;
  readonly outputAudioTranscription?: object;
}

class LiveSession {
  readonly #socket: WebSocket;
  readonly #server: ScenarioServer;
  readonly #scenario: GeminiTranslateScenario;
  readonly #script: SocketScript;
  readonly #clock: Clock;
  /** How many words there were, by language. */
  readonly #words: Map<string, number>;
  readonly #tone = new Tone(330, 24_000);
  readonly #closed = new AbortController();
  #state: "new" | "setting_up" | "ready" = "new";
  #setup: Setup = {};
  #language = "";
  #buffer: number[] = [];
  #heardMs = 0;
  #unspoken: number[] = [];
  #position = 0;
  #streams = false;
  #lastMs = 0;
  #leaving = false;

  constructor(
    socket: WebSocket,
    server: ScenarioServer,
    scenario: GeminiTranslateScenario,
    words: Map<string, number>,
  ) {
    this.#socket = socket;
    this.#server = server;
    this.#scenario = scenario;
    this.#script = scenario.script ?? new SocketScript();
    this.#clock = scenario.clock ?? systemClock;
    this.#words = words;
  }

  /** @param known whether the key is good: Google says only after the first message that it is not. */
  listen(known: boolean): void {
    this.#socket.addEventListener("open", () => this.#script.play("open", this.#socket));
    this.#socket.addEventListener("close", () => this.#closed.abort());
    this.#socket.addEventListener("message", ({ data }) => {
      if (known) return this.#take(data);
      this.#socket.close(1007, "API key not valid. Please pass a valid API key.");
    });
  }

  #take(data: unknown): void {
    if (typeof data !== "string") return this.#server.object("a message is not text");
    const message = JSON.parse(data);
    this.#server.object(...checkMessage(message));
    if (Object.keys(message).length !== 1) this.#server.object("a message is not of one type");
    if (this.#state === "new") return this.#begin(message.setup);
    if (this.#state === "setting_up") return this.#server.object("a message comes before setupComplete");
    if (message.setup) return this.#server.object("there is a second setup");
    const { audio, audioStreamEnd } = message.realtimeInput ?? {};
    if (audio) this.#hear(audio);
    if (audioStreamEnd) this.#endStream();
  }

  #begin(setup: Setup | undefined): void {
    if (!setup) return this.#server.object("the first message is not the setup");
    this.#state = "setting_up";
    this.#setup = setup;
    this.#language = setup.generationConfig?.translationConfig?.targetLanguageCode ?? "";
    if (!/^models\/[\w.-]+$/.test(setup.model ?? "")) this.#server.object(`the model is ${setup.model}`);
    if (setup.generationConfig?.responseModalities?.join() !== "AUDIO") {
      this.#server.object("the answer is not to be audio");
    }
    if (!languages.has(this.#language)) this.#server.object(`the target is ${this.#language}`);
    this.#run(async (signal) => {
      await this.#clock.sleep(20, signal);
      if (!this.#script.play("begin", this.#socket)) return;
      this.#state = "ready";
      this.#send({ setupComplete: {} });
      await this.#beSilent(signal);
    });
  }

  #hear({ mimeType, data }: { mimeType: string; data: string }): void {
    if (mimeType !== "audio/pcm;rate=16000") this.#server.object(`the audio is ${mimeType}`);
    const bytes = decodeBase64(data);
    if (bytes.length % 2 !== 0 || bytes.length === 0 || bytes.length > longestChunkBytes) {
      this.#server.object(`a chunk has ${bytes.length} bytes`);
    }
    const nowMs = this.#clock.now();
    const { pauseMs = Infinity, goAway } = this.#scenario;
    if (this.#streams && nowMs - this.#lastMs > pauseMs) {
      this.#server.object(`no audio came for ${Math.round(nowMs - this.#lastMs)} ms, and no end of it`);
    }
    this.#lastMs = nowMs;
    this.#streams = true;
    this.#buffer.push(...new Int16Array(bytes.slice().buffer));
    while (this.#buffer.length >= heardSamples) this.#listen(this.#buffer.splice(0, heardSamples));
    if (goAway && this.#heardMs >= goAway.afterMs) this.#leave(goAway.leftMs);
  }

  #listen(samples: readonly number[]): void {
    this.#heardMs += frameMs;
    if (samples.some((sample) => Math.abs(sample) > loud)) this.#write();
    else this.#speak();
  }

  #endStream(): void {
    if (!this.#streams) return this.#server.object("a stream ends that has not begun");
    this.#streams = false;
    if (!this.#script.play("end", this.#socket)) return this.#closed.abort();
    if (this.#buffer.length > 0) this.#listen(this.#buffer.splice(0));
    this.#speak();
  }

  #write(): void {
    const word = (this.#words.get(this.#language) ?? 0) + 1;
    this.#words.set(this.#language, word);
    this.#unspoken.push(word);
    if (!this.#setup.inputAudioTranscription || !this.#script.play("phrase", this.#socket)) return;
    // A word in two fragments.
    for (const text of [` ${word}wo`, `rd${word % 4 === 0 ? "," : ""}`]) {
      this.#send({ serverContent: { inputTranscription: { text, languageCode: "en" } } });
    }
  }

  #speak(): void {
    const words = this.#unspoken;
    if (words.length === 0) return;
    this.#unspoken = [];
    if (this.#setup.inputAudioTranscription) {
      this.#send({ serverContent: { inputTranscription: { text: "." } } });
    }
    this.#run(async (signal) => {
      const { lagMs = 0 } = this.#scenario;
      if (lagMs > 0) await this.#clock.sleep(lagMs, signal);
      for (const word of words) this.#say(word, word === words.at(-1));
      this.#send({
        usageMetadata: {
          promptTokensDetails: [{ modality: "AUDIO", tokenCount: 5 * words.length }, {
            modality: "TEXT",
            tokenCount: 7,
          }],
          responseTokensDetails: [{ modality: "AUDIO", tokenCount: 5 * words.length }],
        },
      });
      // Of a type that nobody knows yet.
      this.#deliver({ somethingNew: { x: [] } });
    });
  }

  #say(word: number, last: boolean): void {
    const mark = last ? "." : word % 4 === 0 ? "," : "";
    const text = ` ${word}${this.#language}${mark}`;
    if (!this.#script.play("audio", this.#socket)) return;
    const samples = this.#tone.samples(this.#position, spokenSamples);
    this.#position += spokenSamples;
    const [first, ...rest] = this.#parts(samples);
    // Text and speech in one message, and pieces of odd lengths: a sample is cut in two.
    this.#send({ serverContent: { outputTranscription: { text }, modelTurn: { parts: [first!] } } });
    for (const part of rest) this.#send({ serverContent: { modelTurn: { parts: [part] } } });
  }

  #parts(samples: Int16Array) {
    const bytes = new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);
    return [bytes.subarray(0, 4801), bytes.subarray(4801)].map((part) => ({
      inlineData: { mimeType: "audio/pcm;rate=24000", data: encodeBase64(part) },
    }));
  }

  /** As long as the connection lasts. */
  async #beSilent(signal: AbortSignal): Promise<void> {
    while (true) {
      await this.#clock.sleep(frameMs, signal);
      for (const part of this.#parts(new Int16Array(spokenSamples))) {
        this.#send({ serverContent: { modelTurn: { parts: [part] } } });
      }
    }
  }

  #leave(leftMs: number): void {
    if (this.#leaving) return;
    this.#leaving = true;
    this.#send({ goAway: { timeLeft: `${leftMs / 1000}s` } });
    this.#run(async (signal) => {
      await this.#clock.sleep(leftMs, signal);
      this.#socket.close(1008, "The client did not close the connection after a GoAway");
    });
  }

  /** What goes on beside, until the connection is closed. */
  #run(task: (signal: AbortSignal) => Promise<void>): void {
    task(this.#closed.signal).catch((error) => {
      if (!this.#closed.signal.aborted) this.#server.object(`the scenario failed: ${error}`);
    });
  }

  #send(message: object): void {
    this.#server.object(...checkAnswer(message));
    this.#deliver(message);
  }

  #deliver(message: object): void {
    if (this.#socket.readyState !== WebSocket.OPEN || this.#closed.signal.aborted) return;
    this.#scenario.given?.();
    this.#socket.send(new TextEncoder().encode(JSON.stringify(message)));
  }
}

/** https://ai.google.dev/gemini-api/docs/live-api/live-translate#supported-languages */
const languages: ReadonlySet<string> = new Set(
  (
    "af ak sq am ar hy az eu be bn bg my ca zh-Hans zh-Hant hr cs da nl en et fil fi fr gl ka de el gu ha he hi hu is id it ja jv kn " +
    "kk km rw ko lo lv lt mk ms ml mr mn ne no nb fa pl pt-BR pt-PT pa ro ru sr sd si sk sl es su sw sv ta te th tr uk ur uz vi zu"
  ).split(" "),
);
