import { EnergyListener } from "../../../adapters/fake/energy_listener.ts";
import { type Clock, systemClock } from "../../../flow/clock.ts";
import type { HearingEvent, Word } from "../../../pipeline/ports.ts";
import { contractOf, publishedDocument } from "./published.ts";
import { ScenarioServer } from "./scenario.ts";
import { refuseKey, SocketScript } from "./socket_script.ts";

const document = publishedDocument("speechmatics/realtime.yaml") as
  | { readonly components: unknown }
  | undefined;
/** Without the head of the document, whose `id` is not that of a JSON schema. */
const contract = document && contractOf({ components: document.components }, "speechmatics");
const schema = (name: string) => `/components/schemas/${name}`;
const checkMessage = contract?.closed(
  ...["StartRecognition", "EndOfStream", "ForceEndOfUtterance", "SetRecognitionConfig", "GetSpeakers"].map(
    schema,
  ),
);
const checkReply = contract?.open(
  ...[
    "RecognitionStarted",
    "AudioAdded",
    "AddPartialTranscript",
    "AddTranscript",
    "AddPartialTranslation",
    "AddTranslation",
    "EndOfUtterance",
    "EndOfTranscript",
    "Info",
    "Warning",
    "Error",
  ].map(schema),
);
/** What is known without the published ones: every field that is sent in the first message. */
const checkStart = contractOf({
  start: {
    type: "object",
    required: ["message", "audio_format", "transcription_config"],
    properties: {
      message: { const: "StartRecognition" },
      audio_format: {
        type: "object",
        required: ["type", "encoding", "sample_rate"],
        properties: {
          type: { const: "raw" },
          encoding: { const: "pcm_s16le" },
          sample_rate: { type: "integer" },
        },
      },
      transcription_config: {
        type: "object",
        required: ["language"],
        properties: {
          language: { type: "string" },
          model: { enum: ["standard", "enhanced", "melia-1"] },
          enable_partials: { type: "boolean" },
          max_delay: { type: "number", minimum: 0.7, maximum: 4 },
          max_delay_mode: { enum: ["flexible", "fixed"] },
          additional_vocab: { type: "array", maxItems: 1000, items: { type: "string", minLength: 1 } },
          conversation_config: {
            type: "object",
            properties: { end_of_utterance_silence_trigger: { type: "number", minimum: 0, maximum: 2 } },
          },
        },
      },
      translation_config: {
        type: "object",
        required: ["target_languages"],
        properties: {
          target_languages: {
            type: "array",
            minItems: 1,
            uniqueItems: true,
            items: { type: "string", pattern: "^[a-z]{2,3}$" },
          },
          enable_partials: { type: "boolean" },
        },
      },
    },
  },
}, "speechmatics").closed("/start");

/** Without audio for so long, a session is ended (https://docs.speechmatics.com/speech-to-text/realtime/limits). */
const idleMs = 3_600_000;
/** How much silence ends an utterance that nobody has asked to be ended: so much that none does. */
const neverMs = 3_600_000;

/** Options of {@linkcode speechmaticsServer}. */
export interface SpeechmaticsScenario {
  readonly clock?: Clock;
  /** How long a session may take, in ms; 48 hours by default, as Speechmatics has it. */
  readonly sessionMs?: number;
  /** How many sessions there may be at a time. */
  readonly concurrency?: number;
  /** Whether the key comes as Speechmatics' own library sends it, in the address. */
  readonly ofLibrary?: boolean;
  /** When and how the translation of a sentence comes; `prompt` by default. The documentation promises no more than that it comes after its transcript. */
  readonly translation?: TranslationManner;
}

/**
 * - `prompt`: before the end of the utterance.
 * - `after_end`: after it.
 * - `next`: after the next sentence was transcribed, or at the end of the session.
 * - `never`: not at all.
 * - `twice`: once more in the same words, then in others, then with the sentence before.
 * - `swapped`: after that of the next sentence.
 */
export type TranslationManner = "prompt" | "after_end" | "next" | "never" | "twice" | "swapped";

/**
 * A stand-in for Speechmatics' real-time recognition: hears a word in every 300 ms of sound. The first message has to be the configuration,
 * audio has to wait for its answer, and the last message has to count the messages of audio. Final transcripts are spans; the mark that ends a
 * sentence comes in one of its own.
 */
