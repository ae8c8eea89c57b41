import { fakeRecognizer } from "../../../adapters/fake/recognizer.ts";
import { Queue } from "../../../flow/queue.ts";
import type { HearingEvent, Input, SpeechRecognizer, Word } from "../../../pipeline/ports.ts";
import { contractOf } from "./published.ts";
import { ScenarioServer } from "./scenario.ts";
import { SocketScript } from "./socket_script.ts";

/** What the server reads of its first message (asr_server.py); there is no published schema. */
const checkConfig = contractOf({
  config: {
    type: "object",
    required: ["config"],
    properties: {
      config: {
        type: "object",
        required: ["sample_rate"],
        properties: {
          sample_rate: { type: "number" },
          words: { type: "boolean" },
          max_alternatives: { type: "integer", minimum: 0 },
          phrase_list: { type: "array", items: { type: "string" } },
        },
      },
    },
  },
}, "vosk").closed("/config");

/** How often a result comes in silence, where it is empty, in ms. */
const emptyEveryMs = 1500;

/** Options of {@linkcode voskServer}. */
export interface VoskScenario {
  readonly script?: SocketScript;
  /** Recognises what it hears; by default a word in every 300 ms of sound. Not disposed of. */
  readonly recognizer?: SpeechRecognizer;
}

/** A Vosk server, on any recognizer: one reply to each message, compared strings, a default of 8 kHz. */
export function voskServer(scenario: VoskScenario = {}): ScenarioServer {
  const { script = new SocketScript(), recognizer = fakeRecognizer() } = scenario;
  return new ScenarioServer(() => new Response("", { status: 404 }), (request, server) => {
    if (request.path !== "/") return new Response("", { status: 404 });
    return (socket) => new Transcription(socket, script, server, recognizer).listen();
  });
}

class Transcription {
  readonly #socket: WebSocket;
  readonly #script: SocketScript;
  readonly #server: ScenarioServer;
  readonly #recognizer: SpeechRecognizer;
  readonly #messages = new Queue<string | ArrayBuffer>({ limit: 100_000 });
  readonly #stop = new AbortController();
  #rate = 8000;
  /** What a piece is handed over to the recognizer with, and what tells that it has been heard. */
  #input: Queue<Input> | undefined;
  #taken: PromiseWithResolvers<void> | undefined;
  #hearing: Promise<void> | undefined;
  #samples = 0;
  #resultAt = 0;
  #open: readonly Word[] = [];
  #finals: Word[] = [];
  #ended = false;
  /** Nothing is answered any more. */
  #stalled = false;

  constructor(socket: WebSocket, script: SocketScript, server: ScenarioServer, recognizer: SpeechRecognizer) {
    this.#socket = socket;
    this.#script = script;
    this.#server = server;
    this.#recognizer = recognizer;
  }

  listen(): void {
    this.#socket.addEventListener("open", () => this.#script.play("open", this.#socket));
    this.#socket.addEventListener("message", ({ data }) => this.#messages.push(data));
    this.#socket.addEventListener("close", () => this.#stop.abort(new Error("closed")));
    this.#answer().catch((error) => {
      if (!this.#stop.signal.aborted) this.#server.object(`the scenario failed: ${error}`);
      this.#socket.close();
    });
  }

  async #answer(): Promise<void> {
    try {
      for await (const message of this.#messages.items(this.#stop.signal)) {
        if (this.#stalled) continue;
        if (this.#ended) this.#server.object("something comes after the end");
        else if (typeof message !== "string") await this.#hear(message);
        else if (message.includes("config")) this.#configure(message);
        else if (message === '{"reset" : 1}') await this.#reset();
        else if (message === '{"eof" : 1}') await this.#end();
        else this.#server.object(`a message that there is not: ${message.slice(0, 40)}`);
      }
    } finally {
      this.#stop.abort(new Error("over"));
      this.#taken?.resolve();
      await this.#hearing?.catch(() => {});
    }
  }

  #configure(message: string): void {
    const { config } = JSON.parse(message);
    this.#server.object(...checkConfig({ config }));
    this.#rate = config.sample_rate;
    this.#script.play("begin", this.#socket);
  }

  async #hear(data: ArrayBuffer): Promise<void> {
    if (data.byteLength === 0 || data.byteLength % 2 === 1) {
      this.#server.object(`a piece of ${data.byteLength} bytes`);
    }
    if (!this.#script.play("audio", this.#socket)) return void (this.#stalled = true);
    const samples = new Int16Array(data.slice(0));
    const position = this.#samples;
    this.#samples += samples.length;
    await this.#give({ type: "frame", rate: this.#rate, position, samples });
    const silentMs = (this.#samples - this.#resultAt) * 1000 / this.#rate;
    const isSilent = this.#open.length === 0 && silentMs >= emptyEveryMs;
    if (this.#finals.length > 0 || isSilent) this.#sendResult();
    else this.#send({ partial: this.#open.map(({ text }) => text).join(" ") });
  }

  async #reset(): Promise<void> {
    if (!this.#script.play("phrase", this.#socket)) return void (this.#stalled = true);
    await this.#give({ type: "flush", id: 1 });
    this.#sendResult();
  }

  async #end(): Promise<void> {
    this.#ended = true;
    if (!this.#script.play("end", this.#socket)) return;
    this.#input?.close();
    await this.#hearing;
    this.#sendResult();
    this.#socket.close(1000);
  }

  /** Resolves when the recognizer has heard it and reported. */
  async #give(item: Input): Promise<void> {
    this.#input ??= new Queue<Input>({ limit: 1 });
    this.#hearing ??= this.#recognize();
    this.#taken = Promise.withResolvers();
    await Promise.all([
      this.#input.send(item, this.#stop.signal),
      Promise.race([this.#taken.promise, this.#hearing]),
    ]);
  }

  async #recognize(): Promise<void> {
    const { signal } = this.#stop;
    const [language] = this.#recognizer.traits.languages;
    await using hearing = await this.#recognizer.open({
      languages: [language!],
      format: { codec: "pcm_s16le", rate: this.#rate },
      glossary: {},
      signal,
    });
    for await (const event of hearing.hear(this.#given(signal), signal)) this.#understand(event);
  }

  /** The recognizer asks for the next piece when it is done with the one before. */
  async *#given(signal: AbortSignal): AsyncGenerator<Input> {
    for await (const item of this.#input!.items(signal)) {
      yield item;
      this.#taken?.resolve();
    }
  }

  #understand(event: HearingEvent): void {
    if (event.type !== "hypothesis") return;
    this.#open = event.final ? [] : event.words;
    if (event.final) this.#finals.push(...event.words);
  }

  #sendResult(): void {
    const words = this.#finals;
    this.#finals = [];
    this.#resultAt = this.#samples;
    const result = words.map(({ text, startMs, endMs }) => ({
      conf: 0.9,
      end: endMs / 1000,
      start: startMs / 1000,
      word: text,
    }));
    this.#send({
      ...result.length > 0 ? { result } : {},
      text: words.map(({ text }) => text).join(" "),
    });
  }

  #send(reply: object): void {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(reply, null, 2));
  }
}
