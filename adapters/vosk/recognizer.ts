import type { LanguageTag } from "../../pipeline/language.ts";
import type { SpeechRecognizer } from "../../pipeline/ports.ts";
import { type RecognizerOutside, recognizerOverSocket } from "../net/recognizer_over_socket.ts";
import type { RecognizerWire, WireConnection, WireEvent, WireSpeech } from "../net/recognizer_wire.ts";
import type { Owned } from "../provider.ts";
import { configMessage, endMessage, readMessage, resetMessage } from "./wire.ts";

/** Options of {@linkcode voskRecognizer}. */
export interface VoskOptions extends RecognizerOutside {
  /** Where the server is: `http://localhost:2700`. */
  readonly address: string;
  /** What its model understands: a server has one model. */
  readonly languages: readonly LanguageTag[];
  /** How many connections it serves at a time. */
  readonly concurrency: number;
}

/** Hears with a Vosk server, which has one model and no key. The glossary is left out: Vosk would hear nothing but its words. */
export function voskRecognizer(options: VoskOptions): Owned<SpeechRecognizer> {
  return recognizerOverSocket(voskWire(options), options);
}

/** What Vosk asks for, and its messages. */
export function voskWire({ address, languages, concurrency }: VoskOptions): RecognizerWire {
  return {
    name: "vosk",
    provider: "the Vosk server",
    traits: { languages, stableAfterMs: 600 },
    rates: [16_000, 8_000, 24_000, 48_000],
    chunk: { bestMs: 100 },
    // What is sent waits in the server, which hears on one thread a speaker.
    pacing: { speed: 2, burstMs: 5000 },
    finalize: { answer: "acknowledged", timeoutMs: 5000 },
    end: { answer: "close", timeoutMs: 10_000 },
    concurrency,
    billing: "audio",
    connection: (speech) => new VoskConnection(address, speech),
  };
}

/** What a reply is the answer to. */
type Asked = { readonly type: "audio"; readonly toMs: number } | { readonly type: "reset" | "end" };

class VoskConnection implements WireConnection {
  readonly url: string;
  readonly headers = {};
  readonly opening: readonly string[];
  /** What was sent and is not answered, oldest first. */
  readonly #asked: Asked[] = [];
  #heardMs = 0;

  constructor(address: string, { rate }: WireSpeech) {
    this.url = address.replace(/^http/, "ws");
    this.opening = [configMessage(rate)];
  }

  read(message: string | Uint8Array): readonly WireEvent[] {
    const reply = typeof message === "string" ? readMessage(message) : undefined;
    if (!reply) return [];
    const asked = this.#asked.shift();
    if (asked?.type === "audio") this.#heardMs = asked.toMs;
    const toMs = this.#heardMs;
    if (reply.type === "partial") {
      return [{ type: "heard", append: [], tentative: [{ text: reply.text }], toMs }];
    }
    return [
      { type: "heard", append: reply.words, tentative: [], toMs, settledMs: toMs },
      { type: "ended" },
      ...asked?.type === "reset" ? [{ type: "finalized" } as const] : [],
    ];
  }

  sent(toMs: number): void {
    this.#asked.push({ type: "audio", toMs });
  }

  finalize(): readonly string[] {
    this.#asked.push({ type: "reset" });
    return [resetMessage];
  }

  end(): readonly string[] {
    this.#asked.push({ type: "end" });
    return [endMessage];
  }
}