export function speechmaticsServer(
  script: SocketScript = new SocketScript(),
  {
    clock = systemClock,
    sessionMs = 48 * 3_600_000,
    concurrency = 50,
    ofLibrary = false,
    translation = "prompt",
  }: SpeechmaticsScenario = {},
): ScenarioServer {
  return new ScenarioServer(() => new Response("", { status: 404 }), (request, server) => {
    const { pathname, searchParams } = new URL(request.path, "http://x");
    if (pathname !== "/v2") return new Response("", { status: 404 });
    const refused = ofLibrary ? undefined : refuseKey(request.headers.get("authorization"), "Bearer KEY");
    if (refused) return refused;
    if (ofLibrary !== searchParams.has("jwt")) server.object("the key stands in the address, or nowhere");
    return (socket) => {
      const full = () => server.sockets > concurrency;
      new Session(socket, { clock, sessionMs, script, server, full, translation }).listen();
    };
  });
}

interface SessionParts {
  readonly clock: Clock;
  readonly sessionMs: number;
  readonly script: SocketScript;
  readonly server: ScenarioServer;
  readonly full: () => boolean;
  readonly translation: TranslationManner;
}

interface StartRecognition {
  readonly audio_format: { readonly encoding?: string; readonly sample_rate?: number };
  readonly transcription_config: {
    readonly language: string;
    readonly enable_partials?: boolean;
    readonly conversation_config?: { readonly end_of_utterance_silence_trigger?: number };
  };
  readonly translation_config?: {
    readonly target_languages: readonly string[];
    readonly enable_partials?: boolean;
  };
}

/** A sentence, or what there is of it, and where it is said. */
interface Sentence {
  readonly content: string;
  readonly start_time: number;
  readonly end_time: number;
}

/** How many targets there may be at once, and what is translated from English and into it (https://docs.speechmatics.com/speech-to-text/features/translation). */
const targetsLimit = 5;
const translatable: ReadonlySet<string> = new Set(
  ("bg ca cmn cs da de el es et fi fr gl hi hr hu id it ja ko lt lv ms nl no pl pt ro ru sk sl sv tr uk vi")
    .split(" "),
);

class Session {
  readonly #socket: WebSocket;
  readonly #parts: SessionParts;
  readonly #beganMs: number;
  #activeMs: number;
  #start: StartRecognition | undefined;
  #rate = 0;
  #ear: EnergyListener | undefined;
  #audioMessages = 0;
  #samples = 0;
  /** The words of the utterance so far, and how many of them are final. */
  #words: readonly Word[] = [];
  #finals = 0;
  #over = false;
  /** What is translated, in what it calls its languages. */
  #targets: readonly string[] = [];
  #translated: readonly Sentence[] = [];
  /** Translations that come later. */
  #later: Sentence[] = [];

  constructor(socket: WebSocket, parts: SessionParts) {
    this.#socket = socket;
    this.#parts = parts;
    this.#beganMs = this.#activeMs = parts.clock.now();
  }

  listen(): void {
    const socket = this.#socket;
    socket.addEventListener("open", () => {
      if (this.#parts.full()) return this.#fail("quota_exceeded", 4005);
      this.#play("open");
    });
    socket.addEventListener("message", ({ data }) => {
      if (this.#over || !this.#isAlive()) return;
      if (typeof data === "string") this.#take(JSON.parse(data));
      else this.#hear(new Uint8Array(data));
    });
  }

  #play(step: Parameters<SocketScript["play"]>[0]): boolean {
    const goesOn = this.#parts.script.play(step, this.#socket);
    if (!goesOn) this.#over = true;
    return goesOn;
  }

  #take(message: Record<string, unknown>): void {
    const { server } = this.#parts;
    server.object(...checkMessage?.(message) ?? []);
    if (!this.#start) return this.#begin(message);
    if (message["message"] === "ForceEndOfUtterance") {
      if (!this.#play("phrase")) return;
      this.#report(this.#ear!.flush(), true);
      this.#endUtterance(this.#samples, true);
      this.#endSentences();
    } else if (message["message"] === "EndOfStream") this.#end(message["last_seq_no"]);
    else if (message["message"] === "StartRecognition") this.#break("the recognition is started twice");
  }

  #begin(message: Record<string, unknown>): void {
    if (message["message"] !== "StartRecognition") {
      return this.#break(`the first message is ${message["message"]}`);
    }
    this.#parts.server.object(...checkStart(message));
    const start = message as unknown as StartRecognition;
    this.#start = start;
    this.#rate = start.audio_format.sample_rate ?? 16_000;
    const trigger = start.transcription_config.conversation_config?.end_of_utterance_silence_trigger ?? 0;
    this.#ear = new EnergyListener({
      rate: this.#rate,
      language: start.transcription_config.language,
      silenceMs: trigger === 0 ? neverMs : trigger * 1000,
    });
    if (!this.#play("begin")) return;
    const targets = start.translation_config?.target_languages ?? [];
    if (targets.length > targetsLimit) return this.#fail("invalid_config", 1003);
    this.#targets = targets.filter((target) => {
      const [one, other] = [start.transcription_config.language, target];
      return one === "en" ? translatable.has(other) : other === "en" && translatable.has(one);
    });
    this.#send({ message: "Info", type: "recognition_quality", reason: "broadcast", quality: "broadcast" });
    this.#send({
      message: "RecognitionStarted",
      id: crypto.randomUUID(),
      orchestrator_version: "2026.11",
      language_pack_info: { word_delimiter: " ", writing_direction: "left-to-right", itn: true },
    });
    if (this.#targets.length < targets.length) {
      this.#send({ message: "Warning", type: "unsupported_translation_pair", reason: "x" });
    }
  }

  #hear(bytes: Uint8Array): void {
    if (!this.#ear) return this.#break("audio comes before the configuration");
    if (bytes.length === 0 || bytes.length % 2 !== 0) this.#parts.server.object("samples are cut in two");
    this.#activeMs = this.#parts.clock.now();
    if (!this.#play("audio")) return;
    this.#audioMessages += 1;
    this.#send({ message: "AudioAdded", seq_no: this.#audioMessages });
    const samples = new Int16Array(bytes.slice().buffer);
    const position = this.#samples;
    this.#samples += samples.length;
    const told = this.#words;
    this.#report(this.#ear.hear({ type: "frame", rate: this.#rate, position, samples }), false);
    if (this.#ear.speaking && this.#words === told) this.#update(told);
  }

  #end(lastSeqNo: unknown): void {
    if (lastSeqNo !== this.#audioMessages) {
      return this.#break(`the last message of audio is ${lastSeqNo}, expected ${this.#audioMessages}`);
    }
    if (!this.#play("end")) return;
    this.#report(this.#ear!.end(), false);
    this.#endSentences();
    for (const sentence of this.#later.splice(0)) this.#sendTranslation(sentence);
    this.#send({ message: "EndOfTranscript" });
    this.#over = true;
  }

  /** Whether neither the session nor its idleness has lasted too long. */
  #isAlive(): boolean {
    const { clock, sessionMs } = this.#parts;
    const nowMs = clock.now();
    if (nowMs - this.#beganMs > sessionMs) this.#fail("session_timeout", 1008);
    else if (nowMs - this.#activeMs > idleMs) this.#fail("idle_timeout", 1008);
    return !this.#over;
  }

  #report(events: readonly HearingEvent[], forced: boolean): void {
    for (const event of events) {
      if (event.type === "speech_started") {
        // A final of silence, which says nothing, and what nobody knows yet.
        this.#transcribe("AddTranscript", [], forced);
        this.#socket.send(JSON.stringify({ message: "SomethingNew" }));
      } else if (event.type === "hypothesis" && !event.final) this.#update(event.words);
      else if (event.type === "hypothesis") {
        this.#transcribe(
          "AddTranscript",
          event.words.slice(this.#finals).map((word) => wordOf(word)),
          forced,
        );
        this.#transcribe("AddTranscript", [markAfter(event.words.at(-1)!)], forced);
        this.#translate(sentenceOf(event.words, "."));
        this.#finals = 0;
        this.#words = [];
      } else if (event.type === "endpoint" && !forced) {
        this.#endUtterance(event.position, false);
        this.#endSentences();
      }
    }
  }

  /** What may change is told again with each message of audio. Words are final once two more have come; the last one is misheard until then. */
  #update(words: readonly Word[]): void {
    this.#words = words;
    const final = Math.max(this.#finals, words.length - 2);
    if (final > this.#finals) {
      this.#transcribe("AddTranscript", words.slice(this.#finals, final).map((word) => wordOf(word)), false);
      this.#finals = final;
    }
    if (!this.#start!.transcription_config.enable_partials) return;
    const open = words.slice(final).map((word) => wordOf(word));
    const last = open.pop();
    if (last) open.push({ ...last, alternatives: [{ content: "mumble", confidence: 0.1, language: "en" }] });
    this.#transcribe("AddPartialTranscript", open, false);
    if (this.#start!.translation_config?.enable_partials && words.length > 1) {
      this.#sendTranslation(sentenceOf(words.slice(0, -1), " mumble"), "AddPartialTranslation");
    }
  }

  #translate(sentence: Sentence): void {
    const { translation } = this.#parts;
    const waiting = this.#later.splice(0);
    const [before] = this.#translated;
    this.#translated = [sentence];
    const isLater = translation === "after_end" || translation === "next" ||
      translation === "swapped" && waiting.length === 0;
    if (isLater) this.#later.push(sentence);
    else if (translation !== "never") this.#sendTranslation(sentence);
    for (const one of waiting) this.#sendTranslation(one);
    if (translation !== "twice") return;
    this.#sendTranslation(sentence);
    this.#sendTranslation({ ...sentence, content: "SOMETHING ELSE." });
    if (before) {
      const content = `${before.content} ${sentence.content}`;
      this.#sendTranslation({ ...sentence, content, start_time: before.start_time });
    }
  }

  #endSentences(): void {
    if (this.#parts.translation !== "after_end") return;
    for (const sentence of this.#later.splice(0)) this.#sendTranslation(sentence);
  }

  #sendTranslation(
    sentence: Sentence,
    message: "AddTranslation" | "AddPartialTranslation" = "AddTranslation",
  ): void {
    for (const language of this.#targets) {
      this.#send({ message, format: "2.9", language, results: [sentence] });
    }
  }

  #transcribe(message: string, results: readonly ReturnType<typeof wordOf>[], forced: boolean): void {
    const atSeconds = this.#samples / this.#rate;
    this.#send({
      message,
      format: "2.9",
      metadata: {
        start_time: results[0]?.start_time ?? atSeconds,
        end_time: results.at(-1)?.end_time ?? atSeconds,
        transcript: results.map(({ alternatives }) => alternatives[0]!.content).join(" "),
      },
      results,
      ...(forced ? { forced } : {}),
    });
  }

  #endUtterance(position: number, forced: boolean): void {
    const seconds = position / this.#rate;
    this.#send({
      message: "EndOfUtterance",
      metadata: { start_time: seconds, end_time: seconds },
      ...(forced ? { forced } : {}),
    });
  }

  #break(rule: string): void {
    this.#parts.server.object(rule);
    this.#fail("protocol_error", 1003);
  }

  /** As Speechmatics does it: the error, then a close with the code that belongs to it. */
  #fail(type: string, code: number): void {
    this.#send({ message: "Error", type, reason: "x" });
    this.#over = true;
    this.#socket.close(code, type);
  }

  #send(reply: Record<string, unknown>): void {
    this.#parts.server.object(...checkReply?.(reply) ?? []);
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(reply));
  }
}

function wordOf({ text, startMs, endMs }: Word) {
  return {
    type: "word",
    start_time: startMs / 1000,
    end_time: endMs / 1000,
    alternatives: [{ content: text, confidence: 0.9, language: "en" }],
  };
}

/** The translation of words: the same words, aloud. */
function sentenceOf(words: readonly Word[], rest: string): Sentence {
  return {
    content: `${words.map(({ text }) => text.toUpperCase()).join(" ")}${rest}`,
    start_time: words[0]!.startMs / 1000,
    end_time: words.at(-1)!.endMs / 1000,
  };
}

function markAfter({ endMs }: Word) {
  return {
    type: "punctuation",
    attaches_to: "previous",
    is_eos: true,
    start_time: endMs / 1000,
    end_time: endMs / 1000,
    alternatives: [{ content: ".", confidence: 1, language: "en" }],
  };
}
